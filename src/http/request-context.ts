import type { Caller } from '#domain/caller.ts';
import type { Context } from '#schema/context.ts';
import { createLoaders, type Loaders } from '#schema/loaders/index.ts';
import type { Deps } from '#src/deps.ts';

import type { Accepted } from './accept.ts';
import type { ThrottleState } from './cost/throttle.ts';
import type { PreparedOperation } from './document/operation.ts';
import type { OperationParams } from './params.ts';

/** The price of an operation and the caller's bucket after it, told in `extensions.cost`. */
export type CostReport = { requested: number; throttle: ThrottleState };

/** Where an operation came from: it decides what may run. */
export type Transport = { kind: 'HTTP'; method: 'GET' | 'POST'; accepted: Accepted } | { kind: 'SOCKET' };

type Origin = {
  deps: Deps;
  caller: Caller;
  requestId: string;
  /** The peer's network address. */
  address: string;
  transport: Transport;
};

/** The context of one operation: what resolvers see of it is `Context`, the rest serves the layers around them. */
export class RequestContext implements Context {
  readonly deps: Deps;
  readonly caller: Caller;
  readonly requestId: string;
  readonly address: string;
  readonly transport: Transport;
  /** Milliseconds of `performance.now()`. */
  readonly startedAt = performance.now();
  /** The operation as it was sent. */
  readonly operation: OperationParams;
  /** Set once the document is parsed and valid. */
  prepared: PreparedOperation | undefined;
  /** Set once the operation is priced. */
  cost: CostReport | undefined;
  #loaders: Loaders | undefined;

  constructor(origin: Origin, operation: OperationParams) {
    this.deps = origin.deps;
    this.caller = origin.caller;
    this.requestId = origin.requestId;
    this.address = origin.address;
    this.transport = origin.transport;
    this.operation = operation;
    this.prepared = undefined;
    this.cost = undefined;
  }

  /** Made when first used: many small operations load nothing. */
  get loaders(): Loaders {
    return (this.#loaders ??= createLoaders(this.deps, this.caller));
  }

  /** The same context with empty loaders: each event of a subscription must see the record as it is then. */
  fresh(): RequestContext {
    return new RequestContext(this, this.operation);
  }
}
