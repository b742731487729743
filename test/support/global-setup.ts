// Runs once, before the test files that need services: brings the servers up and tells the files where they are.
import process from 'node:process';

import type { TestProject } from 'vitest/node';

import { whenParentDies } from '../../setup/parent.mjs';
import { ensurePrismaClient } from '../../setup/prisma-client.ts';
import { SetupError, sayFailure } from '../../setup/steps.mjs';
import { startTestServices, type TestServices } from '../../setup/test-services.ts';

let services: TestServices | undefined;

declare module 'vitest' {
  export interface ProvidedContext {
    adminUrl: string;
    template: string;
    redisUrl: string;
    redisFile: string;
    redisEnv: Record<string, string>;
    testFolder: string;
  }
}

export async function setup(project: TestProject): Promise<void> {
  whenParentDies(() => process.exit(1));
  try {
    await ensurePrismaClient();
    services = await startTestServices();
  } catch (error) {
    if (!(error instanceof SetupError)) throw error;
    sayFailure(error.message);
    process.exit(1);
  }
  project.provide('adminUrl', services.adminUrl);
  project.provide('template', services.template);
  project.provide('redisUrl', services.redisUrl);
  project.provide('redisFile', services.redis.file);
  project.provide('redisEnv', services.redis.env);
  project.provide('testFolder', services.folder);
}

export async function teardown(): Promise<void> {
  await services?.stop();
}
