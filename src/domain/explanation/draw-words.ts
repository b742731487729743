import type { DrawOutcome } from '../draw/draw.ts';
import type { UsedUp } from '../draw/play.ts';
import type { DrawRefusal } from '../draw/refusal.ts';
import { textFor } from '../local-text.ts';
import { listOf, type Format, type Language } from './locale.ts';
import { anewDe, anewEn, DE_UNITS, EN_UNITS } from './refusal-texts.ts';
import { traceStep, type Explanation } from './trace.ts';

type RefusalTexts = {
  [Code in DrawRefusal['code']]: (refusal: Extract<DrawRefusal, { code: Code }>, format: Format) => string;
};

const REFUSALS: Record<Language, RefusalTexts> = {
  en: {
    BLOCKED: () => 'Your membership is blocked. Please ask our support.',
    NOT_ENROLLED: () => 'This draw is for members of the programme.',
    CONSENT_REQUIRED: () => 'Please agree to our current terms first.',
    PAUSED: () => 'This draw is not open at the moment.',
    NOT_YET: ({ from }, { instant }) => `This draw is open from ${instant(from)}.`,
    NO_LONGER: ({ until }, { instant }) => `This draw was open until ${instant(until)}.`,
    TIER_REQUIRED: ({ tiers }) => `This draw is for members of ${listOf(tiers, 'en', 'or')}.`,
    NOT_IN_AUDIENCE: () => 'This draw is not meant for you.',
    NOTHING_LEFT: () => 'All prizes have been won.',
    CUSTOMER_LIMIT: (it, format) =>
      `You have played as often as you can: ${format.number(it.limit)} ${EN_UNITS[it.per]}.${anewEn(it, format)}`,
    TOTAL_LIMIT: (it, format) =>
      `It has been played as often as it can: ${format.number(it.limit)} ${EN_UNITS[it.per]}.${anewEn(it, format)}`,
    NO_FREE_PLAY: ({ until }, { instant }) =>
      until === null
        ? 'You have had all your plays.'
        : `You have had your plays. The next one comes on ${instant(until)}.`,
    INSUFFICIENT_POINTS: ({ needed, available }, { number }) =>
      `You need ${number(needed - available)} more points: a play costs ${number(needed)}, and you have ${number(available)}.`,
  },
  de: {
    BLOCKED: () => 'Ihre Mitgliedschaft ist gesperrt. Bitte wenden Sie sich an den Kundendienst.',
    NOT_ENROLLED: () => 'Diese Verlosung ist für Mitglieder des Programms.',
    CONSENT_REQUIRED: () => 'Bitte stimmen Sie zuerst unseren aktuellen Teilnahmebedingungen zu.',
    PAUSED: () => 'Diese Verlosung ist zurzeit nicht offen.',
    NOT_YET: ({ from }, { instant }) => `Diese Verlosung beginnt am ${instant(from)}.`,
    NO_LONGER: ({ until }, { instant }) => `Diese Verlosung lief bis zum ${instant(until)}.`,
    TIER_REQUIRED: ({ tiers }) => `Diese Verlosung ist für Mitglieder der Stufe ${listOf(tiers, 'de', 'or')}.`,
    NOT_IN_AUDIENCE: () => 'Diese Verlosung ist nicht für Sie bestimmt.',
    NOTHING_LEFT: () => 'Alle Preise sind vergeben.',
    CUSTOMER_LIMIT: (it, format) =>
      `Sie haben so oft gespielt, wie es geht: ${format.number(it.limit)} ${DE_UNITS[it.per]}.${anewDe(it, format)}`,
    TOTAL_LIMIT: (it, format) =>
      `Es wurde so oft gespielt, wie es geht: ${format.number(it.limit)} ${DE_UNITS[it.per]}.${anewDe(it, format)}`,
    NO_FREE_PLAY: ({ until }, { instant }) =>
      until === null
        ? 'Sie haben alle Ihre Spiele gehabt.'
        : `Sie haben Ihre Spiele gehabt. Das nächste gibt es ab dem ${instant(until)}.`,
    INSUFFICIENT_POINTS: ({ needed, available }, { number }) =>
      `Ihnen fehlen ${number(needed - available)} Punkte: Ein Spiel kostet ${number(needed)}, und Sie haben ${number(available)}.`,
  },
};

/** One sentence for the customer about why a draw cannot be played. It says nothing that only the team should know. */
export function drawRefusalText(refusal: DrawRefusal, format: Format): string {
  const text = REFUSALS[format.language][refusal.code] as (refusal: DrawRefusal, format: Format) => string;
  return text(refusal, format);
}

/** A play as it was, and the weights of its revision by outcome, in their order; null where they cannot be told any more. */
export type PlayToExplain = {
  drawCode: string;
  revision: number;
  ticket: number;
  tickets: number;
  drawn: string;
  given: string;
  usedUp: UsedUp | null;
  outcome: DrawOutcome;
  cost: number;
  isFree: boolean;
  playedAt: Date;
  weights: readonly { code: string; weight: number }[] | null;
};

const WHY: Record<UsedUp, string> = {
  LIMIT: 'had been given as often as its limits allow',
  STOCK: 'had no piece left',
  BUDGET: 'did not fit into the budget any more',
};

/** Why a play came out as it did: ticket and odds to the customer, the ranges of the tickets to the team. */
export function explainPlay(play: PlayToExplain, locale: string | null, format: Format): Explanation {
  const { revision, playedAt, drawCode } = play;
  const common = { item: drawCode, revision, at: playedAt, basis: 'RECORDED' as const };
  const trace = [
    traceStep('DRAW', `ticket ${play.ticket} of 0 to ${play.tickets - 1} fell into ${play.drawn}`, {
      ...common,
      part: play.drawn,
      seen: String(play.ticket),
      needed: rangeOf(play),
    }),
    traceStep('DRAW', play.isFree ? 'a free play' : `a play for ${play.cost} points`, common),
  ];
  if (play.usedUp !== null)
    trace.push(
      traceStep('LIMIT', `${play.drawn} ${WHY[play.usedUp]}: ${play.given} was given in its place`, {
        ...common,
        part: play.given,
      }),
    );
  return { text: textOf(play, locale, format), trace };
}

function textOf({ outcome, ticket, tickets, usedUp }: PlayToExplain, locale: string | null, format: Format): string {
  const { name } = textFor(outcome.texts, locale);
  const { number, language } = format;
  if (language === 'de') {
    const drawn = `Ihr Los war die Nummer ${number(ticket + 1)} von ${number(tickets)}.`;
    const instead = usedUp === null ? '' : ' Der gezogene Preis war schon vergeben.';
    return `${drawn}${instead} Ergebnis: ${name}.`;
  }
  const instead = usedUp === null ? '' : ' The prize that it drew was already gone.';
  return `Your ticket was number ${number(ticket + 1)} of ${number(tickets)}.${instead} Result: ${name}.`;
}

/** The tickets that draw an outcome, as the weights of the revision lay them out. */
function rangeOf({ weights, drawn }: PlayToExplain): string | null {
  if (weights === null) return null;
  let from = 0;
  for (const { code, weight } of weights) {
    if (code === drawn) return `${from} to ${from + weight - 1}`;
    from += weight;
  }
  return null;
}
