import type { Command } from 'commander';
import { z } from 'zod';

import { eraseCustomer } from '#app/customer/erase.ts';
import { readBalances } from '#app/ledger/read-balances.ts';
import type { Customer } from '#domain/customer/customer.ts';
import { ERASED_POINTS } from '#domain/customer/erasure.ts';
import { NotFoundError } from '#domain/errors.ts';
import { publicId, uuidOf } from '#domain/ids.ts';
import type { Deps } from '#src/deps.ts';
import { findCustomerByExternalId, findCustomers } from '#storage/customer-store.ts';

import { ACTOR, newCommand } from './actor.ts';
import type { Cli } from './cli.ts';
import { addCommand, addGroup, UsageError } from './command.ts';
import { pickProgram, programOption } from './pick-program.ts';
import { formatTable } from './table.ts';

const program = z.string().optional();

/** laurel customer show and erase, laurel balance */
export function addCustomer(cli: Cli, parent: Command): void {
  const group = addGroup(parent, 'customer', 'customers of a program');
  addCommand(cli, group, {
    usage: 'show <customer>',
    description: 'show one customer with balances, by id or by external id',
    configure: programOption,
    options: z.object({ program }),
    run: async (running, [wanted = ''], options) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, options.program);
      const { id, accountId, ...customer } = await getCustomer(deps, programId, wanted);
      const balances = await balancesOf(deps, programId, id, null);
      const json = {
        id: publicId('Customer', id),
        ...customer,
        accountId: accountId === null ? null : publicId('Account', accountId),
        balances,
      };
      const lines = Object.entries(json).flatMap(([name, value]) =>
        name === 'balances' ? [] : [[name, shown(value)]],
      );
      return { json, text: `${formatTable(['FIELD', 'VALUE'], lines)}\n\n${balanceTable(balances)}` };
    },
  });
  addErase(cli, group);
  addCommand(cli, parent, {
    usage: 'balance <customer>',
    description: 'show a customer’s points, now or as they were',
    configure: (command) =>
      programOption(command).option('--as-of <instant>', 'a past instant such as 1998-03-31T23:59:59Z'),
    options: z.object({
      program,
      asOf: z.iso.datetime({ offset: true, error: 'must be an instant with its zone' }).optional(),
    }),
    run: async (running, [wanted = ''], options) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, options.program);
      const { id } = await getCustomer(deps, programId, wanted);
      const balances = await balancesOf(
        deps,
        programId,
        id,
        options.asOf === undefined ? null : new Date(options.asOf),
      );
      return { json: { customerId: publicId('Customer', id), balances }, text: balanceTable(balances) };
    },
  });
}

function addErase(cli: Cli, group: Command): void {
  addCommand(cli, group, {
    usage: 'erase <customer>',
    description: 'erase a customer for good: a pseudonym with its amounts is left',
    configure: (command) =>
      programOption(command)
        .requiredOption('--reason <reason>', 'why, for the audit; name nobody in it')
        .option('--points <what>', 'what becomes of remaining points: KEEP or EXPIRE', 'KEEP')
        .requiredOption('--yes', 'say that it cannot be undone'),
    options: z.object({
      program,
      reason: z.string(),
      points: z.enum(ERASED_POINTS, { error: `must be ${ERASED_POINTS.join(' or ')}` }),
      yes: z.literal(true),
    }),
    run: async (running, [wanted = ''], { program: named, reason, points }) => {
      const deps = running.deps();
      const { id: programId } = await pickProgram(deps, named);
      const customer = { id: await findCustomerId(deps, programId, wanted), externalId: null };
      const input = { customer, reason, points };
      const command = newCommand('customerErase', input);
      const { customerId, erasedAt, wasErased } = await eraseCustomer(
        deps,
        { programId, actor: ACTOR },
        command,
        input,
      );
      const id = publicId('Customer', customerId);
      return {
        json: { customerId: id, erasedAt, wasErased },
        text: wasErased ? `${id} was erased at ${erasedAt} already.` : `${id} was erased.`,
      };
    },
  });
}

/** The UUID of a customer by id or external id. Throws NotFoundError. */
export async function findCustomerId(deps: Deps, programId: string, wanted: string): Promise<string> {
  return (await getCustomer(deps, programId, wanted)).id;
}

async function getCustomer(deps: Deps, programId: string, wanted: string): Promise<Customer> {
  if (wanted === '') throw new UsageError('Name a customer by id or external id.');
  const uuid = uuidOf('Customer', wanted);
  const byId = uuid === null ? [] : await findCustomers(deps.reads, programId, [uuid]);
  const customer = byId[0] ?? (await findCustomerByExternalId(deps.reads, programId, wanted));
  if (customer === null) throw new NotFoundError('customer');
  return customer;
}

type ShownBalance = { currency: string; available: number; pending: number; held: number; asOf: string };

async function balancesOf(
  deps: Deps,
  programId: string,
  customerId: string,
  asOf: Date | null,
): Promise<ShownBalance[]> {
  const { currencies } = await deps.catalogues.current(programId);
  const wanted = currencies.map(({ id }) => ({ customerId, currencyId: id, asOf, basis: 'EFFECTIVE' as const }));
  const balances = await readBalances(deps, programId, wanted);
  return balances.map(({ available, pending, held, asOf: at }, index) => ({
    currency: currencies[index]?.code ?? '',
    available,
    pending,
    held,
    asOf: at,
  }));
}

function balanceTable(balances: readonly ShownBalance[]): string {
  return formatTable(
    ['CURRENCY', 'AVAILABLE', 'PENDING', 'HELD', 'AS OF'],
    balances.map((balance) => Object.values(balance)),
  );
}

function shown(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  if (value instanceof Date) return value.toISOString();
  return typeof value === 'string' ? value : JSON.stringify(value);
}
