import { parseFunctionArn } from '../../core/arn.ts';
import { invalidParameter } from '../api-error.ts';
import type { Call, Group } from '../operation.ts';
import { recordOf, unqualifiedOf } from '../references.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html */
export const tagOperations: Group<'TagResource' | 'UntagResource' | 'ListTags'> = {
  async TagResource(input, call) {
    const { name, tags } = tagged(call, input.Resource);
    await call.rooms.control.update(name, { tags: { ...tags, ...input.Tags } });
    return {};
  },

  async UntagResource(input, call) {
    const { name, tags } = tagged(call, input.Resource);
    const kept = Object.entries(tags).filter(([key]) => !input.TagKeys.includes(key));
    await call.rooms.control.update(name, { tags: Object.fromEntries(kept) });
    return {};
  },

  ListTags(input, call) {
    return { json: { Tags: tagged(call, input.Resource).tags } };
  },
};

/** The function of an ARN with its tags; they belong to it as a whole, so that a qualified ARN has none. */
function tagged(
  call: Call,
  arn: string,
): { readonly name: string; readonly tags: Readonly<Record<string, string>> } {
  if (parseFunctionArn(arn)?.qualifier !== undefined) {
    throw invalidParameter(
      'Tags on function aliases and versions are not supported. Please specify a function ARN.',
    );
  }
  const { name } = unqualifiedOf(call, arn);
  return { name, tags: recordOf(call, name).settings.tags };
}
