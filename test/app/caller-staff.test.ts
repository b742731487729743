import { createHmac } from 'node:crypto';

import { exportSPKI, importJWK, type CryptoKey, type JWK } from 'jose';
import { describe, expect, it } from 'vitest';

import { resolveCaller } from '#app/caller/resolve.ts';
import { mintCustomerToken } from '#app/customer-token/mint.ts';
import { removeIdentityProvider } from '#app/identity-provider/remove.ts';
import { ROLE_PERMISSIONS } from '#domain/caller.ts';
import { ForbiddenError, UnauthenticatedError } from '#domain/errors.ts';

import { testDatabase } from '../support/database.ts';
import { aCommand, aProgram, testDeps } from '../support/program.ts';
import { addProvider, aProvider, claimsOf, forged } from '../support/tokens.ts';

const { url } = await testDatabase();
const deps = testDeps(url);

const refused = async (token: string, on = deps): Promise<void> => {
  await expect(resolveCaller(on, token)).rejects.toBeInstanceOf(UnauthenticatedError);
};

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

  it('may adjust what its provider allows, and less where the token says so', async () => {
    const program = await aProgram(deps);
    const provider = await aProvider('https://id.example', program.publicId);
    await addProvider(deps, program, provider, 'laurel_role', 500);
    const limitOf = async (claim?: unknown) =>
      resolveCaller(deps, await provider.sign(claim === undefined ? {} : { laurel_adjustment_max: claim }));
    expect(await limitOf()).toMatchObject({ adjustmentMax: 500 });
    expect(await limitOf(50)).toMatchObject({ adjustmentMax: 50 });
    expect(await limitOf(5_000)).toMatchObject({ adjustmentMax: 500 });
    for (const claim of ['50', 0, -1, 1.5, [], 2 ** 53])
      await expect(limitOf(claim), JSON.stringify(claim)).rejects.toBeInstanceOf(ForbiddenError);
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
    const customerId = deps.newId();
    const row = [program.programId, customerId, 'c1'];
    await deps.reads.query('insert into customer (program_id, id, external_id) values ($1, $2, $3)', row);
    const input = { customer: { id: customerId }, ttlSeconds: 60 };
    const minter = { ...program.scope, keyId: null, providerId };
    const { token } = await mintCustomerToken(deps, minter, aCommand('customerTokenMint', input), input);
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
