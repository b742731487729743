import type { Command } from 'commander';
import { z } from 'zod';

import { assignTier, releaseTier } from '#app/tier/assign.ts';
import { readTiers, type TierNow } from '#app/tier/read.ts';
import { reviewCustomerTiers } from '#app/tier/review.ts';
import { publicId } from '#domain/ids.ts';
import { runReviewTiers } from '#src/jobs/review-tiers.ts';
import { listMemberships, type TierMembership } from '#storage/tier-membership-store.ts';

import { ACTOR, newCommand } from './actor.ts';
import type { Cli } from './cli.ts';
import { addCommand, addGroup, UsageError } from './command.ts';
import { findCustomerId } from './customer.ts';
import { pickProgram, programOption } from './pick-program.ts';
import { formatTable } from './table.ts';

const program = z.string().optional();
const HISTORY_MAX = 1_000;

/** laurel tier list, history, assign, release, review */
export function addTier(cli: Cli, parent: Command): void {
  const group = addGroup(parent, 'tier', 'tiers of customers');
  addReading(cli, group);
  addGiving(cli, group);
  addCommand(cli, group, {
    usage: 'review [customer]',
    description:
      'review one customer now, before the time, and tell why; without a customer, do what is due in all programs (the worker does it by itself)',
    configure: (command) =>
      programOption(command)
        .option('--dry-run', 'only tell what would happen')
        .option('--reason <reason>', 'why, for the history'),
    options: z.object({ program, dryRun: z.boolean().default(false), reason: z.string().default('Command line') }),
    run: async (running, [wanted], options) => {
      const deps = running.deps();
      if (wanted === undefined) {
        const reviewed = await runReviewTiers(deps);
        return { json: { reviewed }, text: `${reviewed} customers were reviewed.` };
      }
      const { id: programId } = await pickProgram(deps, options.program);
      const customerId = await findCustomerId(deps, programId, wanted);
      const { reason, dryRun } = options;
      const input = { customer: { id: customerId, externalId: null }, ladder: null, reason, dryRun };
      const scope = { programId, actor: ACTOR };
      const { reviews } = await reviewCustomerTiers(deps, scope, newCommand('tierReview', input), input);
      return {
        json: { customerId: publicId('Customer', customerId), dryRun, reviews },
        text: reviews.length === 0 ? 'No ladder is live.' : reviews.map((it) => `${it.ladder}: ${it.text}`).join('\n'),
      };
    },
  });
}

function addReading(cli: Cli, group: Command): void {
  addCommand(cli, group, {
    usage: 'list <customer>',
    description: 'show where a customer stands on each ladder, and what is missing',
    configure: programOption,
    options: z.object({ program }),
    run: async (running, [wanted = ''], options) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, options.program);
      const customerId = await findCustomerId(deps, programId, wanted);
      const tiers = ((await readTiers(deps, programId, [customerId])).get(customerId) ?? []).map(shownTier);
      return {
        json: { customerId: publicId('Customer', customerId), tiers },
        text: formatTable(
          ['LADDER', 'TIER', 'SINCE', 'REASON', 'PROGRESS', 'NEXT', 'TO NEXT', 'TO STAY', 'REVIEW', 'GIVEN UNTIL'],
          tiers.map((tier) => Object.values(tier)),
        ),
      };
    },
  });
  addCommand(cli, group, {
    usage: 'history <customer>',
    description: 'show the tiers that a customer has had, newest first',
    configure: (command) => programOption(command).option('--ladder <code>', 'of one ladder only'),
    options: z.object({ program, ladder: z.string().optional() }),
    run: async (running, [wanted = ''], options) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, options.program);
      const customerId = await findCustomerId(deps, programId, wanted);
      const page = { limit: HISTORY_MAX, backwards: false, after: null, before: null };
      const rows = await listMemberships(deps.reads, programId, [customerId], options.ladder ?? null, page);
      const history = (rows.get(customerId) ?? []).map(shownMembership);
      return {
        json: { customerId: publicId('Customer', customerId), history },
        text: formatTable(
          ['LADDER', 'TIER', 'FROM', 'UNTIL', 'REASON', 'NOTE', 'ACTOR'],
          history.map((row) => Object.values(row)),
        ),
      };
    },
  });
}

function addGiving(cli: Cli, group: Command): void {
  addCommand(cli, group, {
    usage: 'assign <customer> <ladder> <tier>',
    description: 'give a customer a tier by hand, until an instant or until it is released',
    configure: (command) =>
      programOption(command)
        .requiredOption('--reason <reason>', 'why, for the history')
        .option('--until <instant>', 'when it ends, such as 2027-01-01T00:00:00Z')
        .option('--invited', 'record it as an invitation'),
    options: z.object({
      program,
      reason: z.string(),
      invited: z.boolean().default(false),
      until: z.iso.datetime({ offset: true, error: 'must be an instant with its zone' }).optional(),
    }),
    run: async (running, [wanted = '', ladder = '', tier = ''], options) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, options.program);
      const customerId = await findCustomerId(deps, programId, wanted);
      const input = {
        customer: { id: customerId, externalId: null },
        ladder,
        tier,
        kind: options.invited ? ('INVITED' as const) : ('MANUAL' as const),
        until: options.until === undefined ? null : new Date(options.until),
        reason: options.reason,
      };
      const scope = { programId, actor: ACTOR };
      const { from, to } = await assignTier(deps, scope, newCommand('tierAssign', input), input);
      return { json: { customerId: publicId('Customer', customerId), from, to }, text: `${from ?? 'none'} -> ${to}` };
    },
  });
  addCommand(cli, group, {
    usage: 'release <customer> <ladder>',
    description: 'end a tier that was given by hand',
    configure: (command) => programOption(command).requiredOption('--reason <reason>', 'why, for the history'),
    options: z.object({ program, reason: z.string() }),
    run: async (running, [wanted = '', ladder = ''], options) => {
      const deps = running.deps();
      if (ladder === '') throw new UsageError('Name a ladder by its code.');
      const { id: programId } = await pickProgram(deps, options.program);
      const customerId = await findCustomerId(deps, programId, wanted);
      const input = { customer: { id: customerId, externalId: null }, ladder, reason: options.reason };
      const scope = { programId, actor: ACTOR };
      const { from, to } = await releaseTier(deps, scope, newCommand('tierRelease', input), input);
      return {
        json: { customerId: publicId('Customer', customerId), from, to },
        text: `${from ?? 'none'} -> ${to ?? 'none'}`,
      };
    },
  });
}

function shownTier({ view, outlook, state, since, reason }: TierNow) {
  const { compiled } = view;
  return {
    ladder: compiled.ladder.code,
    tier: compiled.tiers[outlook.place]?.tier.code ?? null,
    since: since.toISOString(),
    reason,
    progress: outlook.progress.toFixed(),
    next: outlook.toNext?.tier.tier.code ?? null,
    toNext: outlook.toNext?.missing.toFixed() ?? null,
    toStay: outlook.toStay?.toFixed() ?? null,
    reviewAt: outlook.reviewAt?.toISOString() ?? null,
    lockedUntil: state.standing.assigned?.until?.toISOString() ?? null,
  };
}

function shownMembership({ ladderCode, tierCode, fromAt, toAt, reason, note, actor }: TierMembership) {
  return {
    ladder: ladderCode,
    tier: tierCode,
    from: fromAt.toISOString(),
    until: toAt?.toISOString() ?? null,
    reason,
    note,
    actor,
  };
}
