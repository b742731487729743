import process from 'node:process';

import { Cli } from './cli.ts';
import { runLaurel } from './laurel.ts';

const cli = new Cli({ out: (text) => process.stdout.write(text), err: (text) => process.stderr.write(text) });
process.on('SIGINT', () => {
  // The second Ctrl-C does not wait for a safe place, and most commands need none.
  if (!cli.stopsGently || cli.interrupted.aborted) process.exit(130);
  cli.interrupt();
});
process.exitCode = await runLaurel(cli, process.argv.slice(2));
