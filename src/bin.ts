#!/usr/bin/env node
import { fileURLToPath } from 'node:url';
import packageJson from '../package.json' with { type: 'json' };

const args = process.argv.slice(2);

if (args.length === 1 && args[0] === '--version') {
  // Answered before anything is loaded: scripts and prompts ask often.
  process.stdout.write(`${packageJson.version}\n`);
} else {
  const { main } = await import('./cli/main.ts');
  const code = await main(args, {
    argv: process.argv,
    root: fileURLToPath(new URL('..', import.meta.url)),
    cwd: process.cwd(),
    env: process.env,
    stdin: process.stdin,
    stdout: unbreakable(process.stdout),
    stderr: unbreakable(process.stderr),
    signal: politeStop(),
  });
  await Promise.all([written(process.stdout), written(process.stderr)]);
  process.exit(code);
}

/** Resolves once the reader has taken all, or has left: what a slow one has not taken yet would end with the process. */
function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || stream.writableLength === 0) resolve();
    else stream.write('', () => resolve());
  });
}

/** The first signal asks to stop, and the step under way is finished; the second ends the process at once. */
function politeStop(): AbortSignal {
  const controller = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const)
    process.on(signal, () => {
      if (controller.signal.aborted) process.exit(130);
      controller.abort();
    });
  return controller.signal;
}

/** A reader that leaves (`| head`) must not leave a host half changed: what is written after it is lost, and the run goes on. */
function unbreakable(stream: NodeJS.WriteStream): NodeJS.WriteStream {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
  return stream;
}
