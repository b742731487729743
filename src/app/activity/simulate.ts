import type { ActivityReport } from '#domain/activity/activity.ts';
import type { BalanceAfter, Effect } from '#domain/activity/effect.ts';
import { InvalidRuleError } from '#domain/errors.ts';
import { explainDecline, type ExplainedDecline } from '#domain/explanation/decline.ts';
import { formatFor, languageOf } from '#domain/explanation/locale.ts';
import { surroundingsOf, type Catalogue } from '#domain/program/catalogue.ts';
import { propertyRefusal, validateProperties } from '#domain/property/validate.ts';
import { pickLive } from '#domain/rule-set/live.ts';
import { compileRuleSet, EMPTY_RULE_SET, type RuleSet } from '#domain/rule-set/rule-set.ts';
import { readTimings } from '#storage/rule-set-store.ts';
import { insertHypotheticalCustomer } from '#storage/simulation-store.ts';

import { findRevisionContent, type RuleSetChoice } from '../rule-set/find-content.ts';
import { inTransaction, type AppDeps, type Scope, type Tx } from '../transaction.ts';
import type { TrackCall } from './calls.ts';
import { checkEntries, findCustomers, openEntry, type Entry } from './entries.ts';
import { decideEntries } from './flush.ts';

/** Somebody who does not exist: enrolled, without points and history, with these attributes. */
export type HypotheticalCustomer = {
  attributes: Readonly<Record<string, unknown>>;
  locale: string | null;
  timeZone: string | null;
  enrolmentState: string;
};

export type SimulationInput = {
  report: ActivityReport;
  /** Null takes the customer whom the report names. */
  hypothetical: HypotheticalCustomer | null;
  /** The instant of the decision; null is now. */
  at: Date | null;
  /** LIVE is the revision that is live at that instant. */
  against: RuleSetChoice;
  /** Language of the texts; null takes the customer's own. */
  locale: string | null;
};

export type Simulated = {
  at: Date;
  /** Null for the draft. */
  revision: number | null;
  effects: Effect[];
  balances: BalanceAfter[];
  declines: ExplainedDecline[];
  /** What the decision took as it is now, though it is of another time; empty for the present. */
  ofNow: SimulatedOfNow[];
};

/** What a customer has by now, which a simulation does not turn back: only what the rule set looks at is told. */
export const SIMULATED_OF_NOW = ['BALANCES', 'COUNTERS', 'CAPS', 'BUDGETS', 'TIERS', 'MILESTONES'] as const;
export type SimulatedOfNow = (typeof SIMULATED_OF_NOW)[number];

/** Carries the answer out of a transaction that must not leave anything behind. */
class Undone extends Error {
  readonly simulated: Simulated;

  constructor(simulated: Simulated) {
    super('A simulation is always undone.');
    this.simulated = simulated;
  }
}

/**
 * Decides an activity as tracking would, with the same code and under the same locks, at any instant and by any rule set,
 * and leaves no trace: the transaction is rolled back, and nothing is written to Redis. Points, counters, caps and tiers are
 * the customer's of now; what comes due by the instant is settled first. Throws the refusals of tracking, NotFoundError for
 * a revision that there is not, InvalidRuleError for a draft that could not be published.
 */
export async function simulateActivity(deps: AppDeps, scope: Scope, input: SimulationInput): Promise<Simulated> {
  try {
    return await inTransaction(deps, scope, async (tx) => {
      throw new Undone(await simulate(deps, { ...tx, now: input.at ?? tx.now }, tx.now, input));
    });
  } catch (error) {
    if (error instanceof Undone) return error.simulated;
    throw error;
  }
}

async function simulate(deps: AppDeps, tx: Tx, today: Date, input: SimulationInput): Promise<Simulated> {
  const current = await deps.catalogues.at(tx, tx.programId);
  const { revision, ruleSet } = await chooseRuleSet(deps, tx, today, current, input.against);
  const catalogue = withRuleSet(current, ruleSet, tx.now);
  const report = { ...input.report, messageId: null };
  if (input.hypothetical !== null) report.customerId = await addHypothetical(deps, tx, current, input.hypothetical);
  const call = callOf(tx, report);
  const found = await findCustomers(tx, [call]);
  const entry = openEntry(deps, call, report);
  const ready = checkEntries(tx, catalogue, [entry], found);
  if (entry.refusal !== null) throw entry.refusal;
  const { activities, seen } = await decideEntries(deps, tx, catalogue, ready);
  const format = formatFor(languageOf(input.locale ?? found[0]?.locale ?? null), current.program.timeZone);
  const facts = seen.get(entry.id);
  const conditions = new Map(ruleSet.content.earningRules.map((rule) => [rule.id, rule.condition]));
  const { balances, declines } = answerOf(entry);
  return {
    at: tx.now,
    revision,
    effects: activities.get(entry.id)?.effects ?? [],
    balances,
    ofNow: tx.now < today && input.hypothetical === null ? lookedAt(catalogue, entry.report.type) : [],
    declines:
      facts === undefined
        ? []
        : declines.map((declined) => explainDecline(declined, conditions.get(declined.ruleId) ?? '', facts, format)),
  };
}

/** What of the customer's present the rules for such an activity look at. */
function lookedAt({ program, ruleSet }: Catalogue, activityType: string): SimulatedOfNow[] {
  const { readsCounters = false, rules = [] } = ruleSet.earning.byActivityType.get(activityType) ?? {};
  const isLooked: Record<SimulatedOfNow, boolean> = {
    BALANCES: true,
    COUNTERS: readsCounters,
    CAPS:
      program.dailyPointsCap !== null ||
      rules.some(({ rule }) => rule.caps.length > 0 || rule.coolDownMinutes !== null),
    BUDGETS: rules.some(({ budgets }) => budgets.length > 0),
    TIERS: ruleSet.ladders.length > 0,
    MILESTONES: ruleSet.milestones.some(({ milestone }) => !milestone.paused),
  };
  return SIMULATED_OF_NOW.filter((kind) => isLooked[kind]);
}

/** What the simulation is decided by. What was live in the past is picked from the whole history. */
async function chooseRuleSet(
  deps: AppDeps,
  tx: Tx,
  today: Date,
  current: Catalogue,
  against: RuleSetChoice,
): Promise<{ revision: number | null; ruleSet: RuleSet }> {
  let choice = against;
  if (choice === 'LIVE') {
    if (tx.now >= today) return { revision: current.ruleSet.revision, ruleSet: current.ruleSet };
    const known = (await readTimings(tx, tx.programId)).filter(({ publishedAt }) => publishedAt <= tx.now);
    choice = pickLive(known, tx.now)?.revision ?? 0;
    if (choice === 0) return { revision: 0, ruleSet: EMPTY_RULE_SET };
  }
  const { revision, content } = await findRevisionContent(
    { reads: tx, catalogues: deps.catalogues },
    tx.programId,
    choice,
  );
  const compiled = compileRuleSet(revision ?? 0, content, surroundingsOf(current));
  if ('problems' in compiled) throw new InvalidRuleError(compiled.problems);
  return { revision, ruleSet: compiled.ruleSet };
}

function withRuleSet(catalogue: Catalogue, ruleSet: RuleSet, now: Date): Catalogue {
  if (ruleSet === catalogue.ruleSet) return catalogue;
  const chosen = { revision: ruleSet.revision, publishedAt: now, scheduledFor: null, ruleSet };
  return { ...catalogue, ruleSet, published: [...catalogue.published, chosen] };
}

async function addHypothetical(
  deps: AppDeps,
  tx: Tx,
  catalogue: Catalogue,
  hypothetical: HypotheticalCustomer,
): Promise<string> {
  const checked = validateProperties(catalogue.program.attributeSchema, { ...hypothetical.attributes });
  if (!checked.ok) throw propertyRefusal(checked.problems, ['hypothetical', 'attributes']);
  const id = deps.newId();
  await insertHypotheticalCustomer(tx, tx.programId, { ...hypothetical, id, attributes: checked.values });
  return id;
}

function callOf(tx: Tx, report: ActivityReport): TrackCall {
  return {
    scope: { programId: tx.programId, actor: tx.actor },
    command: { mutation: 'activitySimulate', idempotencyKey: '', input: null },
    hash: Buffer.alloc(0),
    reports: [report],
    single: true,
    explain: true,
    byCustomer: false,
  };
}

function answerOf({ item }: Entry) {
  if (item?.status !== 'TRACKED') throw new Error('a report without a refusal is decided');
  return { balances: item.balances, declines: item.declines ?? [] };
}
