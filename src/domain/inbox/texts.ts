import type { Format, Language } from '../explanation/locale.ts';
import type { RedemptionState } from '../redemption/redemption.ts';
import type { InboxNotice, NoticeKind, NoticeValues } from './notice.ts';

/** Names of what codes stand for, as they are now; a code that stands for nothing any more is its own name. */
export type Names = {
  ladder(code: string): string;
  tier(ladder: string, code: string): string;
  challenge(code: string): string;
  duel(code: string): string;
  leaderboard(code: string): string;
  currency(code: string): string;
};

/** A headline and a sentence, both plain text. */
export type NoticeText = { title: string; body: string };

type Text<Kind extends NoticeKind> = (values: NoticeValues[Kind], names: Names, format: Format) => NoticeText;
type Texts = { [Kind in NoticeKind]: Text<Kind> };

const EN_REDEMPTIONS: Record<RedemptionState, string> = {
  RESERVED: 'Your reward is reserved.',
  ISSUED: 'Your reward is yours.',
  USED: 'Your reward was used.',
  FULFILLED: 'Your reward is on its way, or with you already.',
  CANCELLED: 'Your reward was cancelled. The points are back in your account.',
  EXPIRED: 'The time for your reward is over.',
};
const DE_REDEMPTIONS: Record<RedemptionState, string> = {
  RESERVED: 'Ihre Prämie ist reserviert.',
  ISSUED: 'Ihre Prämie gehört Ihnen.',
  USED: 'Ihre Prämie wurde eingelöst.',
  FULFILLED: 'Ihre Prämie ist unterwegs oder schon bei Ihnen.',
  CANCELLED: 'Ihre Prämie wurde storniert. Die Punkte sind wieder auf Ihrem Konto.',
  EXPIRED: 'Die Zeit für Ihre Prämie ist abgelaufen.',
};

const EN_DUELS = {
  WON: 'You have won your duel.',
  LOST: 'You have lost your duel.',
  DRAWN: 'Nobody has won your duel.',
};
const DE_DUELS = {
  WON: 'Sie haben Ihr Duell gewonnen.',
  LOST: 'Sie haben Ihr Duell verloren.',
  DRAWN: 'Niemand hat Ihr Duell gewonnen.',
};

const EN: Texts = {
  REDEMPTION_CHANGED: ({ state }) => ({ title: 'Your reward', body: EN_REDEMPTIONS[state] }),
  TIER_CHANGED: ({ ladder, to }, names) => ({
    title: to === null ? names.ladder(ladder) : names.tier(ladder, to),
    body:
      to === null
        ? `You no longer have a tier in ${names.ladder(ladder)}.`
        : `Your tier in ${names.ladder(ladder)} is now ${names.tier(ladder, to)}.`,
  }),
  TIER_AT_RISK: ({ ladder, tier, toTier, required, endsOn }, names, { number, instant }) => ({
    title: `Keep ${names.tier(ladder, tier)}`,
    body: `You need ${number(required)} more before ${instant(endsOn)} to keep ${names.tier(ladder, tier)}; otherwise ${
      toTier === null ? 'you lose your tier' : `you fall to ${names.tier(ladder, toTier)}`
    }.`,
  }),
  MILESTONE_REACHED: ({ name, threshold, points }, _names, { number }) => ({
    title: name,
    body: `You have reached ${number(threshold)} and earned ${number(points)} points.`,
  }),
  POINTS_EXPIRING: ({ currency, points, expiresAt }, names, { number, instant }) => ({
    title: 'Points expire soon',
    body: `${number(points)} ${names.currency(currency)} expire on ${instant(expiresAt)}.`,
  }),
  BADGE_AWARDED: ({ name, level }, _names, { number }) => ({
    title: name,
    body:
      level === null
        ? `You have earned the badge ${name}.`
        : `You have earned level ${number(level)} of the badge ${name}.`,
  }),
  STREAK_AT_RISK: ({ name, length, until }, _names, { number, instant }) => ({
    title: name,
    body: `Your streak of ${number(length)} ends on ${instant(until)} unless you go on.`,
  }),
  CHALLENGE_CHANGED: ({ challenge, points, claimUntil }, names, { number, instant }) => ({
    title: names.challenge(challenge),
    body: `${points === null ? 'You have won a prize' : `You have won ${number(points)} points`}${
      claimUntil === null ? '' : `. Claim it before ${instant(claimUntil)}`
    }.`,
  }),
  DUEL_INVITED: ({ duel, until }, names, { instant }) => ({
    title: names.duel(duel),
    body: `You are challenged to a duel. Accept it before ${instant(until)}.`,
  }),
  DUEL_DECIDED: ({ duel, result, points }, names, { number }) => ({
    title: names.duel(duel),
    body: `${EN_DUELS[result]}${points > 0 ? ` You get ${number(points)} points.` : ''}`,
  }),
  LEAGUE_MOVED: ({ leaderboard, to, isUp, isIdle }, names) => ({
    title: names.leaderboard(leaderboard),
    body:
      isUp === 1
        ? `You have risen to ${to}.`
        : `You have fallen to ${to}${isIdle === 1 ? ' because you did not take part' : ''}.`,
  }),
  RANK_CHANGED: ({ leaderboard, first, from, to }, names, { number }) => ({
    title: names.leaderboard(leaderboard),
    body:
      to === null
        ? `You are no longer among the first ${number(first)}.`
        : `You are now at rank ${number(to)}${from === null ? '' : `, after rank ${number(from)}`}.`,
  }),
  PRIZE_WON: ({ leaderboard, rank, points, claimUntil }, names, { number, instant }) => ({
    title: names.leaderboard(leaderboard),
    body: `Rank ${number(rank)}${points === null ? ' has won you a prize' : ` has won you ${number(points)} points`}${
      claimUntil === null ? '' : `. Claim it before ${instant(claimUntil)}`
    }.`,
  }),
};

const DE: Texts = {
  REDEMPTION_CHANGED: ({ state }) => ({ title: 'Ihre Prämie', body: DE_REDEMPTIONS[state] }),
  TIER_CHANGED: ({ ladder, to }, names) => ({
    title: to === null ? names.ladder(ladder) : names.tier(ladder, to),
    body:
      to === null
        ? `Sie haben in ${names.ladder(ladder)} keinen Status mehr.`
        : `Ihr Status in ${names.ladder(ladder)} ist jetzt ${names.tier(ladder, to)}.`,
  }),
  TIER_AT_RISK: ({ ladder, tier, toTier, required, endsOn }, names, { number, instant }) => ({
    title: `${names.tier(ladder, tier)} behalten`,
    body: `Vor dem ${instant(endsOn)} fehlen noch ${number(required)}, um ${names.tier(ladder, tier)} zu behalten; sonst ${
      toTier === null ? 'verlieren Sie Ihren Status' : `gilt danach ${names.tier(ladder, toTier)}`
    }.`,
  }),
  MILESTONE_REACHED: ({ name, threshold, points }, _names, { number }) => ({
    title: name,
    body: `Sie haben ${number(threshold)} erreicht und ${number(points)} Punkte erhalten.`,
  }),
  POINTS_EXPIRING: ({ currency, points, expiresAt }, names, { number, instant }) => ({
    title: 'Punkte verfallen bald',
    body: `${number(points)} ${names.currency(currency)} verfallen am ${instant(expiresAt)}.`,
  }),
  BADGE_AWARDED: ({ name, level }, _names, { number }) => ({
    title: name,
    body:
      level === null
        ? `Sie haben das Abzeichen ${name} erhalten.`
        : `Sie haben Stufe ${number(level)} des Abzeichens ${name} erhalten.`,
  }),
  STREAK_AT_RISK: ({ name, length, until }, _names, { number, instant }) => ({
    title: name,
    body: `Ihre Serie von ${number(length)} endet am ${instant(until)}, wenn Sie nicht weitermachen.`,
  }),
  CHALLENGE_CHANGED: ({ challenge, points, claimUntil }, names, { number, instant }) => ({
    title: names.challenge(challenge),
    body: `Sie haben ${points === null ? 'einen Preis' : `${number(points)} Punkte`} gewonnen${
      claimUntil === null ? '' : `. Abzuholen vor dem ${instant(claimUntil)}`
    }.`,
  }),
  DUEL_INVITED: ({ duel, until }, names, { instant }) => ({
    title: names.duel(duel),
    body: `Sie sind zu einem Duell herausgefordert. Nehmen Sie es vor dem ${instant(until)} an.`,
  }),
  DUEL_DECIDED: ({ duel, result, points }, names, { number }) => ({
    title: names.duel(duel),
    body: `${DE_DUELS[result]}${points > 0 ? ` Sie erhalten ${number(points)} Punkte.` : ''}`,
  }),
  LEAGUE_MOVED: ({ leaderboard, to, isUp, isIdle }, names) => ({
    title: names.leaderboard(leaderboard),
    body:
      isUp === 1
        ? `Sie sind in ${to} aufgestiegen.`
        : `Sie sind in ${to} abgestiegen${isIdle === 1 ? ', weil Sie nicht mitgespielt haben' : ''}.`,
  }),
  RANK_CHANGED: ({ leaderboard, first, from, to }, names, { number }) => ({
    title: names.leaderboard(leaderboard),
    body:
      to === null
        ? `Sie sind nicht mehr unter den ersten ${number(first)}.`
        : `Sie sind jetzt auf Rang ${number(to)}${from === null ? '' : `, nach Rang ${number(from)}`}.`,
  }),
  PRIZE_WON: ({ leaderboard, rank, points, claimUntil }, names, { number, instant }) => ({
    title: names.leaderboard(leaderboard),
    body: `Mit Rang ${number(rank)} haben Sie ${
      points === null ? 'einen Preis' : `${number(points)} Punkte`
    } gewonnen${claimUntil === null ? '' : `. Abzuholen vor dem ${instant(claimUntil)}`}.`,
  }),
};

const TEXTS: Record<Language, Texts> = { en: EN, de: DE };

/** What an item says to its customer, in the language of the format. */
export function noticeText(
  { kind, values }: Pick<InboxNotice, 'kind' | 'values'>,
  names: Names,
  format: Format,
): NoticeText {
  // Kind and values were written as a pair, which the compiler cannot see any more.
  return (TEXTS[format.language][kind] as Text<NoticeKind>)(values, names, format);
}
