import fc from 'fast-check';
import { TypeID } from 'typeid-js';
import { expect, it } from 'vitest';

import { ID_PREFIXES, parsePublicId, publicId, uuidOf, type IdType } from '#domain/ids.ts';

const TYPES = Object.keys(ID_PREFIXES) as IdType[];

it('a public id is the TypeID of its UUID and gives it back', () => {
  fc.assert(
    fc.property(fc.constantFrom(...TYPES), fc.uuid(), (type, uuid) => {
      const id = publicId(type, uuid);
      expect(id).toBe(TypeID.fromUUID(ID_PREFIXES[type], uuid).toString());
      expect(parsePublicId(id)).toEqual({ type, uuid });
    }),
  );
  expect(publicId('Customer', 'ffffffff-ffff-ffff-ffff-ffffffffffff')).toBe('cus_7zzzzzzzzzzzzzzzzzzzzzzzzz');
});

it('no two types share a prefix', () => {
  expect(new Set(Object.values(ID_PREFIXES)).size).toBe(TYPES.length);
});

it('what is not printed by us is no id', () => {
  const id = publicId('Customer', '018f4f3e-1c2b-7d3a-9e4f-5a6b7c8d9e0f');
  const others = [
    '',
    'cus_',
    'cus',
    id.toUpperCase(),
    `${id}0`,
    id.slice(0, -1),
    id.replace('cus_', 'xxx_'),
    ` ${id}`,
    `cus_8${id.slice(5)}`,
  ];
  for (const other of others) expect(parsePublicId(other)).toBeNull();
  expect(uuidOf('Account', id)).toBeNull();
});
