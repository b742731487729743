import { importJWK, type JSONWebKeySet, type JWK } from 'jose';

import { InvalidInputError } from '#domain/errors.ts';

const KEYS_MAX = 20;
const ADDRESS_LENGTH_MAX = 2_000;
const RSA_BITS_MIN = 2_048;
/** Which algorithm reads a key of each type; anything else, shared secrets above all, is no public key. */
const ALGORITHM_OF_TYPE = new Map([
  ['RSA', 'RS256'],
  ['EC', 'ES256'],
  ['OKP', 'EdDSA'],
]);
/** Members that only a private or a shared key has. */
const PRIVATE_MEMBERS = ['d', 'p', 'q', 'dp', 'dq', 'qi', 'oth', 'k'];

/** Throws InvalidInputError unless the address is plain https. Where it leads is checked whenever it is fetched. */
export function assertKeyAddress(address: string): void {
  const url = URL.parse(address);
  const plain =
    url !== null && url.protocol === 'https:' && url.username === '' && url.password === '' && url.hash === '';
  if (!plain || address.length > ADDRESS_LENGTH_MAX) {
    throw new InvalidInputError('A jwksUri is an https address without user, password or fragment.', ['jwksUri']);
  }
}

/** A JSON Web Key Set of 1 to 20 public signature keys. Throws InvalidInputError that names the key which is none. */
export async function parseKeySet(input: Record<string, unknown>): Promise<JSONWebKeySet> {
  const keys: unknown = input['keys'];
  if (!Array.isArray(keys) || keys.length === 0 || keys.length > KEYS_MAX) {
    throw new InvalidInputError(`A key set has a list "keys" of 1 to ${KEYS_MAX} public keys.`, ['jwks', 'keys']);
  }
  return { keys: await Promise.all(keys.map((key: unknown, index) => parseKey(key, ['jwks', 'keys', String(index)]))) };
}

async function parseKey(value: unknown, path: readonly string[]): Promise<JWK> {
  if (value === null || typeof value !== 'object') throw new InvalidInputError('A key is a JSON object.', path);
  const key = value as JWK;
  const algorithm = typeof key.kty === 'string' ? ALGORITHM_OF_TYPE.get(key.kty) : undefined;
  if (algorithm === undefined) throw new InvalidInputError('A key is of type RSA, EC or OKP.', path);
  if (PRIVATE_MEMBERS.some((member) => member in key)) {
    throw new InvalidInputError(
      'This is a private key. Send the public one, and replace this one: it is no secret any more.',
      path,
    );
  }
  if (key.kty === 'RSA' && Buffer.from(String(key.n), 'base64url').length * 8 < RSA_BITS_MIN) {
    throw new InvalidInputError(`An RSA key has at least ${RSA_BITS_MIN} bits.`, path);
  }
  try {
    await importJWK(key, algorithm);
  } catch {
    throw new InvalidInputError(`This is not a public key that ${algorithm} can verify with.`, path);
  }
  return key;
}
