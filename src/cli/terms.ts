import { readFile } from 'node:fs/promises';

import type { Command } from 'commander';
import { z } from 'zod';

import { publishTerms } from '#app/terms/publish.ts';
import { acceptTerms, withdrawTerms } from '#app/terms/record-consent.ts';
import { InvalidInputError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';
import { CONSENT_CHANNELS, standingOf } from '#domain/terms/consent.ts';
import { stateOfTerms, type TermsText } from '#domain/terms/version.ts';
import type { Deps } from '#src/deps.ts';
import { findConsents, findTermsLanguages } from '#storage/terms-store.ts';

import { ACTOR, newCommand } from './actor.ts';
import type { Cli } from './cli.ts';
import { addCommand, addGroup, UsageError, type Answer } from './command.ts';
import { findCustomerId } from './customer.ts';
import { instant } from './instant.ts';
import { pickProgram, programOption } from './pick-program.ts';
import { formatTable } from './table.ts';

const program = z.string().optional();

/** laurel terms publish|list|consent|accept|withdraw */
export function addTerms(cli: Cli, parent: Command): void {
  const group = addGroup(parent, 'terms', 'terms of a program by version, and who agreed to them');
  addPublish(cli, group);
  addCommand(cli, group, {
    usage: 'list',
    description: 'list the versions, the newest first',
    configure: programOption,
    options: z.object({ program }),
    run: async (running, _args, options) =>
      listTerms(running.deps(), (await pickProgram(running.deps(), options.program)).id),
  });
  addCommand(cli, group, {
    usage: 'consent <customer>',
    description: 'show what a customer agreed to, and what is missing',
    configure: programOption,
    options: z.object({ program }),
    run: async (running, [wanted = ''], options) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, options.program);
      return showConsent(deps, programId, await findCustomerId(deps, programId, wanted));
    },
  });
  addRecording(cli, group);
}

function addPublish(cli: Cli, group: Command): void {
  addCommand(cli, group, {
    usage: 'publish <texts...>',
    description: 'publish the next version, from one text a language: en=terms.md, or de=https://example.com/agb',
    configure: (command) =>
      programOption(command)
        .requiredOption('--title <title>', 'what they are called')
        .option('--from <instant>', 'when it comes into force; at once without it')
        .option('--no-renewal', 'who agreed to an earlier version need not agree anew')
        .option('--note <note>', 'why, for the audit'),
    options: z.object({
      program,
      title: z.string(),
      from: instant,
      renewal: z.boolean().default(true),
      note: z.string().optional(),
    }),
    run: async (running, given, { title, from, renewal, note = null, ...options }) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, options.program);
      const texts = await Promise.all(given.map((text) => readText(text, title)));
      const input = { texts, effectiveFrom: from, renewsConsent: renewal, note };
      const scope = { programId, actor: ACTOR };
      const { version } = await publishTerms(deps, scope, newCommand('termsPublish', input), input);
      return { json: { version }, text: `Version ${version} of the terms is published.` };
    },
  });
}

async function readText(given: string, title: string): Promise<{ language: string } & TermsText> {
  const [, language, source] = /^([^=]+)=(.+)$/s.exec(given) ?? [];
  if (language === undefined || source === undefined)
    throw new UsageError('Name texts as language=file or language=https://…, such as en=terms.md.');
  if (/^https?:/.test(source)) return { language, title, markdown: null, url: source };
  const markdown = await readFile(source, 'utf8').catch(() => null);
  if (markdown === null) throw new InvalidInputError(`There is no file ${source}.`);
  return { language, title, markdown, url: null };
}

function addRecording(cli: Cli, group: Command): void {
  const channel = z.enum(CONSENT_CHANNELS);
  const configure = (command: Command): Command =>
    programOption(command)
      .requiredOption('--channel <channel>', `how the customer said so: ${CONSENT_CHANNELS.join(', ')}`)
      .option('--at <instant>', 'when the customer said so; now without it');
  addCommand(cli, group, {
    usage: 'accept <customer> <version>',
    description: 'record on a customer’s behalf that they agree to a version',
    configure: (command) => configure(command).requiredOption('--language <language>', 'in which it was read'),
    options: z.object({ program, channel, at: instant, language: z.string() }),
    run: async (running, [wanted = '', version = ''], { program: named, ...options }) => {
      if (!/^\d{1,9}$/.test(version)) throw new UsageError('A version is a number.');
      const { deps, scope, customerId } = await partiesOf(running, named, wanted);
      const said = { customer: { id: customerId, externalId: null }, byCustomer: false };
      const input = { ...options, ...said, version: Number(version) };
      const result = await acceptTerms(deps, scope, newCommand('termsAccept', input), input);
      const { wasAccepted } = result;
      const text = `Version ${version} ${wasAccepted ? 'was accepted before' : 'is accepted'}.`;
      return { json: { customerId: publicId('Customer', customerId), version: result.version, wasAccepted }, text };
    },
  });
  addCommand(cli, group, {
    usage: 'withdraw <customer>',
    description: 'record on a customer’s behalf that they take back all that they agreed to',
    configure,
    options: z.object({ program, channel, at: instant }),
    run: async (running, [wanted = ''], { program: named, ...options }) => {
      const { deps, scope, customerId } = await partiesOf(running, named, wanted);
      const input = { ...options, customer: { id: customerId, externalId: null }, byCustomer: false };
      const { version } = await withdrawTerms(deps, scope, newCommand('termsWithdraw', input), input);
      const json = { customerId: publicId('Customer', customerId), version };
      return { json, text: `All consent up to version ${version} is withdrawn.` };
    },
  });
}

async function partiesOf(cli: Cli, named: string | undefined, wanted: string) {
  const deps = cli.deps();
  const { id: programId } = await pickProgram(deps, named);
  const customerId = await findCustomerId(deps, programId, wanted);
  return { deps, scope: { programId, actor: ACTOR }, customerId };
}

async function listTerms(deps: Deps, programId: string): Promise<Answer> {
  const { terms, program: known } = await deps.catalogues.current(programId);
  const now = known.testClock ?? deps.clock();
  const numbers = terms.map(({ number }) => number);
  const languages = await findTermsLanguages(deps.reads, programId, numbers);
  const json = terms.toReversed().map((version) => ({
    number: version.number,
    state: stateOfTerms(terms, version, now),
    effectiveFrom: version.effectiveFrom.toISOString(),
    renewsConsent: version.renewsConsent,
    languages: (languages.get(version.number) ?? []).map(({ language }) => language),
  }));
  const rows = json.map((it) => [
    it.number,
    it.state,
    it.effectiveFrom,
    it.renewsConsent ? 'yes' : 'no',
    it.languages.join(', '),
  ]);
  return { json, text: formatTable(['VERSION', 'STATE', 'FROM', 'RENEWS', 'LANGUAGES'], rows) };
}

async function showConsent(deps: Deps, programId: string, customerId: string): Promise<Answer> {
  const { terms, program: known } = await deps.catalogues.current(programId);
  const history = (await findConsents(deps.reads, programId, [customerId])).get(customerId) ?? [];
  const { missing } = standingOf(terms, history, known.testClock ?? deps.clock());
  const entries = history.map(({ action, version, channel, language, at, byCustomer }) => ({
    ...{ action, version, channel, language, at: at.toISOString(), byCustomer },
  }));
  const demanded = missing === null ? null : { version: missing.version, since: missing.since.toISOString() };
  const rows = entries.map((it) => [
    it.at,
    it.action,
    it.version,
    it.channel,
    it.language,
    it.byCustomer ? 'yes' : 'no',
  ]);
  const lines = [
    demanded === null
      ? 'Nothing is missing.'
      : `Consent to version ${demanded.version} is missing since ${demanded.since}.`,
  ];
  if (rows.length > 0)
    lines.push('', formatTable(['AT', 'ACTION', 'VERSION', 'CHANNEL', 'LANGUAGE', 'BY CUSTOMER'], rows));
  return { json: { missing: demanded, history: entries }, text: lines.join('\n') };
}
