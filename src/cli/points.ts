import type { Command } from 'commander';
import { z } from 'zod';

import { moveExpiry, type MovedLots } from '#app/ledger/move-expiry.ts';
import { publicId, uuidOf } from '#domain/ids.ts';
import type { Deps } from '#src/deps.ts';
import { runSendExpiryNotices } from '#src/jobs/send-expiry-notices.ts';
import { selectNoticesAhead } from '#storage/expiry-notice-store.ts';
import { readProgramNow } from '#storage/ledger-owner-store.ts';

import { ACTOR, newCommand } from './actor.ts';
import type { Cli } from './cli.ts';
import { addCommand, addGroup, UsageError } from './command.ts';
import { findCustomerId } from './customer.ts';
import { instant } from './instant.ts';
import { pickProgram, programOption } from './pick-program.ts';
import { formatTable } from './table.ts';

const program = z.string().optional();
const MoveOptions = z.object({
  program,
  to: instant,
  before: instant,
  lot: z.string().optional(),
  currency: z.string().optional(),
  reason: z.string(),
});

/** laurel points move-expiry, notices, notify */
export function addPoints(cli: Cli, parent: Command): void {
  const group = addGroup(parent, 'points', 'when points expire');
  addCommand(cli, group, {
    usage: 'move-expiry [customer]',
    description: 'move when points expire: all of a customer that expire before an instant, or one lot',
    configure: (command) =>
      programOption(command)
        .requiredOption('--to <instant>', 'the first instant at which they are no longer valid, in the future')
        .requiredOption('--reason <reason>', 'why, for the ledger and the audit')
        .option('--before <instant>', 'all lots that expire before this instant')
        .option('--currency <code>', 'of this point currency; the default one without it')
        .option('--lot <lot>', 'this lot alone, lot_…; without a customer'),
    options: MoveOptions,
    run: async (running, [wanted], options) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, options.program);
      const { to: expiresAt, reason } = options;
      if (expiresAt === null) throw new UsageError('Say when they expire: --to.');
      const lots = await movedLots(deps, programId, wanted, options);
      const input = { lots, expiresAt, reason, adjustmentMax: null };
      const scope = { programId, actor: ACTOR };
      const moved = await moveExpiry(deps, scope, newCommand('pointsExpiryMove', input), input);
      const transaction = publicId('LedgerTransaction', moved.transactionId);
      return {
        json: { transaction, points: moved.points, expiresAt: expiresAt.toISOString() },
        text: `${moved.points} points expire at ${expiresAt.toISOString()} now (${transaction}).`,
      };
    },
  });
  addNotices(cli, group);
}

function addNotices(cli: Cli, group: Command): void {
  addCommand(cli, group, {
    usage: 'notices <customer>',
    description: 'show what a customer has been told of points that will expire',
    configure: programOption,
    options: z.object({ program }),
    run: async (running, [wanted = ''], options) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, options.program);
      const customerId = await findCustomerId(deps, programId, wanted);
      const { currencyById } = await deps.catalogues.current(programId);
      const now = await readProgramNow(deps.reads, programId, deps.clock());
      const [found = []] = await selectNoticesAhead(deps.reads, programId, now, [customerId]);
      const notices = found.map(({ currencyId, points, expiresOn, days, sentAt }) => ({
        currency: currencyById.get(currencyId)?.code ?? '',
        points,
        expiresOn,
        daysBefore: days,
        sentAt: sentAt.toISOString(),
      }));
      return {
        json: { customerId: publicId('Customer', customerId), notices },
        text: formatTable(
          ['CURRENCY', 'POINTS', 'EXPIRE AFTER', 'DAYS BEFORE', 'SENT'],
          notices.map((notice) => Object.values(notice)),
        ),
      };
    },
  });
  addCommand(cli, group, {
    usage: 'notify',
    description: 'tell the customers of all programs whose points will expire (the worker does it by itself)',
    options: z.object({}),
    run: async (running) => {
      const sent = await runSendExpiryNotices(running.deps());
      return { json: { sent }, text: `${sent} notices were sent.` };
    },
  });
}

async function movedLots(
  deps: Deps,
  programId: string,
  wanted: string | undefined,
  { lot, before, currency }: z.infer<typeof MoveOptions>,
): Promise<MovedLots> {
  if (lot !== undefined) {
    if (wanted !== undefined || before !== null || currency !== undefined)
      throw new UsageError('Name a lot alone, or a customer with --before.');
    return { lotId: uuidOf('Lot', lot) };
  }
  if (wanted === undefined || before === null)
    throw new UsageError('Name a customer with --before, or a lot with --lot.');
  const id = await findCustomerId(deps, programId, wanted);
  return { customer: { id, externalId: null }, currency: currency ?? null, expiresBefore: before };
}
