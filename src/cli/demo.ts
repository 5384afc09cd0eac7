import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { EXIT, VipctlError } from '../model/errors.ts';
import { defineCommand } from './command.ts';
import type { Io } from './io.ts';
import { asRoot } from './sudo.ts';

const VIP = '10.77.0.100';

/** `vipctl demo`: the commands a stranger would type, from no lab at all to a page fetched through its VIP. */
export const demo = defineCommand({
  options: {},
  declare: (yargs) => yargs.example('$0 demo', 'needs Linux and root; the first run takes some minutes'),
  run: (_, io) => asRoot(io, () => show(io)),
});

async function show(io: Io): Promise<number> {
  const began = performance.now();
  const inventory = relative(io.cwd, join(io.root, 'inventories/lab.yml'));
  await vipctl(io, ['lab', 'up', '-i', inventory]);
  await vipctl(io, ['bootstrap', '-i', inventory, '--yes']);
  say(io, '\nOnce more: a settled cluster has nothing to change.');
  const changed = changesIn(await vipctl(io, ['bootstrap', '-i', inventory, '--yes', '--format', 'json'], 'pipe'));
  if (changed > 0) throw new VipctlError(`the second bootstrap changed ${changed} things`);
  say(io, `\nA page through the VIP: http://${VIP}/`);
  io.stdout.write(await page());
  for (const host of ['lb1', 'lb2'])
    await vipctl(io, ['lab', 'ssh', '-i', inventory, host, 'hostname; ip -oneline -4 address show dev host0']);
  const name = relative(io.cwd, io.argv[1] ?? 'vipctl') || 'vipctl';
  say(
    io,
    `
Done in ${Math.round((performance.now() - began) / 1000)} s. From here:
  curl -i http://${VIP}/    a page, and in X-Served-By who answered
  node ${name} lab ssh lb1    log in to a balancer
  node ${name} drill -i ${inventory} -s haproxy-stop    watch the VIP move, and what clients notice
  node ${name} verify -i ${inventory}    prove it all
  node ${name} lab down    remove every trace`,
  );
  return EXIT.ok;
}

const say = ({ stdout }: Io, line: string) => void stdout.write(`${line}\n`);

/** Runs a command line of our own as anybody would, and shows it; answers with what it wrote to a piped stdout. */
async function vipctl(io: Io, args: readonly string[], stdout: 'inherit' | 'pipe' = 'inherit'): Promise<string> {
  const [node = '', script = ''] = io.argv;
  say(io, `\n$ vipctl ${args.map((a) => (/[ ;]/.test(a) ? `'${a}'` : a)).join(' ')}`);
  const child = spawn(node, [script, ...args], { stdio: ['ignore', stdout, 'inherit'] });
  const [output, [code]] = await Promise.all([child.stdout ? text(child.stdout) : '', once(child, 'close')]);
  if (io.signal.aborted) throw new VipctlError('interrupted; run it again to go on', { exitCode: EXIT.interrupted });
  if (code !== EXIT.ok)
    throw new VipctlError(`vipctl ${args[0]} ended with exit code ${code}`, { hint: 'run it again: what was done is kept' });
  return output;
}

const changesIn = (json: string): number =>
  Object.values((JSON.parse(json) as { hosts: Record<string, { changed: number }> }).hosts).reduce((sum, host) => sum + host.changed, 0);

async function page(): Promise<string> {
  const answer = await fetch(`http://${VIP}/`, { signal: AbortSignal.timeout(5000) });
  return `${[...answer.headers].map(([key, value]) => `${key}: ${value}`).join('\n')}\n\n${await answer.text()}`;
}
