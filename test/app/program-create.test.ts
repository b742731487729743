import { describe, expect, it } from 'vitest';

import { createProgram } from '#app/program/create.ts';
import { InvalidInputError } from '#domain/errors.ts';

import { testDatabase } from '../support/database.ts';
import { aCommand, aProgram, testDeps } from '../support/program.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

const input = { name: 'Shop', timeZone: 'Europe/Berlin', currency: 'EUR', mode: 'LIVE' as const };

describe('a new program', () => {
  it('has one default spendable currency with its four counterparties, an empty draft and one owner key', async () => {
    const { programId } = await aProgram(deps);
    const currencies = await deps.reads.query(
      'select code, kind, is_default from point_currency where program_id = $1',
      [programId],
    );
    const accounts = await deps.reads.query<{ kind: string }>(
      'select kind from ledger_account where program_id = $1 order by kind',
      [programId],
    );
    const drafts = await deps.reads.query('select content, version from rule_set_draft where program_id = $1', [
      programId,
    ]);
    const keys = await deps.reads.query('select kind, role from api_key where program_id = $1', [programId]);
    expect(currencies).toEqual([{ code: 'points', kind: 'SPENDABLE', is_default: true }]);
    expect(accounts.map(({ kind }) => kind)).toEqual(['ADJUSTMENT', 'EXPIRY', 'ISSUANCE', 'REDEMPTION']);
    expect(drafts).toEqual([{ content: {}, version: 1 }]);
    expect(keys).toEqual([{ kind: 'SECRET', role: 'OWNER' }]);
  });

  it('is made once a key, and its secret is answered once', async () => {
    const command = aCommand('programCreate', input);
    const first = await createProgram(deps, 'test', command, input);
    const again = await createProgram(deps, 'test', command, input);
    expect(first.ownerSecret).toMatch(/^lsk_[0-9A-Za-z]{43}$/);
    expect(again).toEqual({
      programId: first.programId,
      ownerKeyId: first.ownerKeyId,
      ownerSecret: null,
      replayed: true,
    });
  });

  it('never has its secret in the database', async () => {
    const { ownerSecret } = await aProgram(deps);
    const stored = await deps.reads.query<{ text: string }>(
      `select t::text as text from idempotency t union all select t::text from api_key t
       union all select t::text from audit_entry t union all select t::text from outbox t`,
    );
    expect(stored.length).toBeGreaterThan(2);
    expect(stored.filter(({ text }) => text.includes(ownerSecret.slice(12)))).toEqual([]);
  });

  it.each([
    ['a zone that is none', { ...input, timeZone: 'Berlin' }],
    ['an offset for a zone', { ...input, timeZone: '+02:00' }],
    ['a currency that is none', { ...input, currency: 'EURO' }],
    ['a currency in small letters', { ...input, currency: 'eur' }],
    ['a blank name', { ...input, name: ' ' }],
    ['a name that is too long', { ...input, name: 'x'.repeat(201) }],
    ['a name with a zero byte', { ...input, name: 'a\0b' }],
    ['a negative age', { ...input, policies: { lateActivityDays: -1 } }],
    ['a cap of nothing', { ...input, policies: { dailyPointsCap: 0 } }],
    ['a rejoin rule without its days', { ...input, policies: { rejoinPolicy: 'AFTER_DAYS' as const } }],
    ['days without their rejoin rule', { ...input, policies: { rejoinAfterDays: 3 } }],
  ])('refuses %s and writes nothing', async (_title, bad) => {
    const count = async (): Promise<unknown> => deps.reads.query('select count(*) from program');
    const before = await count();
    await expect(createProgram(deps, 'test', aCommand('programCreate', bad), bad)).rejects.toBeInstanceOf(
      InvalidInputError,
    );
    expect(await count()).toEqual(before);
  });
});
