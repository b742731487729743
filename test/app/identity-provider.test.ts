import { describe, expect, it } from 'vitest';

import { resolveCaller } from '#app/caller/resolve.ts';
import { addIdentityProvider } from '#app/identity-provider/add.ts';
import { createKeySets } from '#app/identity-provider/key-sets.ts';
import { removeIdentityProvider } from '#app/identity-provider/remove.ts';
import { UnauthenticatedError, UnavailableError } from '#domain/errors.ts';

import { testDatabase } from '../support/database.ts';
import { aCommand, aProgram, testDeps, type TestProgram } from '../support/program.ts';
import { aProvider } from '../support/tokens.ts';

const { url } = await testDatabase();
const deps = testDeps(url);
const rsa = await aProvider('x', 'x');
const [publicKey] = rsa.jwks.keys;

describe('an identity provider', () => {
  const add = async (program: TestProgram, fields: object) => {
    const input = {
      issuer: 'https://id.example',
      audience: program.publicId,
      jwks: null,
      jwksUri: null,
      roleClaim: 'laurel_role',
      adjustmentMax: null,
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
