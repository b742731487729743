import { pickLocale } from '#domain/local-text.ts';
import type { Catalogue } from '#domain/program/catalogue.ts';
import {
  stateOfTerms,
  versionInForce,
  type TermsState,
  type TermsText,
  type TermsVersion,
} from '#domain/terms/version.ts';

import { builder } from './builder.ts';
import { programOf, type Context } from './context.ts';
import { present } from './ids.ts';
import { connectionOf, connectionType, isIntegerKey, pageArgs, readPage } from './paging.ts';

const publicSurface = { subGraphs: ['Public' as const] };
const TEAM_ONLY = { subGraphs: [], authScopes: { permission: 'program:read' as const } };

const LAW =
  'Versions are numbered 1, 2, 3… and never change. Of those whose time has come, the one with the highest number is in force.';

/** The program's catalogue, and its own time. */
export async function termsAround(context: Context): Promise<{ catalogue: Catalogue; now: Date }> {
  const catalogue = await context.deps.catalogues.current(programOf(context).programId);
  return { catalogue, now: catalogue.program.testClock ?? context.deps.clock() };
}

const TermsStateEnum = builder.enumType('TermsState', {
  description: 'Where a version of the terms stands.',
  ...publicSurface,
  values: {
    SCHEDULED: { description: 'It comes into force later; it can be accepted already.' },
    IN_FORCE: { description: 'It is in force.' },
    SUPERSEDED: { description: 'A later version has taken its place, perhaps before it began.' },
  } satisfies Record<TermsState, object>,
});

const TermsTextRef = builder.objectRef<{ language: string } & TermsText>('TermsText').implement({
  description: 'The terms in one language: as Markdown, or as the address of a page.',
  ...publicSurface,
  fields: (t) => ({
    language: t.exposeString('language', { description: 'Such as en or de-AT; what termsAccept asks for.' }),
    title: t.exposeString('title', { description: 'What they are called.' }),
    markdown: t.exposeString('markdown', {
      nullable: true,
      description: 'CommonMark as the team wrote it; whoever shows it as HTML cleans it. Null where there is a url.',
    }),
    url: t.exposeString('url', {
      nullable: true,
      description: 'Where they can be read; the tenant keeps that page as it is. Null where there is markdown.',
    }),
  }),
});

const TermsLanguageRef = builder.objectRef<{ language: string; title: string }>('TermsLanguage').implement({
  description: 'A language in which the terms can be read.',
  ...publicSurface,
  fields: (t) => ({
    language: t.exposeString('language', { description: 'Such as en or de-AT.' }),
    title: t.exposeString('title', { description: 'What they are called in it.' }),
  }),
});

export const TermsVersionRef = builder.objectRef<TermsVersion>('TermsVersion').implement({
  description: `One version of the programme’s terms. ${LAW}`,
  ...publicSurface,
  fields: (t) => ({
    number: t.exposeInt('number', { description: 'From 1, rising by 1.' }),
    state: t.field({
      type: TermsStateEnum,
      description: 'Where it stands now.',
      resolve: async (version, _args, context) => {
        const { catalogue, now } = await termsAround(context);
        return stateOfTerms(catalogue.terms, version, now);
      },
    }),
    effectiveFrom: t.expose('effectiveFrom', {
      type: 'DateTime',
      description: 'From when it is in force, inclusive, unless a later version has taken its place by then.',
    }),
    renewsConsent: t.exposeBoolean('renewsConsent', {
      description: 'True where those who agreed to an earlier version must agree anew. The first version always asks.',
    }),
    text: t.field({
      type: TermsTextRef,
      description: 'The text for a reader: of exactly that locale, else of its language, else English, else the first.',
      args: { locale: t.arg.string({ description: 'Such as de-AT; left out, English.' }) },
      resolve: async ({ number }, { locale }, context) => {
        const languages = await context.loaders.termsLanguages.load(number);
        const language = pickLocale(
          languages.map((one) => one.language),
          locale ?? null,
        );
        return present(context.loaders.termsText.load({ number, language }));
      },
    }),
    languages: t.field({
      type: [TermsLanguageRef],
      description: 'All languages in which it can be read, at most 50.',
      resolve: async ({ number }, _args, context) => [...(await context.loaders.termsLanguages.load(number))],
    }),
    publishedAt: t.field({
      ...TEAM_ONLY,
      type: 'DateTime',
      description: 'When it was published. Needs program:read.',
      resolve: async ({ number }, _args, context) =>
        (await present(context.loaders.termsRecord.load(number))).publishedAt,
    }),
    publishedBy: t.string({
      ...TEAM_ONLY,
      description: 'Who published it. Needs program:read.',
      resolve: async ({ number }, _args, context) =>
        (await present(context.loaders.termsRecord.load(number))).publishedBy,
    }),
    note: t.string({
      ...TEAM_ONLY,
      nullable: true,
      description: 'Why, as the team wrote it. Needs program:read.',
      resolve: async ({ number }, _args, context) => (await present(context.loaders.termsRecord.load(number))).note,
    }),
  }),
});

const TermsConnection = connectionType('TermsVersion', TermsVersionRef, publicSurface);
/** Numbers tell versions apart; the id of a position is not needed. */
const NO_ID = '00000000-0000-0000-0000-000000000000';

builder.queryFields((t) => ({
  terms: t.field({
    type: TermsVersionRef,
    nullable: true,
    ...publicSurface,
    description: `The terms of the programme that are in force; null where there are none yet. ${LAW} Needs terms:read.`,
    authScopes: { permission: 'terms:read' },
    args: { number: t.arg.int({ description: 'This version instead; null where there is none of that number.' }) },
    resolve: async (_root, { number }, context) => {
      const { catalogue, now } = await termsAround(context);
      if (number === null || number === undefined) return versionInForce(catalogue.terms, now);
      return catalogue.terms.find((version) => version.number === number) ?? null;
    },
  }),
  termsVersions: t.field({
    type: TermsConnection,
    ...publicSurface,
    description:
      'All versions of the terms, the newest first, those that come included: what is published is for everybody to read. Needs terms:read.',
    authScopes: { permission: 'terms:read' },
    args: pageArgs,
    resolve: async (_root, args, context) => {
      const page = readPage(args, ['termsVersions'], isIntegerKey);
      const { catalogue } = await termsAround(context);
      const after = page.after === null ? Number.POSITIVE_INFINITY : Number(page.after.key);
      const before = page.before === null ? 0 : Number(page.before.key);
      const wanted = catalogue.terms.filter(({ number }) => number < after && number > before);
      const travelled = page.backwards ? wanted : wanted.toReversed();
      const rows = travelled.slice(0, page.limit + 1);
      return connectionOf(rows, page, ({ number }) => ({ key: String(number), id: NO_ID }));
    },
  }),
}));
