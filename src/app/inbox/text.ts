import { formatFor, languageOf } from '#domain/explanation/locale.ts';
import { noticeText, type Names, type NoticeText } from '#domain/inbox/texts.ts';
import { textFor } from '#domain/local-text.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import type { InboxRow } from '#storage/inbox-store.ts';

/** What an item says in a locale, with the names that the program's things have now. English unless there is a table for it. */
export function textOf(catalogue: Catalogue, item: InboxRow, locale: string | null): NoticeText {
  const format = formatFor(languageOf(locale), catalogue.program.timeZone);
  return noticeText(item, namesIn(catalogue, locale), format);
}

/** Codes of what is not live any more stand for themselves. */
function namesIn({ ruleSet, leaderboards, currencyByCode }: Catalogue, locale: string | null): Names {
  const ladderOf = (code: string) => ruleSet.ladders.find(({ ladder }) => ladder.code === code);
  return {
    ladder: (code) => ladderOf(code)?.ladder.name ?? code,
    tier: (ladder, code) => ladderOf(ladder)?.tiers.find(({ tier }) => tier.code === code)?.tier.name ?? code,
    challenge(code) {
      const texts = ruleSet.challenges.find(({ challenge }) => challenge.code === code)?.challenge.texts;
      return texts === undefined ? code : textFor(texts, locale).name;
    },
    duel(code) {
      const texts = ruleSet.duelKinds.find(({ kind }) => kind.code === code)?.kind.texts;
      return texts === undefined ? code : textFor(texts, locale).name;
    },
    leaderboard: (code) => leaderboards.find((board) => board.code === code)?.name ?? code,
    currency: (code) => currencyByCode.get(code)?.name ?? code,
  };
}
