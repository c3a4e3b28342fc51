import { parseFunctionArn } from '../../core/arn.ts';
import { invalidParameter, notFound } from '../api-error.ts';
import type { Call, Group } from '../operation.ts';
import { recordOf, unqualifiedOf } from '../references.ts';
import { needCodeSigning } from './code-signing.ts';

/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-tags.html */
export const tagOperations: Group<'TagResource' | 'UntagResource' | 'ListTags'> = {
  async TagResource(input, call) {
    const { tags, replace } = tagged(call, input.Resource);
    await replace({ ...tags, ...input.Tags });
    return {};
  },

  async UntagResource(input, call) {
    const { tags, replace } = tagged(call, input.Resource);
    const kept = Object.entries(tags).filter(([key]) => !input.TagKeys.includes(key));
    await replace(Object.fromEntries(kept));
    return {};
  },

  ListTags(input, call) {
    return { json: { Tags: tagged(call, input.Resource).tags } };
  },
};

const noSuchResource = 'The resource you requested does not exist.';

type Tags = Readonly<Record<string, string>>;

interface Tagged {
  readonly tags: Tags;
  readonly replace: (tags: Tags) => Promise<unknown>;
}

/** What an ARN names, with its tags. Those of a function belong to it as a whole, so that a qualified ARN has none. */
function tagged(call: Call, arn: string): Tagged {
  const { control, store } = call.rooms;
  if (arn.includes(':code-signing-config:')) {
    const { tags } = needCodeSigning(call, arn);
    return { tags, replace: (changed) => store.codeSigning.update(arn, { tags: changed }) };
  }
  const [, mappingId] = /:event-source-mapping:(.+)$/.exec(arn) ?? [];
  if (mappingId !== undefined) {
    const { mappings } = call.rooms.sources;
    const { tags, arn: itsOwn } = mappings.get(mappingId);
    if (arn !== itsOwn) throw notFound(noSuchResource);
    return { tags, replace: (changed) => mappings.setTags(mappingId, changed) };
  }
  if (parseFunctionArn(arn)?.qualifier !== undefined) {
    throw invalidParameter(
      'Tags on function aliases and versions are not supported. Please specify a function ARN.',
    );
  }
  const { name } = unqualifiedOf(call, arn);
  const { tags } = recordOf(call, name).settings;
  return { tags, replace: (changed) => control.update(name, { tags: changed }) };
}
