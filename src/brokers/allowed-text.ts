/** What SQS takes as text: tab, line breaks and all of Unicode from the space on, without halves of pairs. */
// oxlint-disable-next-line no-control-regex -- tab and line breaks are what is allowed of them
const notAllowed = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html */
export function isAllowedText(text: string): boolean {
  return text.search(notAllowed) < 0;
}

/** The text with `substitute` for each character that SQS does not take, such as the colours of a message. */
export function replaceNotAllowed(text: string, substitute: string): string {
  return text.replaceAll(notAllowed, substitute);
}

/** AWS's words for text that it does not take. */
export const notAllowedText =
  'Invalid characters found. Valid unicode characters are #x9 | #xA | #xD | #x20 to #xD7FF | #xE000 to #xFFFD | #x10000 to #x10FFFF';
