import type { RuleSet } from '../rule-set/rule-set.ts';
import type { ActivityType, Leaderboard, PointCurrency, Program } from './program.ts';

/** All of a program that decisions read and that changes rarely, kept in memory by version. Archived parts stay, marked. */
export type Catalogue = {
  version: number;
  program: Program;
  currencies: readonly PointCurrency[];
  currencyById: ReadonlyMap<string, PointCurrency>;
  currencyByCode: ReadonlyMap<string, PointCurrency>;
  defaultCurrency: PointCurrency;
  activityTypeById: ReadonlyMap<string, ActivityType>;
  activityTypeByCode: ReadonlyMap<string, ActivityType>;
  /** The live revision, compiled. */
  ruleSet: RuleSet;
  leaderboards: readonly Leaderboard[];
  leaderboardById: ReadonlyMap<string, Leaderboard>;
};

/** The type of an activity on record. Types are never deleted, so that a missing one is a fault of ours. */
export function activityTypeOf(catalogue: Catalogue, id: string): ActivityType {
  const type = catalogue.activityTypeById.get(id);
  if (type === undefined) throw new Error(`activity type ${id} is not in the catalogue`);
  return type;
}
