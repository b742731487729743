// The little that is used of packages that are only installed by the first `npm run bench`, so that the checkout
// type-checks without them.
declare module 'fastify' {
  export function fastify(): {
    register<Options>(plugin: (app: never, options: Options) => unknown, options: Options): Promise<void>;
    listen(options: { port: number; host: string }): Promise<string>;
  };
}

declare module 'mercurius' {
  type MercuriusOptions = { schema: string; resolvers: object; jit: number };
  export function mercurius(app: never, options: MercuriusOptions): unknown;
}

declare module '@apollo/server' {
  export class ApolloServer {
    constructor(options: { typeDefs: string; resolvers: object });
    stop(): Promise<void>;
  }
}

declare module '@apollo/server/standalone' {
  import type { ApolloServer } from '@apollo/server';

  export function startStandaloneServer(
    server: ApolloServer,
    options: { listen: { port: number; host: string } },
  ): Promise<{ url: string }>;
}

declare module 'postgraphile' {
  type Preset = { extends: object[]; pgServices: object[]; grafserv: object };
  type Served = { addTo(server: object): Promise<void> };
  export function postgraphile(preset: Preset): { createServ(grafserv: object): Served };
}

declare module 'postgraphile/adaptors/pg' {
  export function makePgService(options: {
    connectionString: string;
    schemas: string[];
    poolConfig: { max: number };
  }): object;
}

declare module 'postgraphile/grafserv/node' {
  export const grafserv: object;
}

declare module 'postgraphile/presets/amber' {
  export const PostGraphileAmberPreset: object;
}
