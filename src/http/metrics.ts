import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export type Outcome = 'ok' | 'refused' | 'failed' | 'aborted';

/** What this process counts about itself, as Prometheus reads it. */
export type Metrics = {
  /** One operation over HTTP or a socket: a subscription counts when it has started. */
  operation(kind: string, outcome: Outcome, seconds: number): void;
  /** Events of subscriptions on sockets that were executed, and messages that carried what came of them. */
  subscriptionExecuted(): void;
  subscriptionSent(messages: number): void;
  /** Websockets that were closed by us, by close code. */
  socketClosed(code: number): void;
  /** The exposition format, and its media type. */
  expose(): Promise<{ type: string; text: string }>;
  stop(): void;
};

/** Read when the metrics are asked for. */
export type Gauges = Record<'connections' | 'sockets' | 'streams' | 'documents', () => number>;

const DURATIONS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];

export function createMetrics(gauges: Gauges): Metrics {
  const registers = [new Registry()];
  const [registry] = registers as [Registry];
  collectDefaultMetrics({ register: registry, prefix: 'laurel_' });
  const operations = new Counter({
    name: 'laurel_operations_total',
    help: 'GraphQL operations by kind and outcome: ok, refused (the caller is at fault), failed (we are), aborted.',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  const durations = new Histogram({
    name: 'laurel_operation_duration_seconds',
    help: 'Time from the complete request to the answer, by kind.',
    labelNames: ['kind'],
    buckets: DURATIONS,
    registers,
  });
  const closed = new Counter({
    name: 'laurel_sockets_closed_total',
    help: 'Websockets closed by the server, by close code.',
    labelNames: ['code'],
    registers,
  });
  const executions = new Counter({
    name: 'laurel_subscription_executions_total',
    help: 'Events of subscriptions on websockets that were executed; equal readers share one execution.',
    registers,
  });
  const messages = new Counter({
    name: 'laurel_subscription_messages_total',
    help: 'Messages with events of subscriptions that were sent on websockets.',
    registers,
  });
  const helps: Record<keyof Gauges, string> = {
    connections: 'Open TCP connections.',
    sockets: 'Open websockets.',
    streams: 'Running subscriptions, over sockets and event streams.',
    documents: 'Parsed and validated documents in memory.',
  };
  for (const name of Object.keys(helps) as (keyof Gauges)[]) {
    const gauge: Gauge = new Gauge({
      name: `laurel_${name}`,
      help: helps[name],
      registers,
      collect: () => gauge.set(gauges[name]()),
    });
  }
  return {
    operation(kind, outcome, seconds) {
      operations.inc({ kind, outcome });
      durations.observe({ kind }, seconds);
    },
    subscriptionExecuted: () => executions.inc(),
    subscriptionSent: (count) => messages.inc(count),
    socketClosed: (code) => closed.inc({ code: String(code) }),
    expose: async () => ({ type: registry.contentType, text: await registry.metrics() }),
    stop: () => registry.clear(),
  };
}
