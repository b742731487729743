import { randomBytes } from 'node:crypto';

import { z } from 'zod';

import type { Caller } from '#domain/caller.ts';

/** A budget such as 20000/1000. */
function budget(fallback: string) {
  return z
    .string()
    .regex(/^[1-9]\d{0,8}\/[1-9]\d{0,8}$/, 'must read maximum/points a second, such as 20000/1000')
    .default(fallback)
    .transform((text) => {
      const [maximum, restoreRate] = text.split('/').map(Number) as [number, number];
      return { maximum, restoreRate };
    });
}

/** The only place that reads the environment. Durations end in their unit. */
const Environment = z.object({
  NODE_ENV: z.enum(['production', 'development', 'test']).default('development'),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/, error: 'must be a postgres:// address' }),
  REDIS_URL: z.url({ protocol: /^rediss?$/, error: 'must be a redis:// address' }),
  PORT: z.coerce.number().int().min(0).max(65535).default(4000),
  LAUREL_HOST: z.string().default('127.0.0.1'),
  LAUREL_ROLE: z.enum(['all', 'api', 'worker']).default('all'),
  /** Signs customer tokens; at least 32 characters. */
  LAUREL_TOKEN_SECRET: z.string().min(32),
  LAUREL_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent']).default('info'),
  LAUREL_DATABASE_POOL: z.coerce.number().int().min(2).max(100).default(10),
  /** How long a call waits for a connection to the database before it is refused. */
  LAUREL_DATABASE_WAIT_MS: z.coerce.number().int().min(100).max(120_000).default(5_000),
  /** Origins that browsers may call from, separated by commas; `*` allows any, without credentials. */
  LAUREL_ALLOWED_ORIGINS: z.string().default(''),
  /**
   * Token buckets by kind of caller, `maximum/restored a second` in points of query cost. A server's key is bounded so
   * loosely that only a runaway loop feels it.
   */
  LAUREL_BUDGET_SECRET_KEY: budget('2000000/1000000'),
  LAUREL_BUDGET_OPERATOR: budget('100000/10000'),
  LAUREL_BUDGET_STAFF: budget('100000/10000'),
  LAUREL_BUDGET_PUBLISHABLE_KEY: budget('500000/100000'),
  LAUREL_BUDGET_CUSTOMER: budget('20000/1000'),
  LAUREL_BUDGET_ANONYMOUS: budget('2000/100'),
  /** Whether GraphiQL and the demo page are served; in production only when this says `on`. */
  LAUREL_DEMO: z.enum(['on', 'off']).optional(),
  /** The program, prg_…, as whose customers the demo page may act. Refused in production: anybody who opens it may. */
  LAUREL_DEMO_PROGRAM: z.string().optional(),
});

export type Config = {
  production: boolean;
  databaseUrl: string;
  redisUrl: string;
  port: number;
  host: string;
  role: 'all' | 'api' | 'worker';
  tokenSecret: string;
  logLevel: string;
  databasePool: number;
  databaseWaitMs: number;
  allowedOrigins: readonly string[];
  demo: boolean;
  demoProgram: string | null;
  /** Token buckets by kind of caller. */
  budgets: Record<Caller['kind'], { maximum: number; restoreRate: number }>;
};

/** Reads and checks the environment. Throws one clear line a wrong or missing variable. */
export function readConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const parsed = Environment.safeParse(environment);
  if (!parsed.success) {
    throw new Error(parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`).join('\n'));
  }
  const env = parsed.data;
  if (env.NODE_ENV === 'production' && env.LAUREL_DEMO_PROGRAM !== undefined) {
    throw new Error('LAUREL_DEMO_PROGRAM: is not allowed in production');
  }
  return {
    production: env.NODE_ENV === 'production',
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    port: env.PORT,
    host: env.LAUREL_HOST,
    role: env.LAUREL_ROLE,
    tokenSecret: env.LAUREL_TOKEN_SECRET,
    logLevel: env.LAUREL_LOG_LEVEL,
    databasePool: env.LAUREL_DATABASE_POOL,
    databaseWaitMs: env.LAUREL_DATABASE_WAIT_MS,
    allowedOrigins: env.LAUREL_ALLOWED_ORIGINS.split(',')
      .map((origin) => origin.trim())
      .filter(Boolean),
    demo: (env.LAUREL_DEMO ?? (env.NODE_ENV === 'production' ? 'off' : 'on')) === 'on',
    demoProgram: env.LAUREL_DEMO_PROGRAM ?? null,
    budgets: {
      SECRET_KEY: env.LAUREL_BUDGET_SECRET_KEY,
      OPERATOR: env.LAUREL_BUDGET_OPERATOR,
      STAFF: env.LAUREL_BUDGET_STAFF,
      PUBLISHABLE_KEY: env.LAUREL_BUDGET_PUBLISHABLE_KEY,
      CUSTOMER: env.LAUREL_BUDGET_CUSTOMER,
      ANONYMOUS: env.LAUREL_BUDGET_ANONYMOUS,
    },
  };
}

/**
 * What the command line needs: the same, but that it signs no tokens and so needs no secret, and that it does not log, since
 * answers stand on stdout alone.
 */
export function readCommandLineConfig(environment: NodeJS.ProcessEnv = process.env): Config {
  const secret = randomBytes(32).toString('base64url');
  return readConfig({ LAUREL_TOKEN_SECRET: secret, ...environment, LAUREL_LOG_LEVEL: 'silent' });
}
