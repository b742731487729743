// Made by `npm run codegen` from the operations beside it. Do not edit.
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
import type { TypedDocumentNode as DocumentNode } from '@graphql-typed-document-node/core';
/** One part of an activity, such as an invoice line, so that it can be reversed by name. */
export type ActivityLineInput = {
  /** Its share of the activity’s number properties: decimal text by property name. */
  amounts: Record<string, unknown>;
  /** Unique within the activity, 1 to 255 characters. */
  id: string;
};

/** Input of activityTrack. */
export type ActivityTrackInput = {
  /** Where it happened; API by default. */
  channel: Channel;
  /** Who did it, by the tenant’s own id. */
  customerExternalId?: string | null | undefined;
  /** Who did it, cus_…. This or customerExternalId; a customer token needs neither. */
  customerId?: string | number | null | undefined;
  /** Whether the rules that gave nothing are told with their reasons. Server callers only; false by default. */
  explain: boolean;
  /** Chosen by the caller, 1 to 255 characters. The same key and input answer the first result again, for at least 24 hours. */
  idempotencyKey: string;
  /** Its parts, at most 2,000. */
  lines: Array<ActivityLineInput>;
  /** The reporter’s own id, 1 to 255 characters: the same one is tracked once for ever. Null never repeats. */
  messageId?: string | null | undefined;
  /** When it happened; null is now. The program’s policies bound how late and how early. */
  occurredAt?: string | null | undefined;
  /** The declared properties by name; null when there are none. */
  properties?: Record<string, unknown> | null | undefined;
  /** Code of the activity type. */
  type: string;
};

/** What cut an award. */
export type CappedBy =
  /** The point currency’s cap on a balance. */
  | 'BALANCE'
  /** A budget that all customers share. */
  | 'BUDGET'
  /** The program’s daily cap for a customer. */
  | 'PROGRAM'
  /** A cap of the rule itself. */
  | 'RULE';

/** Where an activity happened. */
export type Channel =
  /** Reported by a server. */
  | 'API'
  /** From an e-mail. */
  | 'EMAIL'
  /** In a mobile app. */
  | 'MOBILE'
  /** Reported by a partner. */
  | 'PARTNER'
  /** At a till. */
  | 'POINT_OF_SALE'
  /** In a browser. */
  | 'WEB';

export type TrackActivityMutationVariables = Exact<{
  input: ActivityTrackInput;
}>;


export type TrackActivityMutation = { activityTrack:
    | { __typename: 'ActivityTrackPayload', replayed: boolean, duplicate: boolean, activity: { id: string, customerId: string, occurredAt: string }, effects: Array<
        | { __typename: 'BadgeAwarded' }
        | { __typename: 'BoardCounted' }
        | { __typename: 'ChallengeProgressed' }
        | { __typename: 'DuelScored' }
        | { __typename: 'LevelReached' }
        | { __typename: 'MilestoneReached' }
        | { __typename: 'PointsEarned', points: number, ruleCode: string, revision: number, cappedBy: CappedBy | null }
        | { __typename: 'PointsReleased', points: number }
        | { __typename: 'ScoreRefused' }
        | { __typename: 'StreakExtended' }
        | { __typename: 'TierReached' }
      >, balances: Array<{ currency: string, available: number, pending: number, held: number }> }
    | { __typename: 'IdempotencyInProgressError', code: string, message: string, path: Array<string> }
    | { __typename: 'IdempotencyMismatchError', code: string, message: string, path: Array<string> }
    | { __typename: 'InvalidInputError', code: string, message: string, path: Array<string> }
    | { __typename: 'NotFoundError', code: string, message: string, path: Array<string> }
    | { __typename: 'PointsOutOfRangeError', code: string, message: string, path: Array<string> }
    | { __typename: 'StateConflictError', code: string, message: string, path: Array<string> }
   };


export const TrackActivityDocument = {"kind":"Document","definitions":[{"kind":"OperationDefinition","operation":"mutation","name":{"kind":"Name","value":"TrackActivity"},"variableDefinitions":[{"kind":"VariableDefinition","variable":{"kind":"Variable","name":{"kind":"Name","value":"input"}},"type":{"kind":"NonNullType","type":{"kind":"NamedType","name":{"kind":"Name","value":"ActivityTrackInput"}}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"activityTrack"},"arguments":[{"kind":"Argument","name":{"kind":"Name","value":"input"},"value":{"kind":"Variable","name":{"kind":"Name","value":"input"}}}],"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"ActivityTrackPayload"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"replayed"}},{"kind":"Field","name":{"kind":"Name","value":"duplicate"}},{"kind":"Field","name":{"kind":"Name","value":"activity"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"id"}},{"kind":"Field","name":{"kind":"Name","value":"customerId"}},{"kind":"Field","name":{"kind":"Name","value":"occurredAt"}}]}},{"kind":"Field","name":{"kind":"Name","value":"effects"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"__typename"}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PointsEarned"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"points"}},{"kind":"Field","name":{"kind":"Name","value":"ruleCode"}},{"kind":"Field","name":{"kind":"Name","value":"revision"}},{"kind":"Field","name":{"kind":"Name","value":"cappedBy"}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"PointsReleased"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"points"}}]}}]}},{"kind":"Field","name":{"kind":"Name","value":"balances"},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"currency"}},{"kind":"Field","name":{"kind":"Name","value":"available"}},{"kind":"Field","name":{"kind":"Name","value":"pending"}},{"kind":"Field","name":{"kind":"Name","value":"held"}}]}}]}},{"kind":"InlineFragment","typeCondition":{"kind":"NamedType","name":{"kind":"Name","value":"UserError"}},"selectionSet":{"kind":"SelectionSet","selections":[{"kind":"Field","name":{"kind":"Name","value":"code"}},{"kind":"Field","name":{"kind":"Name","value":"message"}},{"kind":"Field","name":{"kind":"Name","value":"path"}}]}}]}}]}}]} as unknown as DocumentNode<TrackActivityMutation, TrackActivityMutationVariables>;