import { Big } from 'big.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { ChallengeSchema } from '#domain/challenge/challenge.ts';
import { compileChallenges, type CompiledChallenge, type CompiledStep } from '#domain/challenge/compile.ts';
import {
  isComplete,
  mayBegin,
  openRun,
  progressOf,
  runEnd,
  runPeriod,
  stateAt,
  type Run,
} from '#domain/challenge/run.ts';

import { aChallenge, aStep } from '../../support/challenge.ts';

const TYPE = {
  id: '01900000-0000-7000-8000-000000000001',
  code: 'purchase',
  name: 'Purchase',
  customerMayTrack: false,
  archived: false,
  properties: [{ name: 'amount', type: 'DECIMAL' as const, required: false, oneOf: null }],
};
const POINTS = {
  id: '01900000-0000-7000-8000-000000000002',
  code: 'points',
  name: 'Points',
  kind: 'SPENDABLE' as const,
  isDefault: true,
  balanceCap: null,
  expiry: null,
  expiryNoticeDays: [],
};
const SURROUNDINGS = { activityTypes: [TYPE], currencies: [POINTS], attributes: [], tierCodes: new Set(['gold']) };

function item(overrides: Parameters<typeof aChallenge>[0] = {}, number = 1) {
  const id = `01900000-0000-7000-8000-0000000000${10 + number}`;
  return ChallengeSchema.parse({ ...aChallenge(overrides), id });
}

function compiled(overrides: Parameters<typeof aChallenge>[0] = {}): CompiledChallenge {
  const result = compileChallenges([item(overrides)], SURROUNDINGS);
  if ('problems' in result) throw new Error(JSON.stringify(result.problems));
  return result.challenges[0]!;
}

const problemsOf = (...items: ReturnType<typeof item>[]): string[] => {
  const result = compileChallenges(items, SURROUNDINGS);
  return 'problems' in result ? result.problems.map(({ path }) => path.join('.')) : [];
};

function aRun(overrides: Partial<Run> = {}): Run {
  return {
    id: 'run',
    challengeId: 'challenge',
    ownerId: 'owner',
    period: 'all',
    number: 1,
    state: 'RUNNING',
    startedAt: new Date('2026-03-01T12:00:00Z'),
    endsAt: null,
    completedAt: null,
    amounts: new Map(),
    ...overrides,
  };
}

const all = ({ steps }: CompiledChallenge, amount: string): Map<CompiledStep, Big> =>
  new Map(steps.map((step) => [step, new Big(amount)]));

describe('progress', () => {
  it('counts for every step at once in any order, and for the first open one alone in order', () => {
    const steps = [aStep('one', '2'), aStep('two', '1')];
    const any = compiled({ steps });
    const ordered = compiled({ steps, inOrder: true });
    const counted = (challenge: CompiledChallenge, amounts: ReadonlyMap<string, Big>) =>
      progressOf(challenge, { amounts }, all(challenge, '1')).map(({ step }) => step);
    expect(counted(any, new Map())).toEqual(['one', 'two']);
    expect(counted(ordered, new Map())).toEqual(['one']);
    expect(counted(ordered, new Map([['one', new Big(2)]]))).toEqual(['two']);
  });

  it('never goes beyond a target, and completes exactly when every target is reached', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1, maxLength: 4 }),
        fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 4, maxLength: 4 }), { maxLength: 30 }),
        fc.boolean(),
        (targets, activities, inOrder) => {
          const challenge = compiled({ steps: targets.map((target, at) => aStep(`s${at}`, String(target))), inOrder });
          let amounts: ReadonlyMap<string, Big> = new Map();
          for (const activity of activities) {
            const given = new Map(challenge.steps.map((step, at) => [step, new Big(activity[at]!)] as const));
            const positive = new Map([...given].filter(([, amount]) => amount.gt(0)));
            const progress = progressOf(challenge, { amounts }, positive);
            if (inOrder) expect(progress.length).toBeLessThanOrEqual(1);
            for (const { step, amount, total, target } of progress) {
              expect(amount.gt(0)).toBe(true);
              expect(total.lte(target)).toBe(true);
              expect(total.eq((amounts.get(step) ?? new Big(0)).plus(amount))).toBe(true);
            }
            amounts = new Map([...amounts, ...progress.map(({ step, total }) => [step, total] as const)]);
          }
          const reached = challenge.steps.every(({ step, target }) => amounts.get(step.code)?.eq(target) === true);
          expect(isComplete(challenge, amounts)).toBe(reached);
        },
      ),
    );
  });
});

describe('a run', () => {
  it('ends with its period, its time limit or the window, whichever is first', () => {
    const at = new Date('2026-03-10T12:00:00Z');
    const end = (overrides: Parameters<typeof aChallenge>[0]) =>
      runEnd(compiled(overrides), at, 'Europe/Berlin')?.toISOString() ?? null;
    expect(end({})).toBeNull();
    expect(end({ withinDays: 3 })).toBe('2026-03-13T23:00:00.000Z');
    // The clocks go forward on 29 March.
    expect(end({ repeat: 'MONTH' })).toBe('2026-03-31T22:00:00.000Z');
    expect(end({ repeat: 'WEEK' })).toBe('2026-03-15T23:00:00.000Z');
    expect(end({ repeat: 'MONTH', validUntil: '2026-03-11T00:00:00Z' })).toBe('2026-03-11T00:00:00.000Z');
  });

  it('is told by the local day of what occurred', () => {
    const at = new Date('2026-03-31T22:30:00Z');
    expect(runPeriod(compiled({ repeat: 'MONTH' }).challenge, at, 'Europe/Berlin')).toBe('2026-04');
    expect(runPeriod(compiled({ repeat: 'MONTH' }).challenge, at, 'UTC')).toBe('2026-03');
    expect(runPeriod(compiled({ repeat: 'ON_COMPLETION' }).challenge, at, 'UTC')).toBe('all');
  });

  const day = (text: string): Date => new Date(`2026-03-${text}T12:00:00Z`);
  const opens = (
    overrides: Parameters<typeof aChallenge>[0],
    latest: Run | null,
    occurredAt: Date,
    completions = latest?.state === 'COMPLETED' ? 1 : 0,
  ) => {
    const open = openRun(compiled(overrides), latest, completions, occurredAt);
    return open.kind === 'BEGIN' ? open.number : open.kind;
  };

  it('begins with the first activity, and is tried again once its time is over', () => {
    const limited = aRun({ endsAt: day('04') });
    expect(opens({ withinDays: 3 }, null, day('02'))).toBe(1);
    expect(opens({ withinDays: 3 }, limited, day('02'))).toBe('RUN');
    expect(opens({ withinDays: 3 }, limited, day('04'))).toBe(2);
    expect(stateAt(limited, day('03'))).toBe('RUNNING');
    expect(stateAt(limited, day('04'))).toBe('EXPIRED');
  });

  it('does not take what occurred before a limited or joined one began, and does take it otherwise', () => {
    const early = new Date('2026-02-01T12:00:00Z');
    expect(opens({ withinDays: 3 }, aRun({ endsAt: day('04') }), early)).toBe('NONE');
    expect(opens({ mustJoin: true }, aRun(), early)).toBe('NONE');
    expect(opens({}, aRun(), early)).toBe('RUN');
  });

  it('that must be joined never begins by itself', () => {
    expect(opens({ mustJoin: true }, null, day('02'))).toBe('NONE');
    expect(opens({ mustJoin: true }, aRun({ endsAt: day('02') }), day('03'))).toBe('NONE');
  });

  it('is repeated on completion only, and no more often than is said', () => {
    const done = aRun({ state: 'COMPLETED', completedAt: day('02') });
    expect(opens({}, done, day('03'))).toBe('NONE');
    expect(opens({ repeat: 'DAY' }, done, day('02'))).toBe('NONE');
    expect(opens({ repeat: 'ON_COMPLETION' }, done, day('03'))).toBe(2);
    expect(opens({ repeat: 'ON_COMPLETION', completionsMax: 2 }, { ...done, number: 5 }, day('03'), 1)).toBe(6);
    expect(opens({ repeat: 'ON_COMPLETION', completionsMax: 2 }, done, day('03'), 2)).toBe('NONE');
    expect(mayBegin(compiled().challenge, aRun({ state: 'REVOKED' }), 0)).toBe(true);
  });
});

describe('what must not go live', () => {
  it.each<[string, Parameters<typeof aChallenge>[0], string]>([
    ['two steps of one code', { steps: [aStep('a'), aStep('a')] }, 'shopper.steps'],
    ['a target of nothing', { steps: [aStep('a', '0')] }, 'shopper.steps.a'],
    ['half a purchase', { steps: [aStep('a', '1.5')] }, 'shopper.steps.a'],
    [
      'an unknown activity type',
      { steps: [aStep('a', '1', { measure: { kind: 'COUNT', activityType: 'x' } })] },
      'shopper.steps.a',
    ],
    ['a condition that is no condition', { steps: [aStep('a', '1', { condition: '1 + 1' })] }, 'shopper.steps.a'],
    [
      'a condition on an unknown property',
      { steps: [aStep('a', '1', { condition: 'activity.properties.nope > 1' })] },
      'shopper.steps.a',
    ],
    ['a condition on counters', { steps: [aStep('a', '1', { condition: 'counters.today > 1' })] }, 'shopper.steps.a'],
    [
      'a condition on points',
      { steps: [aStep('a', '1', { measure: { kind: 'POINTS', currency: null }, condition: 'true' })] },
      'shopper.steps.a',
    ],
    ['an unknown tier', { tiers: ['iron'] }, 'shopper.tiers'],
    ['an audience that does not compile', { audience: 'customer.' }, 'shopper.audience'],
    [
      'an end before the start',
      { validFrom: '2026-02-01T00:00:00Z', validUntil: '2026-02-01T00:00:00Z' },
      'shopper.validUntil',
    ],
    ['a time limit within a period', { repeat: 'WEEK', withinDays: 2 }, 'shopper.withinDays'],
    ['completions of what is not repeated', { completionsMax: 3 }, 'shopper.completionsMax'],
    ['bystanders of a personal one', { prize: { points: 1, bystanderPoints: 1 } }, 'shopper.prize'],
    ['contributors to a personal one', { contributorMinimum: 2 }, 'shopper.contributorMinimum'],
    ['joining a shared goal', { goal: 'TEAM', mustJoin: true }, 'shopper.mustJoin'],
    ['an unknown currency', { prize: { points: 1, currency: 'gems' } }, 'shopper.prize'],
    ['waiting for itself', { requires: ['shopper'] }, 'shopper.requires'],
  ])('%s', (_title, overrides, path) => {
    expect(problemsOf(item(overrides))).toContain(path);
  });

  it('challenges that wait for each other, or for what nobody completes alone', () => {
    const first = item({ code: 'first', requires: ['second'] }, 1);
    const second = item({ code: 'second', requires: ['first'] }, 2);
    expect(problemsOf(first, second)).toEqual(['first.requires', 'second.requires']);
    expect(
      problemsOf(item({ code: 'first', requires: ['second'] }, 1), item({ code: 'second', goal: 'TEAM' }, 2)),
    ).toEqual(['first.requires']);
  });
});
