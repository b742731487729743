import type { Command } from 'commander';
import { z } from 'zod';

import { giveBadge, revokeBadge } from '#app/badge/give.ts';
import { readBadges } from '#app/badge/read.ts';
import { publicId, uuidOf } from '#domain/ids.ts';
import { createBadgeStore } from '#redis/badge-store.ts';
import { creditBadges } from '#src/jobs/credit-badges.ts';
import { createBadgeProjection } from '#src/projections/badge-projection.ts';
import { listBackfills } from '#storage/badge-backfill-store.ts';
import { listAwardedBadges } from '#storage/badge-shelf-store.ts';

import { ACTOR, newCommand } from './actor.ts';
import type { Cli } from './cli.ts';
import { addCommand, addGroup, UsageError } from './command.ts';
import { findCustomerId } from './customer.ts';
import { pickProgram, programOption } from './pick-program.ts';
import { formatTable } from './table.ts';

const program = z.string().optional();
/** A command goes on until the past is credited, however long that takes. */
const NO_END_MS = 86_400_000;

/** laurel badge list, give, revoke, credit, rebuild */
export function addBadge(cli: Cli, parent: Command): void {
  const group = addGroup(parent, 'badge', 'badges of customers');
  addCommand(cli, group, {
    usage: 'list <customer>',
    description: 'show how far a customer is with each badge',
    configure: programOption,
    options: z.object({ program }),
    run: async (running, [wanted = ''], options) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, options.program);
      const customerId = await findCustomerId(deps, programId, wanted);
      const badges = ((await readBadges(deps, programId, [customerId])).get(customerId) ?? []).map((it) => ({
        badge: it.compiled.badge.code,
        state: it.state,
        level: it.held ?? '',
        next: it.next?.level ?? '',
        missing: (it.next?.criteria ?? []).map(({ missing }) => missing.toFixed()).join(', '),
      }));
      return {
        json: { customerId: publicId('Customer', customerId), badges },
        text: formatTable(
          ['BADGE', 'STATE', 'LEVEL', 'NEXT', 'MISSING'],
          badges.map((row) => Object.values(row)),
        ),
      };
    },
  });
  addGiving(cli, group);
  addUpkeep(cli, group);
}

function addGiving(cli: Cli, group: Command): void {
  addCommand(cli, group, {
    usage: 'give <customer> <badge>',
    description: 'give a customer a badge by hand, without points',
    configure: (command) =>
      programOption(command)
        .requiredOption('--reason <reason>', 'why, for the record')
        .option('--level <code>', 'the level; left out, the lowest'),
    options: z.object({ program, reason: z.string(), level: z.string().optional() }),
    run: async (running, [wanted = '', badge = ''], { reason, level = null, program: chosen }) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, chosen);
      const customerId = await findCustomerId(deps, programId, wanted);
      const input = { customer: { id: customerId, externalId: null }, badge, level, reason, earnedAt: null };
      const { awardId } = await giveBadge(deps, { programId, actor: ACTOR }, newCommand('badgeGive', input), input);
      const id = publicId('BadgeAward', awardId);
      return { json: { awardId: id }, text: `Given as ${id}.` };
    },
  });
  addCommand(cli, group, {
    usage: 'revoke <award>',
    description: 'take an award back; it stays on record',
    configure: (command) => programOption(command).requiredOption('--reason <reason>', 'why, for the record'),
    options: z.object({ program, reason: z.string() }),
    run: async (running, [wanted = ''], { reason, program: chosen }) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, chosen);
      const awardId = uuidOf('BadgeAward', wanted);
      if (awardId === null) throw new UsageError(`${wanted} is no award: its id begins with baw_.`);
      const input = { awardId, reason };
      await revokeBadge(deps, { programId, actor: ACTOR }, newCommand('badgeRevoke', input), input);
      return { json: { awardId: wanted }, text: `${wanted} is taken back.` };
    },
  });
}

function addUpkeep(cli: Cli, group: Command): void {
  addCommand(cli, group, {
    usage: 'credit',
    description:
      'credit the past by badges that went live or changed, now (the worker does it by itself), and tell how far it is',
    configure: programOption,
    options: z.object({ program }),
    run: async (running, _wanted, options) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, options.program);
      const credited = await creditBadges(deps, NO_END_MS);
      const rows = (await listBackfills(deps.reads, programId)).map(({ badgeCode, customers, awards, doneAt }) => ({
        badge: badgeCode,
        customers: String(customers),
        awards: String(awards),
        done: doneAt?.toISOString() ?? '',
      }));
      return {
        json: { credited, badges: rows },
        text: formatTable(
          ['BADGE', 'CUSTOMERS', 'AWARDS', 'DONE'],
          rows.map((row) => Object.values(row)),
        ),
      };
    },
  });
  addCommand(cli, group, {
    usage: 'rebuild',
    description: 'build feed, shelves and holders in Redis anew from the record; reads come from the record meanwhile',
    configure: programOption,
    options: z.object({ program }),
    run: async (running, _wanted, options) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, options.program);
      const [{ badgeIds } = { badgeIds: [] }] = await listAwardedBadges(deps.reads, programId);
      const customers = await createBadgeProjection({ ...deps, store: createBadgeStore(deps.redis) }).rebuild(
        programId,
        badgeIds,
      );
      return { json: { customers }, text: `The shelves of ${customers} customers were built anew.` };
    },
  });
}
