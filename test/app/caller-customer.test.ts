import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { SignJWT } from 'jose';
import { describe, expect, it } from 'vitest';

import { revokeApiKey } from '#app/api-key/revoke.ts';
import { resolveCaller } from '#app/caller/resolve.ts';
import { mintCustomerToken, type Minter } from '#app/customer-token/mint.ts';
import { revokeCustomerTokens } from '#app/customer-token/revoke-all.ts';
import { changeEnrolment } from '#app/enrolment/change.ts';
import { CUSTOMER_PERMISSIONS } from '#domain/caller.ts';
import { UnauthenticatedError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';

import { testDatabase } from '../support/database.ts';
import { aCommand, aKey, aProgram, testDeps, TEST_TOKEN_SECRET, type TestProgram } from '../support/program.ts';
import { claimsOf, forged } from '../support/tokens.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const elsewhere = testDeps(url);

async function aCustomerRow(program: TestProgram, externalId = 'c1'): Promise<string> {
  const id = deps.newId();
  await deps.reads.query('insert into customer (program_id, id, external_id) values ($1, $2, $3)', [
    program.programId,
    id,
    externalId,
  ]);
  return id;
}

const minterOf = (program: TestProgram, keyId = program.ownerKeyId): Minter => ({
  ...program.scope,
  keyId,
  providerId: null,
});

async function mint(
  program: TestProgram,
  customerId: string,
  ttlSeconds = 3_600,
  minter = minterOf(program),
): Promise<string> {
  const input = { customer: { id: customerId }, ttlSeconds };
  return (await mintCustomerToken(deps, minter, aCommand('customerTokenMint', input), input)).token;
}

/** A customer's program, id and token. */
async function aHolder() {
  const program = await aProgram(deps);
  const customerId = await aCustomerRow(program);
  return { program, customerId, token: await mint(program, customerId) };
}

const refused = async (token: string, on = deps): Promise<void> => {
  await expect(resolveCaller(on, token)).rejects.toBeInstanceOf(UnauthenticatedError);
};

describe('a customer token', () => {
  it('is its customer, for as long as it lives', async () => {
    const { program, customerId, token } = await aHolder();
    const caller = await resolveCaller(deps, token);
    expect(caller).toEqual({
      kind: 'CUSTOMER',
      programId: program.programId,
      customerId,
      keyId: program.ownerKeyId,
      providerId: null,
      actor: `customer:${publicId('Customer', customerId)}`,
      permissions: new Set(CUSTOMER_PERMISSIONS),
      expiresAt: new Date(Number(claimsOf(token)['exp']) * 1_000),
    });
    const late = testDeps(url, { clock: () => caller.expiresAt ?? new Date() });
    await refused(token, late);
  });

  it('names program, customer and key in the form that everybody may read', async () => {
    const { program, customerId, token } = await aHolder();
    expect(claimsOf(token)).toMatchObject({
      iss: 'laurel',
      aud: program.publicId,
      sub: publicId('Customer', customerId),
      key: publicId('ApiKey', program.ownerKeyId),
    });
  });

  it('is answered again, the same, when its minting is repeated', async () => {
    const program = await aProgram(deps);
    await aCustomerRow(program, 'ext');
    const input = { customer: { externalId: 'ext' }, ttlSeconds: 60 };
    const command = aCommand('customerTokenMint', input);
    const first = await mintCustomerToken(deps, minterOf(program), command, input);
    const again = await mintCustomerToken(elsewhere, minterOf(program), command, input);
    expect(again).toEqual({ ...first, replayed: true });
    const stored = await deps.reads.query<{ text: string }>(
      'select result::text as text from idempotency where key = $1',
      [command.idempotencyKey],
    );
    expect(stored[0]?.text).not.toContain(first.token.split('.')[2]);
  });

  it.each([59, 86_401, 3_600.5])('is not minted for %s seconds', async (ttlSeconds) => {
    const program = await aProgram(deps);
    await expect(mint(program, await aCustomerRow(program), ttlSeconds)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      path: ['ttlSeconds'],
    });
  });

  it('is not minted for a customer who is missing, of another program, or blocked', async () => {
    const [program, other] = [await aProgram(deps), await aProgram(deps)];
    const customerId = await aCustomerRow(program);
    await expect(mint(program, deps.newId())).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(mint(other, customerId)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await deps.reads.query("update customer set enrolment_state = 'BLOCKED' where id = $1", [customerId]);
    await expect(mint(program, customerId)).rejects.toMatchObject({ code: 'STATE_CONFLICT', state: 'BLOCKED' });
  });

  it('ends when its customer is blocked, and so do the sockets that hold it', async () => {
    const { program, customerId, token } = await aHolder();
    const change = { customerId, at: null, reason: null };
    await changeEnrolment(deps, program.scope, aCommand('customerEnrol', change), 'ENROL', change);
    await changeEnrolment(deps, program.scope, aCommand('customerBlock', change), 'BLOCK', change);
    await refused(token);
    const rows = await deps.reads.query<{ events: object[] }>('select events from outbox where program_id = $1', [
      program.programId,
    ]);
    expect(rows.flatMap(({ events }) => events)).toContainEqual(
      expect.objectContaining({ type: 'caller.revoked', customerId }),
    );
  });

  it('ends with all others of its customer at a call, at once here and within a second elsewhere; later ones live', async () => {
    const { program, customerId, token } = await aHolder();
    const other = await aCustomerRow(program, 'c2');
    const otherToken = await mint(program, other);
    await Promise.all([resolveCaller(deps, token), resolveCaller(elsewhere, token)]);
    await revokeCustomerTokens(deps, program.scope, aCommand('customerTokensRevoke', 1), { customerId });
    await refused(token);
    const later = await mint(program, customerId);
    expect(await resolveCaller(deps, later)).toMatchObject({ customerId });
    expect(await resolveCaller(deps, otherToken)).toMatchObject({ customerId: other });
    await sleep(1_100);
    await refused(token, elsewhere);
  });

  it('ends with the key that minted it', async () => {
    const { program, customerId } = await aHolder();
    const { keyId } = await aKey(deps, program, 'OWNER');
    const token = await mint(program, customerId, 3_600, minterOf(program, keyId));
    await resolveCaller(deps, token);
    await revokeApiKey(deps, program.scope, aCommand('apiKeyRevoke', { keyId }), { keyId });
    await refused(token);
  });

  it('cannot be carried past its end by a server whose clock is late', async () => {
    const { program, customerId, token } = await aHolder();
    const lateClock = testDeps(url, { clock: () => new Date(Date.now() - 300_000) });
    await revokeCustomerTokens(lateClock, program.scope, aCommand('customerTokensRevoke', 1), { customerId });
    await refused(token, lateClock);
  });
});

describe('a customer token of an attacker', () => {
  const key = new TextEncoder().encode(TEST_TOKEN_SECRET);

  /** The token with other claims, signed with the installation's secret: what must be refused even then. */
  const resigned = async (token: string, change: Record<string, unknown>, alg = 'HS256'): Promise<string> =>
    new SignJWT({ ...claimsOf(token), ...change }).setProtectedHeader({ alg }).sign(key);

  it('without a signature is refused, however none is spelled', async () => {
    const { token } = await aHolder();
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '', null, 0]) {
      await refused(forged({ alg, typ: 'JWT' }, claimsOf(token)));
      await refused(forged({ alg, typ: 'JWT' }, claimsOf(token), token.split('.')[2]));
    }
  });

  it('signed with another secret, an empty one, or another digest is refused', async () => {
    const { token } = await aHolder();
    const [header = '', claims = ''] = token.split('.');
    for (const secret of ['', 'secret', 'laurel', '\0']) {
      const signature = createHmac('sha256', secret).update(`${header}.${claims}`).digest('base64url');
      await refused(`${header}.${claims}.${signature}`);
    }
    await refused(await resigned(token, {}, 'HS384').catch(() => forged({ alg: 'HS384' }, claimsOf(token), 'x')));
  });

  it('with one changed letter is refused', async () => {
    const { token, customerId } = await aHolder();
    const [header = '', , signature = ''] = token.split('.');
    const claims = {
      ...claimsOf(token),
      sub: publicId(
        'Customer',
        customerId.replace(/.$/, (c) => (c === '0' ? '1' : '0')),
      ),
    };
    await refused(`${header}.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.${signature}`);
  });

  it('for another program, another service, or a customer who is none is refused even when it is signed well', async () => {
    const { token } = await aHolder();
    const other = await aProgram(deps);
    const changes: Record<string, unknown>[] = [
      { aud: other.publicId },
      { aud: [claimsOf(token)['aud'], other.publicId] },
      { aud: 'prg_1' },
      { iss: 'Laurel' },
      { sub: publicId('Customer', deps.newId()) },
      { sub: publicId('Program', other.programId) },
      { key: publicId('ApiKey', other.ownerKeyId) },
      { key: null, idp: publicId('IdentityProvider', deps.newId()) },
      { exp: 1 },
      { exp: Number(claimsOf(token)['iat']) + 86_401 },
      { exp: '9999999999' },
      { nbf: Math.floor(Date.now() / 1_000) + 60 },
      { minted: '0' },
      { minted: null },
    ];
    for (const change of changes) await refused(await resigned(token, change));
    expect(await resolveCaller(deps, await resigned(token, {}))).toMatchObject({ kind: 'CUSTOMER' });
  });
});
