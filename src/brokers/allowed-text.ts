/** What SQS takes as text: tab, line breaks and all of Unicode from the space on, without halves of pairs. */
// oxlint-disable-next-line no-control-regex
const notAllowed = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/u;

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export function isAllowedText(text: string): boolean {
  return !notAllowed.test(text);
}

/** AWS's words for text that it does not take. */
export const notAllowedText =
  'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF';
