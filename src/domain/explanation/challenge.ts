import { askedText, type Asked } from './asked-words.ts';
import { listOf, type Format, type Language } from './locale.ts';
import { traceStep, type Explanation } from './trace.ts';

/** A step of a run: what it asks for, and how far it is. */
export type ExplainedStep = { code: string; asked: Asked; needed: string; has: string; missing: string };

/** A try at a challenge as it is now, and of one that was completed what the customer gets for it. */
export type ExplainedRun = {
  challengeCode: string;
  name: string;
  revision: number;
  state: 'RUNNING' | 'COMPLETED' | 'EXPIRED' | 'REVOKED';
  period: string;
  number: number;
  completedAt: Date | null;
  completedBy: string | null;
  endsAt: Date | null;
  steps: readonly ExplainedStep[];
  prize: ExplainedPrize | null;
};

export type ExplainedPrize = {
  role: 'WINNER' | 'CONTRIBUTOR' | 'BYSTANDER';
  state: 'GIVEN' | 'CLAIMABLE' | 'EXPIRED';
  points: number;
  currency: string;
  claimUntil: Date | null;
  givenAt: Date | null;
  /** Public id of the ledger transaction. */
  transaction: string | null;
};

type ChallengeWords = {
  roles: Record<ExplainedPrize['role'], (name: string, at: string) => string>;
  asked: (list: string) => string;
  prize: Record<ExplainedPrize['state'], (points: string, until: string) => string>;
  missing: (name: string, list: string) => string;
  until: (at: string) => string;
  over: Record<'EXPIRED' | 'REVOKED', (name: string) => string>;
};

const WORDS: Record<Language, ChallengeWords> = {
  en: {
    roles: {
      WINNER: (name, at) => `You completed ${name} on ${at}.`,
      CONTRIBUTOR: (name, at) => `${name} was reached on ${at}, and you took part in it.`,
      BYSTANDER: (name, at) => `${name} was reached on ${at}, and everybody gets something.`,
    },
    asked: (list) => `It took ${list}.`,
    prize: {
      GIVEN: (points) => `You got ${points} for it.`,
      CLAIMABLE: (points, until) => `${points} wait for you until ${until}.`,
      EXPIRED: (points, until) => `${points} waited for you until ${until}.`,
    },
    missing: (name, list) => `For ${name} it still takes ${list}.`,
    until: (at) => `There is time until ${at}.`,
    over: {
      EXPIRED: (name) => `The time for ${name} is over.`,
      REVOKED: (name) => `What completed ${name} was undone.`,
    },
  },
  de: {
    roles: {
      WINNER: (name, at) => `Sie haben ${name} am ${at} geschafft.`,
      CONTRIBUTOR: (name, at) => `${name} wurde am ${at} erreicht, und Sie haben dazu beigetragen.`,
      BYSTANDER: (name, at) => `${name} wurde am ${at} erreicht, und alle bekommen etwas.`,
    },
    asked: (list) => `Dafür brauchte es ${list}.`,
    prize: {
      GIVEN: (points) => `Dafür haben Sie ${points} bekommen.`,
      CLAIMABLE: (points, until) => `${points} warten bis zum ${until} auf Sie.`,
      EXPIRED: (points, until) => `${points} haben bis zum ${until} auf Sie gewartet.`,
    },
    missing: (name, list) => `Für ${name} fehlt noch ${list}.`,
    until: (at) => `Dafür ist Zeit bis zum ${at}.`,
    over: {
      EXPIRED: (name) => `Die Zeit für ${name} ist um.`,
      REVOKED: (name) => `Was ${name} abgeschlossen hatte, wurde zurückgenommen.`,
    },
  },
};

/** How far a try at a challenge is and what is missing; of one that was completed, what it took and what it gave. */
export function explainRun(run: ExplainedRun, format: Format): Explanation {
  const { challengeCode: item, revision, steps, completedAt, prize } = run;
  const by = run.completedBy === null ? '' : ` by activity ${run.completedBy}`;
  return {
    text: sentencesOf(run, format).join(' '),
    trace: [
      traceStep('CHALLENGE', `run ${run.number} of ${run.period}: ${run.state}${by}`, {
        ...{ item, revision, at: completedAt ?? run.endsAt, basis: 'RECORDED' },
      }),
      ...steps.map((step) =>
        traceStep('CONDITION', `step ${step.code}`, {
          ...{ item, revision, part: step.asked.kind, seen: step.has, needed: step.needed, basis: 'RECORDED' },
        }),
      ),
      ...(prize === null
        ? []
        : [
            traceStep(
              'AWARD',
              `${prize.role}, ${prize.state}${prize.transaction === null ? '' : `: ${prize.transaction}`}`,
              {
                ...{ item, seen: String(prize.points), at: prize.givenAt ?? prize.claimUntil, basis: 'RECORDED' },
              },
            ),
          ]),
    ],
  };
}

function sentencesOf({ name, state, steps, completedAt, endsAt, prize }: ExplainedRun, format: Format): string[] {
  const words = WORDS[format.language];
  const list = (amount: 'needed' | 'missing', of = steps): string =>
    listOf(
      of.map((step) => askedText(step.asked, step[amount], format)),
      format.language,
    );
  if (completedAt !== null && state === 'COMPLETED') {
    const sentences = [
      words.roles[prize?.role ?? 'WINNER'](name, format.instant(completedAt)),
      words.asked(list('needed')),
    ];
    if (prize !== null)
      sentences.push(
        words.prize[prize.state](
          `${format.number(prize.points)} ${prize.currency}`,
          prize.claimUntil === null ? '' : format.instant(prize.claimUntil),
        ),
      );
    return sentences;
  }
  if (state === 'EXPIRED' || state === 'REVOKED') return [words.over[state](name)];
  const missing = steps.filter((step) => Number(step.missing) > 0);
  const sentences = [words.missing(name, list('missing', missing))];
  if (endsAt !== null) sentences.push(words.until(format.instant(endsAt)));
  return sentences;
}
