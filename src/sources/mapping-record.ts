import type { MappingSettings } from './mapping-options.ts';
import type { SourceKind } from './mapping-rules.ts';

/** https://docs.aws.amazon.com/lambda/latest/api/API_EventSourceMappingConfiguration.html */
export type MappingState =
  | 'Creating'
  | 'Enabling'
  | 'Enabled'
  | 'Disabling'
  | 'Disabled'
  | 'Updating'
  | 'Deleting';

/** What a mapping is and does now; plain data. */
export interface MappingInfo extends MappingSettings {
  /** A UUID. */
  readonly id: string;
  readonly arn: string;
  readonly kind: SourceKind;
  readonly sourceArn: string;
  /** Qualified where the mapping invokes a version or an alias. */
  readonly functionArn: string;
  readonly functionName: string;
  readonly state: MappingState;
  /** Why it has this state. */
  readonly stateReason: string;
  /** What became of the last batch, in AWS's words. */
  readonly lastProcessingResult: string;
  /** Epoch milliseconds. */
  readonly lastModifiedMs: number;
  readonly tags: Readonly<Record<string, string>>;
}

/** What a mapping is, without what it does now; kept in the storage. */
export interface MappingRecord {
  readonly id: string;
  readonly arn: string;
  /** Its place in the order of creation. */
  readonly sequence: number;
  readonly kind: SourceKind;
  readonly sourceArn: string;
  readonly functionName: string;
  readonly qualifier: string | undefined;
  readonly functionArn: string;
  readonly settings: MappingSettings;
  /** What its owner wants. */
  readonly isEnabled: boolean;
  readonly stateReason: string;
  readonly lastModifiedMs: number;
  readonly tags: Readonly<Record<string, string>>;
  /** What a door in front was asked to keep, and does not change what the mapping does. */
  readonly kept: KeptMembers;
}

/** Plain data that is shown again as it came. */
export type KeptMembers = Readonly<Record<string, unknown>>;

/** AWS's words for a state that its owner has asked for. */
export function userReason(kind: SourceKind): string {
  return kind === 'queue' ? 'USER_INITIATED' : 'User action';
}

export const nothingProcessed = 'No records processed';
