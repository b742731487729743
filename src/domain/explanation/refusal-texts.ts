import type { ScoreRefusal } from '../activity/effect.ts';
import type { DeclineReason } from '../earning/evaluate.ts';
import type { LimitReached, RedemptionRefusal, StepUpLack } from '../reward/refusal.ts';
import type { Period } from '../time.ts';
import { listOf, type Format, type Language } from './locale.ts';

/** Why a rule gave nothing, said to the customer. `detail` is the rule's own: an instant where the text names one. */
type DeclineText = (detail: string, format: Format) => string;

const DECLINES: Record<Language, Record<DeclineReason, DeclineText>> = {
  en: {
    NOT_ENROLLED: () => 'You are not a member of the programme.',
    PAUSED: () => 'This way to earn points is paused.',
    NOT_YET_VALID: (detail, { instant }) => `This way to earn points begins on ${instant(detail)}.`,
    NO_LONGER_VALID: (detail, { instant }) => `This way to earn points ended on ${instant(detail)}.`,
    OUTSIDE_HOURS: () => 'Points are given at other times.',
    BLACKED_OUT: () => 'No points are given at this time.',
    CONDITION_FALSE: () => 'What you did does not meet the conditions.',
    CONDITION_FAILED: () => 'Something is missing by which the conditions could be checked.',
    AWARDS_NOTHING: () => 'What you did comes to less than one point.',
    EXCLUDED_BY_GROUP: () => 'You have earned points for it in another way already.',
    COOLING_DOWN: (detail, { instant }) =>
      `It was too soon after the last time: points are given again from ${instant(detail)}.`,
    CAP_REACHED: () => 'You have reached the limit of points.',
    BUDGET_EXHAUSTED: () => 'The points set aside for this have all been given.',
  },
  de: {
    NOT_ENROLLED: () => 'Sie sind kein Mitglied des Programms.',
    PAUSED: () => 'Hierfür werden zurzeit keine Punkte vergeben.',
    NOT_YET_VALID: (detail, { instant }) => `Hierfür gibt es Punkte ab dem ${instant(detail)}.`,
    NO_LONGER_VALID: (detail, { instant }) => `Hierfür gab es Punkte bis zum ${instant(detail)}.`,
    OUTSIDE_HOURS: () => 'Punkte gibt es zu anderen Zeiten.',
    BLACKED_OUT: () => 'Zu dieser Zeit gibt es keine Punkte.',
    CONDITION_FALSE: () => 'Die Bedingungen sind nicht erfüllt.',
    CONDITION_FAILED: () => 'Es fehlt etwas, womit die Bedingungen geprüft werden könnten.',
    AWARDS_NOTHING: () => 'Es ergibt weniger als einen Punkt.',
    EXCLUDED_BY_GROUP: () => 'Sie haben dafür schon auf andere Weise Punkte erhalten.',
    COOLING_DOWN: (detail, { instant }) =>
      `Das letzte Mal liegt zu kurz zurück: Punkte gibt es wieder ab dem ${instant(detail)}.`,
    CAP_REACHED: () => 'Sie haben die Höchstzahl an Punkten erreicht.',
    BUDGET_EXHAUSTED: () => 'Die Punkte, die hierfür vorgesehen sind, sind alle vergeben.',
  },
};

/** One sentence for the customer about a rule that gave nothing. */
export function declineText(reason: DeclineReason, detail: string, format: Format): string {
  return DECLINES[format.language][reason](detail, format);
}

const SCORE_REFUSALS: Record<Language, Record<ScoreRefusal, string>> = {
  en: {
    BELOW_MIN: 'This result is too low for the ranking.',
    ABOVE_MAX: 'This result is too high for the ranking.',
    NO_ATTEMPTS_LEFT: 'You have used all your attempts of this season.',
  },
  de: {
    BELOW_MIN: 'Dieses Ergebnis ist zu niedrig für die Rangliste.',
    ABOVE_MAX: 'Dieses Ergebnis ist zu hoch für die Rangliste.',
    NO_ATTEMPTS_LEFT: 'Sie haben in dieser Saison alle Versuche verbraucht.',
  },
};

/** One sentence for the customer about why a leaderboard does not count what they did. */
export function scoreRefusalText(reason: ScoreRefusal, { language }: Format): string {
  return SCORE_REFUSALS[language][reason];
}

type RefusalTexts = {
  [Code in RedemptionRefusal['code']]: (refusal: Extract<RedemptionRefusal, { code: Code }>, format: Format) => string;
};

export const EN_UNITS: Record<Period, string> = {
  DAY: 'a day',
  WEEK: 'a week',
  MONTH: 'a month',
  YEAR: 'a year',
  ALL_TIME: 'in all',
};
export const DE_UNITS: Record<Period, string> = {
  DAY: 'am Tag',
  WEEK: 'in der Woche',
  MONTH: 'im Monat',
  YEAR: 'im Jahr',
  ALL_TIME: 'insgesamt',
};
const EN_STEP_UP: Record<StepUpLack, string> = {
  MISSING: 'Please confirm with the code that we send you.',
  WRONG: 'This code is not the one that we sent you.',
  ENDED: 'This code is no longer valid. Please ask for another one.',
  TRIES_USED_UP: 'There were too many tries. Please ask for another code.',
};
const DE_STEP_UP: Record<StepUpLack, string> = {
  MISSING: 'Bitte bestätigen Sie mit dem Code, den wir Ihnen senden.',
  WRONG: 'Das ist nicht der Code, den wir Ihnen gesendet haben.',
  ENDED: 'Dieser Code gilt nicht mehr. Bitte fordern Sie einen neuen an.',
  TRIES_USED_UP: 'Das waren zu viele Versuche. Bitte fordern Sie einen neuen Code an.',
};

export const anewEn = ({ until }: LimitReached, { instant }: Format): string =>
  until === null ? '' : ` It counts anew on ${instant(until)}.`;
export const anewDe = ({ until }: LimitReached, { instant }: Format): string =>
  until === null ? '' : ` Neu gezählt wird ab dem ${instant(until)}.`;

const REFUSALS: Record<Language, RefusalTexts> = {
  en: {
    BLOCKED: () => 'Your membership is blocked. Please ask our support.',
    NOT_ENROLLED: () => 'This reward is for members of the programme.',
    CONSENT_REQUIRED: () => 'Please agree to our current terms first.',
    PAUSED: () => 'This reward is not available at the moment.',
    NOT_YET: ({ from }, { instant }) => `This reward is available from ${instant(from)}.`,
    NO_LONGER: ({ until }, { instant }) => `This reward was available until ${instant(until)}.`,
    TIER_REQUIRED: ({ tiers }) => `This reward is for members of ${listOf(tiers, 'en', 'or')}.`,
    NOT_IN_AUDIENCE: () => 'This reward is not meant for you.',
    OUT_OF_STOCK: ({ left, wanted }, { number }) =>
      left === 0
        ? 'This reward is out of stock.'
        : `Only ${number(left)} of this reward are left, not ${number(wanted)}.`,
    NO_CODES_LEFT: () => 'This reward is out of stock: no code is left.',
    CUSTOMER_LIMIT: (it, format) =>
      `You have reached the limit of ${format.number(it.limit)} ${EN_UNITS[it.per]}.${anewEn(it, format)}`,
    ACCOUNT_LIMIT: (it, format) =>
      `Your company has reached the limit of ${format.number(it.limit)} ${EN_UNITS[it.per]}.${anewEn(it, format)}`,
    TOTAL_LIMIT: (it, format) => `All ${format.number(it.limit)} ${EN_UNITS[it.per]} are taken.${anewEn(it, format)}`,
    INSUFFICIENT_POINTS: ({ needed, available }, { number }) =>
      `You need ${number(needed - available)} more points: it costs ${number(needed)}, and you have ${number(available)}.`,
    PAYMENT_REQUIRED: () => 'This reward costs money, too: reserve it, then pay.',
    STEP_UP_REQUIRED: ({ why }) => EN_STEP_UP[why],
  },
  de: {
    BLOCKED: () => 'Ihre Mitgliedschaft ist gesperrt. Bitte wenden Sie sich an den Kundendienst.',
    NOT_ENROLLED: () => 'Diese Prämie ist für Mitglieder des Programms.',
    CONSENT_REQUIRED: () => 'Bitte stimmen Sie zuerst unseren aktuellen Teilnahmebedingungen zu.',
    PAUSED: () => 'Diese Prämie ist zurzeit nicht verfügbar.',
    NOT_YET: ({ from }, { instant }) => `Diese Prämie gibt es ab dem ${instant(from)}.`,
    NO_LONGER: ({ until }, { instant }) => `Diese Prämie gab es bis zum ${instant(until)}.`,
    TIER_REQUIRED: ({ tiers }) => `Diese Prämie ist für Mitglieder der Stufe ${listOf(tiers, 'de', 'or')}.`,
    NOT_IN_AUDIENCE: () => 'Diese Prämie ist nicht für Sie bestimmt.',
    OUT_OF_STOCK: ({ left, wanted }, { number }) =>
      left === 0
        ? 'Diese Prämie ist vergriffen.'
        : `Von dieser Prämie sind nur noch ${number(left)} da, nicht ${number(wanted)}.`,
    NO_CODES_LEFT: () => 'Diese Prämie ist vergriffen: Es ist kein Code mehr da.',
    CUSTOMER_LIMIT: (it, format) =>
      `Sie haben die Grenze von ${format.number(it.limit)} ${DE_UNITS[it.per]} erreicht.${anewDe(it, format)}`,
    ACCOUNT_LIMIT: (it, format) =>
      `Ihre Firma hat die Grenze von ${format.number(it.limit)} ${DE_UNITS[it.per]} erreicht.${anewDe(it, format)}`,
    TOTAL_LIMIT: (it, format) =>
      `Alle ${format.number(it.limit)} ${DE_UNITS[it.per]} sind vergeben.${anewDe(it, format)}`,
    INSUFFICIENT_POINTS: ({ needed, available }, { number }) =>
      `Ihnen fehlen ${number(needed - available)} Punkte: Die Prämie kostet ${number(needed)}, und Sie haben ${number(available)}.`,
    PAYMENT_REQUIRED: () => 'Diese Prämie kostet auch Geld: Bitte reservieren Sie, dann zahlen Sie.',
    STEP_UP_REQUIRED: ({ why }) => DE_STEP_UP[why],
  },
};

/** One sentence for the customer about why a reward cannot be redeemed. It says nothing that only the team should know. */
export function refusalText(refusal: RedemptionRefusal, format: Format): string {
  const texts = REFUSALS[format.language];
  const text = texts[refusal.code] as (refusal: RedemptionRefusal, format: Format) => string;
  return text(refusal, format);
}
