import type { InputFieldBuilder, InputFieldMap, InputShapeFromFields, ObjectFieldsShape } from '@pothos/core';

import type { Command } from '#app/mutation.ts';
import type { Permission } from '#domain/caller.ts';
import {
  IdempotencyInProgressError,
  IdempotencyMismatchError,
  InvalidInputError,
  NotFoundError,
  StateConflictError,
} from '#domain/errors.ts';

import { builder, type SchemaTypes, type SubGraph } from './builder.ts';
import type { Context } from './context.ts';

type ErrorClass = new (...values: never[]) => Error;
type Types = PothosSchemaTypes.ExtendDefaultTypes<SchemaTypes>;
/** What `input` is given to make fields with, and `payload`. */
export type Inputs = InputFieldBuilder<Types, 'InputObject'>;
export type Outputs<Result extends object> = PothosSchemaTypes.ObjectFieldBuilder<Types, Result>;

/** What every mutation can answer, beside its own refusals. */
const SHARED_ERRORS: ErrorClass[] = [
  InvalidInputError,
  NotFoundError,
  StateConflictError,
  IdempotencyMismatchError,
  IdempotencyInProgressError,
];

type MutationOptions<Fields extends InputFieldMap, Result extends object> = {
  /** What it does, which permission it needs is added, which events it causes. */
  description: string;
  permission: Permission | readonly Permission[];
  /** Part of the public surface. */
  isPublic?: boolean;
  input: (t: Inputs) => Fields;
  /** Translates and calls the use case. `command` carries name, key and input for `mutate`. */
  run: (
    input: InputShapeFromFields<Fields>,
    context: Context,
    command: Command,
  ) => Promise<Result & { replayed: boolean }>;
  payload: ObjectFieldsShape<Types, Result & { replayed: boolean }>;
  errors?: ErrorClass[];
};

/**
 * Declares a mutation in the one form that all share: `name(input: NameInput!): NameResult!`, where the input carries an
 * idempotency key and the result is the payload or a typed refusal. A mutation cannot be declared without its permission.
 * Write `input`, `run`, `payload` in this order: TypeScript infers each from the one before.
 */
export function defineMutation<Fields extends InputFieldMap, Result extends object>(
  name: string,
  options: MutationOptions<Fields, Result>,
): void {
  const typeName = name.charAt(0).toUpperCase() + name.slice(1);
  const subGraphs: SubGraph[] = options.isPublic === true ? ['Public'] : [];
  const input = builder.inputType(`${typeName}Input`, {
    description: `Input of ${name}.`,
    subGraphs,
    fields: (t): InputFieldMap => ({
      idempotencyKey: t.string({
        required: true,
        description:
          'Chosen by the caller, 1 to 255 characters. The same key and input answer the first result again, for at least 24 hours.',
      }),
      ...options.input(t as unknown as Inputs),
    }),
  });
  const payload = builder.objectRef<Result & { replayed: boolean }>(`${typeName}Payload`).implement({
    description: `What ${name} did.`,
    subGraphs,
    fields: (t) => ({
      replayed: t.boolean({
        description: 'True when this call repeated an earlier one, whose result this is.',
        resolve: (result) => result.replayed,
      }),
      ...options.payload(t as never),
    }),
  });
  const permissions = typeof options.permission === 'string' ? [options.permission] : options.permission;
  builder.mutationField(name, (t) =>
    t.field({
      type: payload,
      description: `${options.description} Needs ${permissions.join(' or ')}.`,
      subGraphs,
      args: {
        input: t.arg({
          type: input,
          required: true,
          description: 'What to do, and the key that makes it happen once.',
        }),
      },
      authScopes: { permission: options.permission },
      errors: {
        types: [...new Set([...SHARED_ERRORS, ...(options.errors ?? [])])],
        union: { name: `${typeName}Result`, description: `The payload of ${name}, or why it was refused.` },
      },
      resolve: (_root, args, context) => {
        // The builder cannot follow the input's generic shape; the declaration above is what it is made from.
        const fields = (args as { input: InputShapeFromFields<Fields> & { idempotencyKey: string } }).input;
        return options.run(fields, context, {
          mutation: name,
          idempotencyKey: fields.idempotencyKey,
          input: fields,
        }) as never;
      },
    }),
  );
}
