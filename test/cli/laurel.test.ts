import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import type { Command } from 'commander';
import { Client } from 'pg';
import { describe, expect, test } from 'vitest';

import { trackActivity } from '#app/activity/track.ts';
import { publicId } from '#domain/ids.ts';
import { Cli } from '#src/cli/cli.ts';
import { commandLine } from '#src/cli/laurel.ts';

import { DEMO_RULES } from '../../prisma/demo-program.ts';
import { aShop } from '../import/shop.ts';
import { aCustomer } from '../support/customer.ts';
import { createDatabase, testDatabase } from '../support/database.ts';
import { aCommand, testDeps } from '../support/program.ts';
import { laurel, startLaurel, type LaurelRun } from './run-laurel.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const shop = await aShop(deps);
const folder = mkdtempSync(join(tmpdir(), 'laurel-cli-'));

const run = async (...args: string[]): Promise<LaurelRun> => laurel(args, url);
/** The answer of a command that must go well, in JSON. */
const answer = async (...args: string[]): Promise<Record<string, unknown>> => {
  const { exitCode, stdout, stderr } = await run(...args, '--json');
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  return JSON.parse(stdout) as Record<string, unknown>;
};

/** All commands below one, itself included. */
function commandsOf(command: Command): Command[] {
  return [command, ...command.commands.flatMap(commandsOf)];
}

describe('every command', () => {
  const commands = commandsOf(commandLine(new Cli({ out: () => undefined, err: () => undefined })));

  test('says what it is for and has help', () => {
    for (const command of commands) {
      expect(command.description(), command.name()).not.toBe('');
      expect(command.helpInformation()).toContain('--help');
    }
  });

  test('that does something answers in JSON when asked to', () => {
    const leaves = commands.filter(({ commands: below }) => below.length === 0);
    expect(leaves.length).toBeGreaterThan(15);
    for (const leaf of leaves) expect(leaf.helpInformation(), leaf.name()).toContain('--json');
  });
});

describe('exit codes', () => {
  test.each([
    ['help is no failure', ['--help'], 0],
    ['help of a command is no failure', ['key', 'create', '--help'], 0],
    ['nothing to do is wrong usage', [], 2],
    ['an unknown command is wrong usage', ['nonsense'], 2],
    ['an unknown option is wrong usage', ['program', 'list', '--nonsense'], 2],
    ['a missing option is wrong usage', ['import', 'file.csv'], 2],
    ['a role that does not exist is wrong usage', ['key', 'create', '--name', 'x', '--role', 'king'], 2],
    ['a program that does not exist is wrong usage', ['key', 'list', '--program', 'nowhere'], 2],
    ['a mapping that does not exist is a refusal', ['import', 'data/README.md', '--mapping', 'nothing'], 1],
    ['a file that does not exist is a refusal', ['import', 'nowhere.csv', '--mapping', 'cdnow'], 1],
    ['a customer who does not exist is a refusal', ['customer', 'show', 'nobody'], 1],
    ['a zone that does not exist is a refusal', ['program', 'create', '--name', 'x', '--time-zone', 'Mars/Olympus'], 1],
    ['Redis that is away is a failure where it is needed', ['board', 'check'], 1],
  ])('%s', async (_, args, exitCode) => {
    const result = await run(...args);
    expect(result, result.stderr).toMatchObject({ exitCode });
    if (exitCode === 1) expect(result.stderr).toMatch(/^laurel: [^\n]+\n$/);
  });

  test('a database that is not there, or not migrated, is one clear line', async () => {
    const away = await laurel(['program', 'list'], 'postgresql://nobody@127.0.0.1:1/none');
    expect(away).toMatchObject({ exitCode: 1, stdout: '' });
    expect(away.stderr).toMatch(/^laurel: [^\n]+\n$/);
    const missing = await laurel(['program', 'list'], '');
    expect(missing).toMatchObject({ exitCode: 1, stdout: '' });
    expect(missing.stderr).toMatch(/^laurel: DATABASE_URL[^\n]+\n$/);
  });

  test('a process of its own ends with the same code', { timeout: 60_000 }, async () => {
    expect(await startLaurel(['nonsense'], url).done).toMatchObject({ exitCode: 2, stdout: '' });
    expect(await startLaurel(['settle', '--json'], url).done).toEqual({
      exitCode: 0,
      stdout: '{"settled":0}\n',
      stderr: '',
    });
  });

  test('a refusal under --json is JSON on stderr', async () => {
    const { exitCode, stdout, stderr } = await run('customer', 'show', 'nobody', '--json');
    expect({ exitCode, stdout }).toEqual({ exitCode: 1, stdout: '' });
    expect(JSON.parse(stderr)).toMatchObject({ error: { code: 'NOT_FOUND' } });
  });
});

test('programs and their keys are made, listed, rotated, revoked and archived', async () => {
  const program = await answer(
    'program',
    'create',
    '--name',
    'From the shell',
    '--time-zone',
    'Europe/Berlin',
    '--test',
  );
  expect(program).toMatchObject({ id: expect.stringMatching(/^prg_/), ownerSecret: expect.stringMatching(/^lsk_/) });
  const at = ['--program', String(program['id'])];
  const key = await answer('key', 'create', ...at, '--name', 'Reports', '--role', 'data-analyst');
  const page = await answer(
    'key',
    'create',
    ...at,
    '--name',
    'Page',
    '--publishable',
    '--origin',
    'https://shop.example',
  );
  expect([key['secret'], page['secret']]).toEqual([expect.stringMatching(/^lsk_/), expect.stringMatching(/^lpk_/)]);
  const next = await answer('key', 'rotate', String(key['id']), ...at, '--overlap-minutes', '0');
  await answer('key', 'revoke', String(page['id']), ...at);
  const keys = (await answer('key', 'list', ...at)) as unknown as { id: string; state: string }[];
  expect(Object.fromEntries(keys.map(({ id, state }) => [id, state]))).toMatchObject({
    [String(key['id'])]: 'EXPIRED',
    [String(page['id'])]: 'REVOKED',
    [String(next['id'])]: 'ACTIVE',
  });
  expect((await run('key', 'list', ...at)).stdout).toMatch(/^ID +NAME +KIND/);
  await answer('program', 'archive', 'From the shell');
  const programs = (await answer('program', 'list')) as unknown as { name: string; state: string }[];
  expect(programs.find(({ name }) => name === 'From the shell')).toMatchObject({ state: 'ARCHIVED' });
  expect(await run('key', 'create', ...at, '--name', 'Late', '--role', 'OWNER')).toMatchObject({ exitCode: 1 });
});

test('operator keys are made, listed and revoked', async () => {
  const { id, secret } = await answer('operator-key', 'create', '--name', 'Me');
  expect(secret).toMatch(/^lop_/);
  await answer('operator-key', 'revoke', String(id));
  const keys = (await answer('operator-key', 'list')) as unknown as { id: string; revokedAt: string | null }[];
  expect(keys.find((key) => key.id === id)?.revokedAt).not.toBeNull();
  expect(JSON.stringify(keys)).not.toContain(String(secret));
});

test('a customer is shown with balances, by either id, now and in the past', async () => {
  const customer = await aCustomer(deps, shop, { externalId: 'ada', displayName: 'Ada' });
  const at = ['--program', shop.publicId];
  const shown = await answer('customer', 'show', 'ada', ...at);
  expect(shown).toMatchObject({
    id: customer.publicId,
    displayName: 'Ada',
    balances: [{ currency: 'points', available: 0 }],
  });
  expect(await answer('customer', 'show', customer.publicId, ...at)).toMatchObject({ externalId: 'ada' });
  expect(await answer('balance', 'ada', ...at, '--as-of', '2020-01-01T00:00:00Z')).toMatchObject({
    balances: [{ available: 0, asOf: '2020-01-01T00:00:00.000Z' }],
  });
  expect(await run('balance', 'ada', ...at, '--as-of', 'yesterday')).toMatchObject({ exitCode: 2 });
});

test('rules of a file go live as the next revision, and bad ones are told with their place', async () => {
  const good = join(folder, 'rules.json');
  writeFileSync(good, JSON.stringify({ earningRules: DEMO_RULES.slice(0, 1) }));
  expect(await answer('rules', 'publish', good, '--program', shop.publicId, '--note', 'again')).toEqual({
    revision: 2,
  });
  const bad = join(folder, 'bad.json');
  writeFileSync(
    bad,
    JSON.stringify({ earningRules: [{ ...DEMO_RULES[0], condition: 'activity.properties.nothing > 1' }] }),
  );
  const refused = await run('rules', 'publish', bad, '--program', shop.publicId);
  expect(refused).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('nothing') });
});

test('revisions are scheduled, listed, compared, cancelled and rolled back', async () => {
  const file = join(folder, 'later.json');
  writeFileSync(file, JSON.stringify({ earningRules: DEMO_RULES.slice(0, 2) }));
  const on = ['--program', shop.publicId] as const;
  expect(await answer('rules', 'publish', file, '--at', '2036-01-01T00:00:00Z', ...on)).toEqual({ revision: 3 });
  expect(await answer('rules', 'history', ...on)).toMatchObject([
    { revision: 3, state: 'SCHEDULED', startsAt: '2036-01-01T00:00:00.000Z' },
    { revision: 2, state: 'LIVE', note: 'again' },
    { revision: 1, state: 'SUPERSEDED' },
  ]);
  expect(await answer('rules', 'diff', 'live', '3', ...on)).toMatchObject([
    { section: 'earningRules', code: DEMO_RULES[1]?.code, change: 'ADDED' },
  ]);
  expect(await answer('rules', 'cancel', '3', '--note', 'not yet', ...on)).toEqual({ revision: 3, cancelled: true });
  expect(await answer('rules', 'rollback', '1', ...on)).toEqual({ revision: 4 });
  expect(await run('rules', 'rollback', '99', ...on)).toMatchObject({ exitCode: 1 });
  expect(await run('rules', 'rollback', 'x', ...on)).toMatchObject({ exitCode: 2 });
  expect(await run('rules', 'publish', file, '--at', 'soon', ...on)).toMatchObject({ exitCode: 2 });
});

test('what an activity would cause is told, and why a balance is what it is', async () => {
  const customer = await aCustomer(deps, shop);
  const on = ['--program', shop.publicId] as const;
  const simulate = ['simulate', 'purchase', '-c', customer.externalId, '--properties', '{"amount": "12.50"}'] as const;
  expect(await answer(...simulate, ...on)).toMatchObject({ revision: 4, effects: [{ points: 12 }] });
  expect(await answer(...simulate, '--revision', '1', ...on)).toMatchObject({ revision: 1, effects: [{ points: 12 }] });
  const told = await run(...simulate, ...on);
  expect(told.stdout).toBe('By revision 4:\n  purchase_points gives 12 points\n');
  expect(await run('simulate', 'purchase', '-c', customer.externalId, '--properties', '7', ...on)).toMatchObject({
    exitCode: 2,
  });
  const report = { type: 'purchase', customerId: customer.id, customerExternalId: null, messageId: null };
  const { activities } = await trackActivity(deps.tracking, shop.scope, aCommand('activityTrack', 1), {
    ...report,
    occurredAt: null,
    channel: 'API',
    properties: { amount: '12.50' },
    lines: [],
  });
  const [effect] = [...activities.values()][0]!.effects;
  const id = publicId('LedgerTransaction', effect?.kind === 'POINTS_EARNED' ? effect.transactionId : '');
  expect(await answer('explain', id, '--locale', 'de', ...on)).toMatchObject({
    text: expect.stringContaining('Sie haben 12 ') as string,
    trace: [{ kind: 'CAUSE' }, { kind: 'RULE', revision: 4 }, { kind: 'AWARD', seen: '12.5' }, { kind: 'EXPIRY' }],
  });
  expect(await run('explain', customer.publicId, ...on)).toMatchObject({ exitCode: 1 });
});

test('publishing waits for a second person where the program says so', async () => {
  const file = join(folder, 'two.json');
  writeFileSync(file, JSON.stringify({ earningRules: DEMO_RULES.slice(0, 2) }));
  const on = ['--program', shop.publicId] as const;
  await answer('program', 'update', shop.publicId, '--publish-approval', 'SECOND_PERSON');
  const { proposal } = (await answer('rules', 'publish', file, ...on)) as { proposal: string };
  expect(await answer('rules', 'proposals', ...on)).toMatchObject([
    { id: proposal, changes: expect.any(Number) as number },
  ]);
  const own = await run('rules', 'approve', proposal, ...on);
  expect(own).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('Somebody else') as string });
  await answer('program', 'update', shop.publicId, '--publish-approval', 'NONE');
});

test('the upkeep commands say that all is well', async () => {
  expect(await answer('invariants')).toMatchObject({ offences: [] });
  expect(await answer('settle')).toEqual({ settled: 0 });
  expect(await answer('migrate', 'status')).toMatchObject({ upToDate: true });
  expect(await answer('board', 'list', '--program', shop.publicId)).toHaveLength(6);
});

test('an empty database is told to be without migrations', async () => {
  const empty = await createDatabase();
  const client = new Client({ connectionString: empty.url });
  await client.connect();
  await client.query('drop schema public cascade; create schema public');
  await client.end();
  const status = await laurel(['migrate', 'status', '--json'], empty.url);
  expect(status).toMatchObject({ exitCode: 1 });
  expect(JSON.parse(status.stdout)).toMatchObject({
    upToDate: false,
    migrations: expect.arrayContaining([{ name: expect.any(String), state: 'pending' }]),
  });
  const list = await laurel(['program', 'list'], empty.url);
  expect(list).toMatchObject({ exitCode: 1, stderr: expect.stringContaining('not migrated') });
  await empty.drop();
});
