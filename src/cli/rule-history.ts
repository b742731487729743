import type { Command } from 'commander';
import { z } from 'zod';

import { findRevisionContent, type RuleSetChoice } from '#app/rule-set/find-content.ts';
import { publicId } from '#domain/ids.ts';
import { diffContent, type RuleSetDifference } from '#domain/rule-set/diff.ts';
import { startOf, stateOf } from '#domain/rule-set/live.ts';
import { readProgramNow } from '#storage/ledger-owner-store.ts';
import { listProposals } from '#storage/rule-set-proposal-store.ts';
import { listRevisions } from '#storage/rule-set-store.ts';

import type { Cli } from './cli.ts';
import { addCommand, UsageError } from './command.ts';
import { pickProgram, programOption } from './pick-program.ts';
import { formatTable } from './table.ts';

const REVISIONS_MAX = 100;
const Options = z.object({ program: z.string().optional() });

/** laurel rules history|diff|proposals */
export function addRuleHistory(cli: Cli, group: Command): void {
  addCommand(cli, group, {
    usage: 'history',
    description: `list the newest revisions, ${REVISIONS_MAX} at most, with their states`,
    configure: programOption,
    options: Options,
    run: async (running, _args, { program }) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, program);
      const page = { after: null, before: null, backwards: false, limit: REVISIONS_MAX };
      const [revisions, catalogue, now] = await Promise.all([
        listRevisions(deps.reads, programId, page),
        deps.catalogues.at(deps.reads, programId),
        readProgramNow(deps.reads, programId, deps.clock()),
      ]);
      const rows = revisions.slice(0, REVISIONS_MAX).map((revision) => ({
        revision: revision.revision,
        state: stateOf(revision, catalogue.ruleSet.revision, now),
        startsAt: startOf(revision).toISOString(),
        publishedAt: revision.publishedAt.toISOString(),
        publishedBy: revision.publishedBy,
        changes: revision.diff.length,
        note: revision.note,
      }));
      const headings = ['REVISION', 'STATE', 'STARTS', 'PUBLISHED', 'BY', 'CHANGES', 'NOTE'];
      return {
        json: rows,
        text: formatTable(
          headings,
          rows.map((row) => Object.values(row)),
        ),
      };
    },
  });
  addCommand(cli, group, {
    usage: 'diff [from] [to]',
    description: 'what differs between two rule sets: numbers, live or draft; from live to draft without them',
    configure: programOption,
    options: Options,
    run: async (running, [from = 'live', to = 'draft'], { program }) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, program);
      const [before, after] = [
        await findRevisionContent(deps, programId, choiceOf(from)),
        await findRevisionContent(deps, programId, choiceOf(to)),
      ];
      const differences = diffContent(before.content, after.content);
      return {
        json: differences,
        text: differences.length === 0 ? 'nothing' : differences.flatMap(linesOf).join('\n'),
      };
    },
  });
  addProposals(cli, group);
}

function addProposals(cli: Cli, group: Command): void {
  addCommand(cli, group, {
    usage: 'proposals',
    description: 'list what waits for a second person',
    configure: programOption,
    options: Options,
    run: async (running, _args, { program }) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, program);
      const rows = (await listProposals(deps.reads, programId, 'PENDING')).map((proposal) => ({
        id: publicId('RuleSetProposal', proposal.id),
        proposedAt: proposal.proposedAt.toISOString(),
        proposedBy: proposal.proposedBy,
        changes: proposal.diff.length,
        note: proposal.note,
      }));
      const headings = ['PROPOSAL', 'PROPOSED', 'BY', 'CHANGES', 'NOTE'];
      return {
        json: rows,
        text: formatTable(
          headings,
          rows.map((row) => Object.values(row)),
        ),
      };
    },
  });
}

function choiceOf(text: string): RuleSetChoice {
  if (text === 'live') return 'LIVE';
  if (text === 'draft') return 'DRAFT';
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`${text} is no revision: give a number, live or draft.`);
}

function linesOf({ section, code, change, fields }: RuleSetDifference): string[] {
  const mark = { ADDED: '+', REMOVED: '-', CHANGED: '~' }[change];
  const first = `${mark} ${section} ${code}`;
  if (change !== 'CHANGED') return [first];
  return [
    first,
    ...fields.map(({ field, before, after }) => `    ${field}: ${JSON.stringify(before)} → ${JSON.stringify(after)}`),
  ];
}
