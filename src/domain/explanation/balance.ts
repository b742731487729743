import type { Lot } from '../ledger/account.ts';
import type { TransactionKind } from '../ledger/writes.ts';
import type { PointCurrency } from '../program/program.ts';
import type { Format, Language } from './locale.ts';
import { traceStep, type Explanation, type TraceStep } from './trace.ts';
import { pointsText } from './transaction-words.ts';

/** Where the points of a lot came from. */
export type LotSource = {
  kind: TransactionKind;
  activity: string | null;
  ruleCode: string | null;
  revision: number | null;
};

/** A balance with all that makes it up, as of `now`. */
export type BalanceFacts = {
  currency: PointCurrency;
  now: Date;
  pending: number;
  /** Below zero is a debt. */
  available: number;
  held: number;
  /** Open lots, soonest-expiring first. */
  lots: readonly (Lot & { source: LotSource | null })[];
  holds: readonly { remaining: number; expiresAt: Date; reason: string | null }[];
  /** True when there are more lots than are listed. */
  isCut: boolean;
};

type BalanceWords = {
  available: (points: string) => string;
  none: (currency: string) => string;
  debt: (points: string) => string;
  pending: (points: string) => string;
  held: (points: string) => string;
  expiring: (points: string, on: string) => string;
};

const WORDS: Record<Language, BalanceWords> = {
  en: {
    available: (points) => `You have ${points} to spend.`,
    none: (currency) => `You have no ${currency} to spend.`,
    debt: (points) => `You owe ${points}: what you spent had to be taken back. The next points pay it first.`,
    pending: (points) => `${points} wait to be released.`,
    held: (points) => `${points} are set aside.`,
    expiring: (points, on) => `The next to expire are ${points}, on ${on}.`,
  },
  de: {
    available: (points) => `Sie können ${points} einlösen.`,
    none: (currency) => `Sie haben keine ${currency} zum Einlösen.`,
    debt: (points) =>
      `Sie schulden ${points}: Was Sie eingelöst haben, musste zurückgenommen werden. Die nächsten Punkte gleichen das aus.`,
    pending: (points) => `${points} warten auf ihre Freigabe.`,
    held: (points) => `${points} sind zurückgelegt.`,
    expiring: (points, on) => `Als Nächstes verfallen ${points}, am ${on}.`,
  },
};

/** How a balance is made up: the sum in words for the customer, its lots and holds for the team. */
export function explainBalance(facts: BalanceFacts, format: Format): Explanation {
  return { text: textOf(facts, format), trace: [...facts.lots.map(lotStep), ...otherSteps(facts)] };
}

function textOf({ currency, pending, available, held, lots }: BalanceFacts, format: Format): string {
  const words = WORDS[format.language];
  const points = (count: number): string => pointsText(count, currency.name, format);
  const sentences: string[] = [];
  if (available < 0) sentences.push(words.debt(points(-available)));
  else sentences.push(available === 0 ? words.none(currency.name) : words.available(points(available)));
  if (pending > 0) sentences.push(words.pending(points(pending)));
  if (held > 0) sentences.push(words.held(points(held)));
  const next = lots.find((lot) => lot.state === 'AVAILABLE' && lot.expiresAt !== null && lot.remaining > 0)?.expiresAt;
  if (next !== null && next !== undefined) {
    const together = lots.filter((lot) => lot.state === 'AVAILABLE' && lot.expiresAt?.getTime() === next.getTime());
    sentences.push(words.expiring(points(together.reduce((sum, lot) => sum + lot.remaining, 0)), format.instant(next)));
  }
  return sentences.join(' ');
}

function lotStep({ source, ...lot }: BalanceFacts['lots'][number]): TraceStep {
  const from =
    source === null
      ? 'a transaction'
      : `${source.kind}${source.activity === null ? '' : ` for ${source.activity}`}${source.ruleCode === null ? '' : ` by ${source.ruleCode}`}`;
  const wait =
    lot.state === 'AVAILABLE'
      ? ''
      : `, waits ${lot.availableAt === null ? 'for an activity or a call' : `until ${lot.availableAt.toISOString()}`}`;
  const end = lot.expiresAt === null ? 'never expires' : `expires ${lot.expiresAt.toISOString()}`;
  return traceStep(
    'LOT',
    `${lot.remaining} of ${lot.amount} left${lot.held > 0 ? `, ${lot.held} held` : ''}, of ${from} at ${lot.earnedAt.toISOString()}${wait}, ${end}`,
    {
      item: source?.ruleCode ?? null,
      revision: source?.revision ?? null,
      seen: String(lot.remaining),
      at: lot.expiresAt,
      basis: 'TODAY',
    },
  );
}

function otherSteps({ holds, available, isCut }: BalanceFacts): TraceStep[] {
  const steps = holds.map(({ remaining, expiresAt, reason }) =>
    traceStep('HOLD', `${remaining} held until ${expiresAt.toISOString()}: ${reason ?? 'no reason given'}`, {
      seen: String(remaining),
      at: expiresAt,
      basis: 'TODAY',
    }),
  );
  if (available < 0)
    steps.push(traceStep('DEBT', `${-available} are owed`, { seen: String(available), basis: 'TODAY' }));
  if (isCut) steps.push(traceStep('LOT', 'more lots than are listed here: see lots', { basis: 'TODAY' }));
  return steps;
}
