import { setTimeout as sleep } from 'node:timers/promises';

import { describe, expect, it, vi } from 'vitest';

import { createApiKey, type ApiKeyCreateInput } from '#app/api-key/create.ts';
import { grantorOf } from '#app/api-key/grant.ts';
import { revokeApiKey } from '#app/api-key/revoke.ts';
import { rotateApiKey } from '#app/api-key/rotate.ts';
import { createCallerCache } from '#app/caller/cache.ts';
import { resolveCaller } from '#app/caller/resolve.ts';
import { createOperatorKey } from '#app/operator-key/create.ts';
import { revokeOperatorKey } from '#app/operator-key/revoke.ts';
import { PUBLISHABLE_PERMISSIONS, ROLE_PERMISSIONS } from '#domain/caller.ts';
import { ForbiddenError, UnauthenticatedError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';

import { testDatabase } from '../support/database.ts';
import {
  aCommand,
  aKey,
  anonymous,
  aProgram,
  asOwner,
  asRole,
  testDeps,
  type TestProgram,
} from '../support/program.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
/** Another process of the same installation. */
const elsewhere = testDeps(url);

async function make(program: TestProgram, input: ApiKeyCreateInput): Promise<{ keyId: string; secret: string }> {
  const { keyId, secret } = await createApiKey(
    deps,
    grantorOf(asOwner(program)),
    aCommand('secretKeyCreate', input),
    input,
  );
  return { keyId, secret: secret ?? '' };
}

const rotate = async (program: TestProgram, keyId: string, overlapMinutes: number) => {
  const input = { keyId, overlapMinutes };
  return rotateApiKey(deps, grantorOf(asOwner(program)), aCommand('apiKeyRotate', input), input);
};

const revoke = async (program: TestProgram, keyId: string) =>
  revokeApiKey(deps, program.scope, aCommand('apiKeyRevoke', { keyId }), { keyId });

describe('a caller', () => {
  it('without a key or token is anonymous', async () => {
    expect(await resolveCaller(deps, null)).toBe(anonymous());
  });

  it('with a secret key is that key, with all of its role', async () => {
    const program = await aProgram(deps);
    const caller = await resolveCaller(deps, program.ownerSecret);
    expect(caller).toEqual({
      kind: 'SECRET_KEY',
      programId: program.programId,
      keyId: program.ownerKeyId,
      role: 'OWNER',
      adjustmentMax: null,
      actor: `key:${publicId('ApiKey', program.ownerKeyId)}`,
      permissions: new Set(ROLE_PERMISSIONS.OWNER),
      expiresAt: null,
    });
  });

  it('with a scoped key holds those scopes and no more', async () => {
    const program = await aProgram(deps);
    const { secret } = await make(program, {
      kind: 'SECRET',
      name: 'narrow',
      role: 'OWNER',
      scopes: ['activity:track'],
      adjustmentMax: 5,
    });
    expect(await resolveCaller(deps, secret)).toMatchObject({
      permissions: new Set(['activity:track']),
      adjustmentMax: 5,
    });
  });

  it('with an operator key belongs to no program', async () => {
    const { secret, keyId } = await createOperatorKey(deps, 'cli', { name: 'ops' });
    expect(secret).toMatch(/^lop_/);
    expect(await resolveCaller(deps, secret)).toMatchObject({
      kind: 'OPERATOR',
      keyId,
      permissions: new Set(['program:create']),
    });
    await revokeOperatorKey(deps, 'cli', { keyId });
    await expect(resolveCaller(deps, secret)).rejects.toBeInstanceOf(UnauthenticatedError);
  });

  it.each([
    ['nothing', ''],
    ['a word', 'secret'],
    ['a key that was never made', `lsk_${'0'.repeat(43)}`],
    ['an operator key that was never made', `lop_${'0'.repeat(43)}`],
    ['a key that is too short', 'lsk_abc'],
    ['three empty parts', '..'],
    ['zero bytes', 'lsk_\0'],
    ['something huge', 'a'.repeat(100_000)],
  ])('with %s is refused', async (_title, bearer) => {
    await expect(resolveCaller(deps, bearer)).rejects.toBeInstanceOf(UnauthenticatedError);
  });

  it('cannot take a publishable key for a secret one by changing its first letters', async () => {
    const program = await aProgram(deps);
    const { secret } = await make(program, { kind: 'PUBLISHABLE', name: 'page' });
    expect(await resolveCaller(deps, secret)).toMatchObject({
      kind: 'PUBLISHABLE_KEY',
      permissions: new Set(PUBLISHABLE_PERMISSIONS),
    });
    await expect(resolveCaller(deps, secret.replace('lpk_', 'lsk_'))).rejects.toBeInstanceOf(UnauthenticatedError);
  });

  it('with a publishable key is taken from its origins alone', async () => {
    const program = await aProgram(deps);
    const { secret } = await make(program, {
      kind: 'PUBLISHABLE',
      name: 'page',
      allowedOrigins: ['https://shop.example'],
    });
    expect(await resolveCaller(deps, secret, 'https://shop.example')).toMatchObject({ kind: 'PUBLISHABLE_KEY' });
    for (const origin of [
      null,
      'null',
      'https://shop.example.evil',
      'http://shop.example',
      'https://shop.example:8443',
    ]) {
      await expect(resolveCaller(deps, secret, origin), String(origin)).rejects.toBeInstanceOf(ForbiddenError);
    }
  });
});

describe('a key', () => {
  it('ends at its instant, also while it is remembered', async () => {
    let now = new Date();
    const timed = testDeps(url, { clock: () => now });
    const program = await aProgram(timed);
    const { secret } = await make(program, {
      kind: 'SECRET',
      name: 'short',
      role: 'OWNER',
      expiresAt: new Date(now.getTime() + 60_000),
    });
    expect(await resolveCaller(timed, secret)).toMatchObject({ kind: 'SECRET_KEY' });
    now = new Date(now.getTime() + 60_000);
    await expect(resolveCaller(timed, secret)).rejects.toThrow('expired');
  });

  it('that is revoked is refused at once here, and within a second elsewhere without Redis', async () => {
    const program = await aProgram(deps);
    const { keyId, secret } = await aKey(deps, program, 'DATA_ANALYST');
    await Promise.all([resolveCaller(deps, secret), resolveCaller(elsewhere, secret)]);
    await revoke(program, keyId);
    await expect(resolveCaller(deps, secret)).rejects.toThrow('revoked');
    await sleep(1_100);
    await expect(resolveCaller(elsewhere, secret)).rejects.toThrow('revoked');
  });

  it('that is revoked says so to every listener', async () => {
    const program = await aProgram(deps);
    const { keyId } = await aKey(deps, program, 'DATA_ANALYST');
    await revoke(program, keyId);
    const rows = await deps.reads.query<{ events: object[] }>(
      'select events from outbox where program_id = $1 order by id',
      [program.programId],
    );
    expect(rows.flatMap(({ events }) => events)).toEqual([expect.objectContaining({ type: 'caller.revoked', keyId })]);
  });

  it('that is rotated lives on through the overlap beside its successor, which can do the same', async () => {
    let now = new Date();
    const timed = testDeps(url, { clock: () => now });
    const program = await aProgram(timed);
    const old = await make(program, {
      kind: 'SECRET',
      name: 'n',
      role: 'CUSTOMER_SUCCESS',
      scopes: ['customer:read', 'ledger:adjust'],
      adjustmentMax: 9,
    });
    const input = { keyId: old.keyId, overlapMinutes: 10 };
    const fresh = await rotateApiKey(timed, grantorOf(asOwner(program)), aCommand('apiKeyRotate', input), input);
    const [before, after] = await Promise.all([
      resolveCaller(timed, old.secret),
      resolveCaller(timed, fresh.secret ?? ''),
    ]);
    expect(after).toMatchObject({
      permissions: before.permissions,
      role: 'CUSTOMER_SUCCESS',
      adjustmentMax: 9,
      expiresAt: null,
    });
    expect(before.expiresAt).toEqual(new Date(now.getTime() + 600_000));
    now = new Date(now.getTime() + 600_000);
    await expect(resolveCaller(timed, old.secret)).rejects.toThrow('expired');
    expect(await resolveCaller(timed, fresh.secret ?? '')).toMatchObject({ kind: 'SECRET_KEY' });
  });

  it('that is rotated without overlap ends at once, and is rotated once', async () => {
    const program = await aProgram(deps);
    const old = await aKey(deps, program, 'DATA_ANALYST');
    await resolveCaller(deps, old.secret);
    await rotate(program, old.keyId, 0);
    await expect(resolveCaller(deps, old.secret)).rejects.toThrow('expired');
    await expect(rotate(program, old.keyId, 0)).rejects.toMatchObject({ code: 'STATE_CONFLICT', state: 'ROTATED' });
  });

  it('is never given a longer life by its rotation than it had', async () => {
    const program = await aProgram(deps);
    const expiresAt = new Date(Date.now() + 60_000);
    const old = await make(program, { kind: 'SECRET', name: 'short', role: 'OWNER', expiresAt });
    const { keyId } = await rotate(program, old.keyId, 1_440);
    const rows = await deps.reads.query<{ expires_at: Date }>(
      'select expires_at from api_key where id = any($1) order by id',
      [[old.keyId, keyId]],
    );
    expect(rows[0]?.expires_at).toEqual(expiresAt);
    expect(Math.abs((rows[1]?.expires_at.getTime() ?? 0) - expiresAt.getTime())).toBeLessThan(5_000);
  });

  it.each([-1, 43_201, 1.5])('is not rotated with an overlap of %s minutes', async (overlapMinutes) => {
    const program = await aProgram(deps);
    await expect(rotate(program, program.ownerKeyId, overlapMinutes)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      path: ['overlapMinutes'],
    });
  });

  it('grants nothing that its maker does not hold', async () => {
    const program = await aProgram(deps);
    const narrow = {
      ...asOwner(program),
      permissions: new Set(['key:write', 'customer:read'] as const),
      adjustmentMax: null,
    };
    const create = async (input: ApiKeyCreateInput, caller = asRole(program, 'OWNER')) =>
      createApiKey(deps, grantorOf(caller), aCommand('secretKeyCreate', input), input);
    await expect(create({ kind: 'SECRET', name: 'x', role: 'OWNER' }, narrow)).rejects.toBeInstanceOf(ForbiddenError);
    await expect(create({ kind: 'PUBLISHABLE', name: 'x' }, narrow)).rejects.toBeInstanceOf(ForbiddenError);
    await expect(
      rotateApiKey(deps, grantorOf(narrow), aCommand('apiKeyRotate', 1), {
        keyId: program.ownerKeyId,
        overlapMinutes: 1,
      }),
    ).rejects.toBeInstanceOf(ForbiddenError);
    expect(await create({ kind: 'SECRET', name: 'x', role: 'OWNER', scopes: ['customer:read'] }, narrow)).toMatchObject(
      { replayed: false },
    );

    const limited = asRole(program, 'OWNER', 100);
    await expect(create({ kind: 'SECRET', name: 'x', role: 'OWNER' }, limited)).rejects.toBeInstanceOf(ForbiddenError);
    await expect(
      create({ kind: 'SECRET', name: 'x', role: 'OWNER', adjustmentMax: 101 }, limited),
    ).rejects.toBeInstanceOf(ForbiddenError);
    expect(await create({ kind: 'SECRET', name: 'x', role: 'OWNER', adjustmentMax: 100 }, limited)).toMatchObject({
      replayed: false,
    });
    expect(await create({ kind: 'SECRET', name: 'x', role: 'DATA_ANALYST' }, limited)).toMatchObject({
      replayed: false,
    });
  });

  it.each([
    [
      'a scope outside its role',
      { kind: 'SECRET' as const, name: 'x', role: 'DATA_ANALYST' as const, scopes: ['key:write' as const] },
    ],
    ['no scope at all', { kind: 'SECRET' as const, name: 'x', role: 'DATA_ANALYST' as const, scopes: [] }],
    ['an end in the past', { kind: 'SECRET' as const, name: 'x', role: 'OWNER' as const, expiresAt: new Date(0) }],
    ['a limit of nothing', { kind: 'SECRET' as const, name: 'x', role: 'OWNER' as const, adjustmentMax: 0 }],
    ['an origin with a path', { kind: 'PUBLISHABLE' as const, name: 'x', allowedOrigins: ['https://shop.example/'] }],
    ['any origin at all as an origin', { kind: 'PUBLISHABLE' as const, name: 'x', allowedOrigins: ['*'] }],
  ])('is not made with %s', async (_title, input) => {
    const program = await aProgram(deps);
    await expect(make(program, input)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });

  it('has its use noted, but not again within the minute', async () => {
    const program = await aProgram(deps);
    const lastUsed = async (): Promise<Date | null | undefined> =>
      (
        await deps.reads.query<{ last_used_at: Date | null }>('select last_used_at from api_key where id = $1', [
          program.ownerKeyId,
        ])
      )[0]?.last_used_at;
    await resolveCaller(deps, program.ownerSecret);
    await vi.waitFor(async () => expect(await lastUsed()).toBeInstanceOf(Date));
    const first = await lastUsed();
    await resolveCaller(elsewhere, program.ownerSecret);
    await sleep(50);
    expect(await lastUsed()).toEqual(first);
  });
});

describe('the memory of callers', () => {
  it('asks once for many who come at the same time, and again after a second', async () => {
    const cache = createCallerCache();
    let lookups = 0;
    const identify = async () => {
      lookups += 1;
      await sleep(5);
      return anonymous();
    };
    await Promise.all(Array.from({ length: 100 }, async () => cache.remember('a', identify)));
    expect(lookups).toBe(1);
    await sleep(1_050);
    await cache.remember('a', identify);
    expect(lookups).toBe(2);
  });

  it('does not keep what was looked up before a revocation and answered after it', async () => {
    const cache = createCallerCache();
    const lookup = cache.remember('a', async () => {
      await sleep(20);
      return anonymous();
    });
    cache.forget(() => true);
    await lookup;
    await expect(cache.remember('a', () => Promise.reject(new UnauthenticatedError('revoked')))).rejects.toThrow(
      'revoked',
    );
  });

  it('does not remember refusals', async () => {
    const cache = createCallerCache();
    await expect(cache.remember('a', () => Promise.reject(new UnauthenticatedError('no')))).rejects.toThrow('no');
    expect(await cache.remember('a', async () => anonymous())).toBe(anonymous());
  });
});
