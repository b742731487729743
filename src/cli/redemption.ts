import type { Command } from 'commander';
import { z } from 'zod';

import { cancelRedemption } from '#app/redemption/cancel.ts';
import { markRedemptionFulfilled } from '#app/redemption/close.ts';
import { publicId, uuidOf } from '#domain/ids.ts';
import { REDEMPTION_STATES, redemptionStateAt } from '#domain/redemption/redemption.ts';
import { readProgramNow } from '#storage/ledger-owner-store.ts';
import { listRedemptions } from '#storage/redemption-store.ts';

import { ACTOR, newCommand } from './actor.ts';
import type { Cli } from './cli.ts';
import { addCommand, addGroup, type Answer } from './command.ts';
import { findCustomerId } from './customer.ts';
import { pickProgram, programOption } from './pick-program.ts';
import { formatTable } from './table.ts';

const program = z.string().optional();
const LISTED_DEFAULT = 50;
const LISTED_MAX = 1_000;

const ListOptions = z.object({
  program,
  customer: z.string().optional(),
  reward: z.string().optional(),
  state: z
    .string()
    .transform((state) => state.toUpperCase())
    .pipe(z.enum(REDEMPTION_STATES))
    .optional(),
  awaiting: z.boolean().default(false),
  limit: z.coerce.number().int().min(1).max(LISTED_MAX).default(LISTED_DEFAULT),
});

/** laurel redemption list|cancel|fulfil */
export function addRedemption(cli: Cli, parent: Command): void {
  const group = addGroup(parent, 'redemption', 'what customers redeemed');
  addCommand(cli, group, {
    usage: 'list',
    description: 'list redemptions, newest first; codes are not shown',
    configure: (command) =>
      programOption(command)
        .option('-c, --customer <customer>', 'only of this customer, by id or external id')
        .option('-r, --reward <code>', 'only of this reward')
        .option('-s, --state <state>', `only in this state: ${REDEMPTION_STATES.join(', ').toLowerCase()}`)
        .option('--awaiting', 'only those that people have yet to deliver')
        .option('-n, --limit <count>', `at most so many, ${LISTED_DEFAULT} by default`),
    options: ListOptions,
    run: (running, _args, options) => list(running, options),
  });
  addMove(cli, group, 'cancel', 'take a redemption back: points and piece return', cancelRedemption);
  addMove(cli, group, 'fulfil', 'say that a redemption was delivered', markRedemptionFulfilled);
}

type Move = typeof cancelRedemption | typeof markRedemptionFulfilled;

function addMove(cli: Cli, group: Command, name: string, description: string, move: Move): void {
  addCommand(cli, group, {
    usage: `${name} <redemption>`,
    description,
    configure: (command) => programOption(command).option('--reason <reason>', 'why, for its history'),
    options: z.object({ program, reason: z.string().optional() }),
    run: async (running, [id = ''], options) => {
      const deps = running.deps();
      const scope = { programId: (await pickProgram(deps, options.program)).id, actor: ACTOR };
      const input = { redemptionId: uuidOf('Redemption', id), reason: options.reason ?? null, byCustomer: null };
      await move(deps, scope, newCommand(`redemption-${name}`, input), input);
      return { json: { id }, text: `${id} is ${name === 'cancel' ? 'cancelled' : 'fulfilled'}.` };
    },
  });
}

async function list(cli: Cli, options: z.output<typeof ListOptions>): Promise<Answer> {
  const deps = cli.deps();
  const { id: programId } = await pickProgram(deps, options.program);
  const customerId = options.customer === undefined ? null : await findCustomerId(deps, programId, options.customer);
  const now = await readProgramNow(deps.reads, programId, deps.clock());
  const where = {
    customerId,
    rewardCode: options.reward ?? null,
    states: options.state === undefined ? null : [options.state],
    awaitsFulfilment: options.awaiting,
  };
  const page = { after: null, before: null, backwards: false, limit: options.limit };
  const rows = (await listRedemptions(deps.reads, programId, where, now, page)).slice(0, options.limit);
  const json = rows.map((row) => ({
    id: publicId('Redemption', row.id),
    customerId: publicId('Customer', row.customerId),
    reward: row.rewardCode,
    state: redemptionStateAt(row, now),
    quantity: row.quantity,
    points: row.points,
    money: row.money,
    requestedAt: row.requestedAt,
    expiresAt: row.expiresAt,
  }));
  const cells = json.map((it) => [it.id, it.reward, it.state, it.points, it.requestedAt.toISOString(), it.customerId]);
  return { json, text: formatTable(['ID', 'REWARD', 'STATE', 'POINTS', 'WHEN', 'CUSTOMER'], cells) };
}
