// Streams for tests: open one as a caller, take items from it, leave.
import { randomUUID } from 'node:crypto';

import { parse, subscribe, type ExecutionResult } from 'graphql';

import type { Caller } from '#domain/caller.ts';
import { schema } from '#schema/index.ts';
import { createLoaders } from '#schema/loaders/index.ts';
import type { Deps } from '#src/deps.ts';

/** A stream as a reader sees it. `next` resolves to null when nothing comes within the time, undefined at the end. */
export type TestStream<Item> = {
  next(withinMs?: number): Promise<Item | null | undefined>;
  /** Takes items until one is as wanted, which it gives. */
  until(isWanted: (item: Item) => boolean): Promise<Item>;
  close(): Promise<void>;
};

/** Opens a subscription of one field against the real schema. Throws the first error that refuses it. */
export async function openStream<Item>(
  deps: Deps,
  caller: Caller,
  document: string,
  variables: Record<string, unknown> = {},
): Promise<TestStream<Item>> {
  const contextValue = {
    caller,
    deps,
    requestId: randomUUID(),
    // As the servers do: nothing is remembered from item to item.
    get loaders() {
      return createLoaders(deps, caller);
    },
  };
  const result = await subscribe({ schema, document: parse(document), contextValue, variableValues: variables });
  if (!(Symbol.asyncIterator in result)) throw result.errors?.[0] ?? new Error('refused without a reason');
  const stream = result;
  let pending: Promise<IteratorResult<ExecutionResult, void>> | null = null;

  async function next(withinMs = 10_000): Promise<Item | null | undefined> {
    pending ??= stream.next();
    const timeout = Promise.withResolvers<null>();
    const timer = setTimeout(() => timeout.resolve(null), withinMs);
    const answer = await Promise.race([pending, timeout.promise]);
    clearTimeout(timer);
    if (answer === null) return null;
    pending = null;
    if (answer.done === true) return undefined;
    const { data, errors } = answer.value;
    if (errors?.[0]) throw errors[0];
    return Object.values(data ?? {})[0] as Item;
  }

  return {
    next,
    async until(isWanted) {
      for (;;) {
        const item = await next();
        if (item === null || item === undefined)
          throw new Error(`no such item came: the stream is ${item === null ? 'silent' : 'over'}`);
        if (isWanted(item)) return item;
      }
    },
    async close() {
      await stream.return();
    },
  };
}
