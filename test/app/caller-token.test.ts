import { createHmac } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';

import { exportSPKI, importJWK, SignJWT, type CryptoKey, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';

import { revokeApiKey } from '#app/api-key/revoke.ts';
import { resolveCaller } from '#app/caller/resolve.ts';
import { mintCustomerToken, type Minter } from '#app/customer-token/mint.ts';
import { revokeCustomerTokens } from '#app/customer-token/revoke-all.ts';
import { addIdentityProvider } from '#app/identity-provider/add.ts';
import { createKeySets } from '#app/identity-provider/key-sets.ts';
import { removeIdentityProvider } from '#app/identity-provider/remove.ts';
import { CUSTOMER_PERMISSIONS, ROLE_PERMISSIONS } from '#domain/caller.ts';
import { ForbiddenError, UnauthenticatedError, UnavailableError } from '#domain/errors.ts';
import { publicId } from '#domain/ids.ts';

import { testDatabase } from '../support/database.ts';
import { aCommand, aKey, aProgram, testDeps, TEST_TOKEN_SECRET, type TestProgram } from '../support/program.ts';
import { addProvider, aProvider, claimsOf, forged } from '../support/tokens.ts';

const { url } = await testDatabase();
const rsa = await aProvider('x', 'x');
const [publicKey] = rsa.jwks.keys;
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

  it('ends when its customer is blocked', async () => {
    const { customerId, token } = await aHolder();
    await deps.reads.query("update customer set enrolment_state = 'BLOCKED' where id = $1", [customerId]);
    await refused(token);
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

describe('a staff token', () => {
  it.each(['RS256', 'PS256', 'ES256', 'EdDSA'])(
    'signed with %s is the person, with the role that it names',
    async (alg) => {
      const program = await aProgram(deps);
      const provider = await aProvider('https://id.example', `${alg}-${program.publicId}`, alg);
      const providerId = await addProvider(deps, program, provider);
      const token = await provider.sign();
      expect(await resolveCaller(deps, token)).toEqual({
        kind: 'STAFF',
        programId: program.programId,
        providerId,
        subject: 'ann',
        role: 'PROGRAM_MANAGER',
        adjustmentMax: null,
        actor: 'staff:ann',
        permissions: new Set(ROLE_PERMISSIONS.PROGRAM_MANAGER),
        expiresAt: new Date(Number(claimsOf(token)['exp']) * 1_000),
      });
    },
  );

  it('names its role in the declared claim, alone or first among others', async () => {
    const program = await aProgram(deps);
    const provider = await aProvider('https://id.example', program.publicId);
    await addProvider(deps, program, provider, 'https://example.com/roles');
    const sign = (claim: unknown) => provider.sign({ 'https://example.com/roles': claim });
    expect(await resolveCaller(deps, await sign('DATA_ANALYST'))).toMatchObject({ role: 'DATA_ANALYST' });
    expect(await resolveCaller(deps, await sign(['admin', 'COMMUNITY_MANAGER', 'OWNER']))).toMatchObject({
      role: 'COMMUNITY_MANAGER',
    });
    for (const claim of [null, 'admin', 'owner', '', [], {}, 7, '__proto__', ['admin']]) {
      await expect(resolveCaller(deps, await sign(claim)), JSON.stringify(claim)).rejects.toBeInstanceOf(
        ForbiddenError,
      );
    }
  });

  it('of two audiences belongs to the one program that waits for one of them, and to none when two do', async () => {
    const [one, two] = [await aProgram(deps), await aProgram(deps)];
    const provider = await aProvider('https://id.example', one.publicId);
    await addProvider(deps, one, provider);
    expect(await resolveCaller(deps, await provider.sign({ aud: ['else', one.publicId] }))).toMatchObject({
      programId: one.programId,
    });
    await addProvider(deps, two, { ...provider, audience: two.publicId });
    await refused(await provider.sign({ aud: [one.publicId, two.publicId] }));
  });

  it('ends with its identity provider, and takes along the customer tokens that it minted', async () => {
    const program = await aProgram(deps);
    const provider = await aProvider('https://id.example', program.publicId);
    const providerId = await addProvider(deps, program, provider);
    const staff = await provider.sign({ laurel_role: 'OWNER' });
    const customerId = await aCustomerRow(program);
    const token = await mint(program, customerId, 60, { ...program.scope, keyId: null, providerId });
    await resolveCaller(deps, staff);
    expect(await resolveCaller(deps, token)).toMatchObject({ customerId, keyId: null, providerId });
    await removeIdentityProvider(deps, program.scope, aCommand('identityProviderRemove', { providerId }), {
      providerId,
    });
    await refused(staff);
    await refused(token);
  });
});

describe('a staff token of an attacker', () => {
  async function aTarget() {
    const program = await aProgram(deps);
    const provider = await aProvider('https://id.example', program.publicId);
    await addProvider(deps, program, provider);
    return { program, provider, claims: claimsOf(await provider.sign()) };
  }

  it('without a signature is refused, however none is spelled', async () => {
    const { claims } = await aTarget();
    for (const alg of ['none', 'None', 'NONE', 'nOnE', '', null])
      await refused(forged({ alg, kid: 'RS256-1' }, claims));
  });

  it('that takes the public key for a shared secret is refused', async () => {
    const { provider, claims } = await aTarget();
    const publicKey = (await importJWK(provider.jwks.keys[0] as JWK, 'RS256', { extractable: true })) as CryptoKey;
    const pem = await exportSPKI(publicKey);
    for (const secret of [pem, pem.trim(), JSON.stringify(provider.jwks.keys[0]), String(provider.jwks.keys[0]?.n)]) {
      for (const alg of ['HS256', 'HS384', 'HS512']) {
        const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
        const signed = `${part({ alg, kid: 'RS256-1' })}.${part(claims)}`;
        await refused(`${signed}.${createHmac(alg.replace('HS', 'sha'), secret).update(signed).digest('base64url')}`);
      }
    }
  });

  it.each(['RS512', 'PS384', 'ES384'])('signed with %s is refused, even by a key of the provider', async (alg) => {
    const program = await aProgram(deps);
    const provider = await aProvider('https://id.example', program.publicId, alg);
    const [jwk] = provider.jwks.keys;
    const { alg: _named, ...unnamed } = jwk ?? {};
    const id = deps.newId();
    await deps.reads.query(
      'insert into identity_provider (program_id, id, issuer, audience, jwks) values ($1, $2, $3, $4, $5)',
      [program.programId, id, provider.issuer, provider.audience, JSON.stringify({ keys: [unnamed] })],
    );
    await refused(await provider.sign());
  });

  it('that brings its own key, or tells where to get it, is refused', async () => {
    const { provider } = await aTarget();
    const attacker = await aProvider(provider.issuer, provider.audience);
    const [jwk] = attacker.jwks.keys;
    for (const header of [
      {},
      { jwk },
      { jku: 'https://evil.example/jwks' },
      { x5u: 'https://evil.example' },
      { kid: '../../etc/passwd' },
      { kid: "' or 1=1 --" },
    ]) {
      await refused(await attacker.sign({}, header));
    }
  });

  it('of another issuer, audience or time is refused, and so is one without end or person', async () => {
    const { provider } = await aTarget();
    const now = Math.floor(Date.now() / 1_000);
    const other = await aProgram(deps);
    const changes: Record<string, unknown>[] = [
      { iss: 'https://id.example/' },
      { iss: 'laurel' },
      { aud: other.publicId },
      { aud: null },
      { aud: { $gt: '' } },
      { exp: now - 10 },
      { exp: null },
      { nbf: now + 60 },
      { sub: null },
      { sub: 'a\nb' },
    ];
    for (const change of changes) await refused(await provider.sign(change));
  });

  it('signed by the provider of one program is refused in the name of another', async () => {
    const [one, two] = [await aTarget(), await aTarget()];
    await refused(await one.provider.sign({ aud: two.provider.audience }));
  });
});

describe('an identity provider', () => {
  const add = async (program: TestProgram, fields: object) => {
    const input = {
      issuer: 'https://id.example',
      audience: program.publicId,
      jwks: null,
      jwksUri: null,
      roleClaim: 'laurel_role',
      ...fields,
    };
    return addIdentityProvider(deps, program.scope, aCommand('identityProviderAdd', input), input);
  };

  it.each([
    ['the issuer of customer tokens', { issuer: 'laurel', jwks: rsa.jwks }, ['issuer']],
    ['neither keys nor an address', {}, ['jwks']],
    ['keys and an address', { jwks: rsa.jwks, jwksUri: 'https://id.example/jwks' }, ['jwks']],
    ['an address that is not https', { jwksUri: 'http://id.example/jwks' }, ['jwksUri']],
    ['an address with a password', { jwksUri: 'https://a:b@id.example/jwks' }, ['jwksUri']],
    ['no keys', { jwks: { keys: [] } }, ['jwks', 'keys']],
    ['a shared secret', { jwks: { keys: [{ kty: 'oct', k: 'AAAA' }] } }, ['jwks', 'keys', '0']],
    ['a private key', { jwks: { keys: [{ ...publicKey, d: 'AAAA' }] } }, ['jwks', 'keys', '0']],
    ['a short RSA key', { jwks: { keys: [{ kty: 'RSA', e: 'AQAB', n: 'AAAA' }] } }, ['jwks', 'keys', '0']],
    ['a broken key', { jwks: { keys: [{ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }] } }, ['jwks', 'keys', '0']],
  ])('is not added with %s', async (_title, fields, path) => {
    await expect(add(await aProgram(deps), fields)).rejects.toMatchObject({ code: 'INVALID_INPUT', path });
  });

  it('is alone with its issuer and audience in the whole installation, until it is removed', async () => {
    const [one, two] = [await aProgram(deps), await aProgram(deps)];
    const { providerId } = await add(one, { jwks: rsa.jwks });
    await expect(add(two, { jwks: rsa.jwks, audience: one.publicId })).rejects.toMatchObject({
      code: 'STATE_CONFLICT',
      state: 'EXISTS',
    });
    await removeIdentityProvider(deps, one.scope, aCommand('identityProviderRemove', { providerId }), { providerId });
    expect(await add(two, { jwks: rsa.jwks, audience: one.publicId })).toMatchObject({ replayed: false });
  });

  it('has its keys fetched once for many tokens, and left alone for a while when that fails', async () => {
    const program = await aProgram(deps);
    const provider = await aProvider('https://remote.example', program.publicId);
    await add(program, { issuer: provider.issuer, jwksUri: 'https://remote.example/jwks' });
    const fetched: string[] = [];
    const answers = {
      ...deps,
      keySets: createKeySets(async (address) => (fetched.push(address), Response.json(provider.jwks))),
    };
    const fails = {
      ...deps,
      keySets: createKeySets(async (address) => (fetched.push(address), Promise.reject(new Error('away')))),
    };
    const token = await provider.sign({ sub: 'bob' });
    await expect(resolveCaller(fails, token)).rejects.toBeInstanceOf(UnavailableError);
    await expect(resolveCaller(fails, await provider.sign({ sub: 'eve' }))).rejects.toBeInstanceOf(UnavailableError);
    expect(fetched).toEqual(['https://remote.example/jwks']);
    expect(await resolveCaller(answers, token)).toMatchObject({ subject: 'bob' });
    for (const subject of ['c', 'd', 'e'])
      expect(await resolveCaller(answers, await provider.sign({ sub: subject }))).toMatchObject({ subject });
    await expect(resolveCaller(answers, await provider.sign({}, { kid: 'unknown' }))).rejects.toBeInstanceOf(
      UnauthenticatedError,
    );
    expect(fetched).toHaveLength(2);
  });
});
