import { pickLive, type RevisionTiming } from '../rule-set/live.ts';
import { EMPTY_RULE_SET, type RuleSet, type RuleSetSurroundings } from '../rule-set/rule-set.ts';
import type { TermsVersion } from '../terms/version.ts';
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
  /** The revision that is live at the instant for which the catalogue was asked, compiled. */
  ruleSet: RuleSet;
  /** The live revision and those that may still take over, compiled. */
  published: readonly PublishedRuleSet[];
  leaderboards: readonly Leaderboard[];
  leaderboardById: ReadonlyMap<string, Leaderboard>;
  /** All versions of the programme's terms, rising; texts are read where somebody wants to see them. */
  terms: readonly TermsVersion[];
};

/** A revision with its time; cancelled ones are left out. */
export type PublishedRuleSet = RevisionTiming & { ruleSet: RuleSet };

/** The same catalogue as each of its published revisions has it. The hot path only picks one. */
export type CatalogueByTime = {
  version: number;
  testClock: Date | null;
  /** From before the first revision. */
  unpublished: Catalogue;
  revisions: readonly (RevisionTiming & { catalogue: Catalogue })[];
};

/** Prepares a catalogue for every instant. */
export function arrangeByTime(parts: Omit<Catalogue, 'ruleSet'>): CatalogueByTime {
  return {
    version: parts.version,
    testClock: parts.program.testClock,
    unpublished: { ...parts, ruleSet: EMPTY_RULE_SET },
    revisions: parts.published.map(({ ruleSet, ...timing }) => ({ ...timing, catalogue: { ...parts, ruleSet } })),
  };
}

/** The catalogue with the rule set that is live at `now`. The same one comes as the same object. */
export function catalogueAt(byTime: CatalogueByTime, now: Date): Catalogue {
  const [only] = byTime.revisions;
  if (byTime.revisions.length === 1 && only?.scheduledFor === null) return only.catalogue;
  return pickLive(byTime.revisions, now)?.catalogue ?? byTime.unpublished;
}

/** What rule sets of this program are compiled against. */
export function surroundingsOf(catalogue: Catalogue): RuleSetSurroundings {
  return {
    activityTypes: [...catalogue.activityTypeById.values()],
    currencies: catalogue.currencies,
    attributes: catalogue.program.attributeSchema,
  };
}

/** The type of an activity on record. Types are never deleted, so that a missing one is a fault of ours. */
export function activityTypeOf(catalogue: Catalogue, id: string): ActivityType {
  const type = catalogue.activityTypeById.get(id);
  if (type === undefined) throw new Error(`activity type ${id} is not in the catalogue`);
  return type;
}
