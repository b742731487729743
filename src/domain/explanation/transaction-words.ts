import type { PointsEarned } from '../activity/effect.ts';
import type { Rounding } from '../earning/rule.ts';
import type { Format, Language } from './locale.ts';

type CutBy = NonNullable<PointsEarned['cappedBy']>;

/** The sentences about a ledger transaction. Points come written out: `1,500 Points`. */
export type TransactionWords = {
  earned: (points: string, activity: string, on: string) => string;
  perUnit: (property: string, amount: string, perUnit: string, rounding: Rounding) => string;
  boosted: (multiplier: string, name: string) => string;
  cut: Record<CutBy, (uncapped: string) => string>;
  waits: (until: string | null) => string;
  validUntil: (instant: string) => string;
  validWhileActive: (instant: string) => string;
  released: (points: string, activity: string | null) => string;
  cancelled: (points: string) => string;
  spent: (points: string, on: string) => string;
  held: (points: string, until: string | null) => string;
  captured: (points: string) => string;
  holdReleased: (points: string) => string;
  holdExpired: (points: string) => string;
  expired: (points: string, on: string) => string;
  takenBack: (points: string, activity: string | null) => string;
  givenBack: (points: string) => string;
  uncollected: (points: string) => string;
  sent: (points: string) => string;
  received: (points: string) => string;
  added: (points: string) => string;
  deducted: (points: string) => string;
  expiryMoved: (points: string, until: string) => string;
  forReward: (name: string) => string;
};

const EN_ROUNDINGS: Record<Rounding, string> = {
  FLOOR: 'rounded down',
  CEILING: 'rounded up',
  HALF_UP: 'rounded',
  HALF_EVEN: 'rounded',
};
const DE_ROUNDINGS: Record<Rounding, string> = {
  FLOOR: 'abgerundet',
  CEILING: 'aufgerundet',
  HALF_UP: 'gerundet',
  HALF_EVEN: 'gerundet',
};

const EN: TransactionWords = {
  earned: (points, activity, on) => `You earned ${points} for ${activity} on ${on}.`,
  perUnit: (property, amount, perUnit, rounding) =>
    `That is ${perUnit} for each unit of ${property} (${amount}), ${EN_ROUNDINGS[rounding]}.`,
  boosted: (multiplier, name) => `Multiplied by ${multiplier}: ${name}.`,
  cut: {
    RULE: (uncapped) => `Without the limit on this it would have been ${uncapped}.`,
    PROGRAM: (uncapped) => `Without the limit of a day it would have been ${uncapped}.`,
    BUDGET: (uncapped) => `It would have been ${uncapped}, but no more was left to give.`,
    BALANCE: (uncapped) => `It would have been ${uncapped}, but your balance has reached its limit.`,
  },
  waits: (until) => (until === null ? 'They wait to be released.' : `They can be spent from ${until}.`),
  validUntil: (instant) => `They are valid until ${instant}.`,
  validWhileActive: (instant) => `They are valid until ${instant}, and longer while you stay active.`,
  released: (points, activity) =>
    `${points} that waited can be spent now${activity === null ? '' : `, because of ${activity}`}.`,
  cancelled: (points) => `${points} that waited were taken back.`,
  spent: (points, on) => `You spent ${points} on ${on}.`,
  held: (points, until) => `${points} are set aside${until === null ? '' : ` until ${until}`}.`,
  captured: (points) => `${points} that were set aside have been spent.`,
  holdReleased: (points) => `${points} that were set aside are yours again.`,
  holdExpired: (points) => `${points} that were set aside are yours again, since the time for it ran out.`,
  expired: (points, on) => `${points} passed their validity on ${on}.`,
  takenBack: (points, activity) =>
    `${points} were taken back${activity === null ? '' : `, because ${activity} was undone`}.`,
  givenBack: (points) => `${points} were given back.`,
  uncollected: (points) => `${points} more would have been due, and stay with you.`,
  sent: (points) => `You gave ${points} to another member.`,
  received: (points) => `Another member gave you ${points}.`,
  added: (points) => `Our team added ${points}.`,
  deducted: (points) => `Our team deducted ${points}.`,
  expiryMoved: (points, until) => `Our team changed how long ${points} are valid: until ${until}.`,
  forReward: (name) => `Reward: ${name}.`,
};

const DE: TransactionWords = {
  earned: (points, activity, on) => `Sie haben ${points} für ${activity} am ${on} erhalten.`,
  perUnit: (property, amount, perUnit, rounding) =>
    `Das sind ${perUnit} für jede Einheit von ${property} (${amount}), ${DE_ROUNDINGS[rounding]}.`,
  boosted: (multiplier, name) => `Mal ${multiplier}: ${name}.`,
  cut: {
    RULE: (uncapped) => `Ohne die Grenze hierfür wären es ${uncapped} gewesen.`,
    PROGRAM: (uncapped) => `Ohne die Tagesgrenze wären es ${uncapped} gewesen.`,
    BUDGET: (uncapped) => `Es wären ${uncapped} gewesen, aber mehr war nicht mehr zu vergeben.`,
    BALANCE: (uncapped) => `Es wären ${uncapped} gewesen, aber Ihr Guthaben hat seine Grenze erreicht.`,
  },
  waits: (until) => (until === null ? 'Sie warten auf ihre Freigabe.' : `Einlösbar ab dem ${until}.`),
  validUntil: (instant) => `Gültig bis zum ${instant}.`,
  validWhileActive: (instant) => `Gültig bis zum ${instant}, und länger, solange Sie aktiv bleiben.`,
  released: (points, activity) => `${points} sind jetzt einlösbar${activity === null ? '' : `, durch ${activity}`}.`,
  cancelled: (points) => `${points}, die noch warteten, wurden zurückgenommen.`,
  spent: (points, on) => `Sie haben am ${on} ${points} eingelöst.`,
  held: (points, until) => `${points} sind zurückgelegt${until === null ? '' : ` bis zum ${until}`}.`,
  captured: (points) => `${points}, die zurückgelegt waren, sind eingelöst.`,
  holdReleased: (points) => `${points}, die zurückgelegt waren, sind wieder frei.`,
  holdExpired: (points) => `${points}, die zurückgelegt waren, sind wieder frei, weil die Frist abgelaufen ist.`,
  expired: (points, on) => `${points} sind am ${on} verfallen.`,
  takenBack: (points, activity) =>
    `${points} wurden zurückgenommen${activity === null ? '' : `, weil ${activity} rückgängig gemacht wurde`}.`,
  givenBack: (points) => `${points} wurden Ihnen zurückgegeben.`,
  uncollected: (points) => `Weitere ${points} wären fällig gewesen und bleiben bei Ihnen.`,
  sent: (points) => `Sie haben ${points} an ein anderes Mitglied gegeben.`,
  received: (points) => `Ein anderes Mitglied hat Ihnen ${points} gegeben.`,
  added: (points) => `Unser Team hat ${points} gutgeschrieben.`,
  deducted: (points) => `Unser Team hat ${points} abgezogen.`,
  expiryMoved: (points, until) => `Unser Team hat die Gültigkeit von ${points} geändert: bis zum ${until}.`,
  forReward: (name) => `Prämie: ${name}.`,
};

export const TRANSACTION_WORDS: Record<Language, TransactionWords> = { en: EN, de: DE };

/** Points with the name of their currency. */
export function pointsText(points: number, currency: string, format: Format): string {
  return `${format.number(points)} ${currency}`;
}
