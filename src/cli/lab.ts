import { basename, extname, join } from 'node:path';
import { loadInventory } from '../config/inventory/load.ts';
import { labDown, labStatus, labUp } from '../lab/lab.ts';
import { labPlaces } from '../lab/names.ts';
import { labPrerequisites } from '../lab/prerequisites.ts';
import { type LabSpec, labName, labSpec } from '../lab/spec.ts';
import { labSsh } from '../lab/ssh.ts';
import { ConfigError, didYouMean, EXIT } from '../model/errors.ts';
import { table } from '../report/table.ts';
import { defineCommand } from './command.ts';
import type { Io } from './io.ts';
import { labInventoryOptions } from './options.ts';
import { asRoot, passOn } from './sudo.ts';

/** `vipctl lab`: the hosts of an inventory as machines on this one. */
export const lab = defineCommand({
  options: labInventoryOptions,
  declare: (yargs) =>
    yargs
      .positional('action', { choices: ['up', 'status', 'ssh', 'down'] as const, demandOption: true, describe: 'What to do' })
      .positional('host', { type: 'string', describe: 'With ssh: the host to log in to' })
      .positional('command', { type: 'string', describe: 'With ssh: a command for its shell, in quotes' })
      .example('$0 lab up', 'the hosts of inventories/lab.yml')
      .example('$0 lab up -i prod.yml', 'the hosts of any inventory, bare')
      .example("$0 lab ssh lb1 'ip -br addr'", 'run one command; without it, log in'),
  async run({ action, host, command, inventory, name }, io) {
    if (action !== 'ssh' && host !== undefined) throw new ConfigError(`lab ${action} takes no host`);
    const sources = inventory ?? [join(io.root, 'inventories/lab.yml')];
    const { hosts } = await loadInventory(sources, { cwd: io.cwd });
    const spec = labSpec(name ?? labName(hosts) ?? nameAfter(sources), hosts);
    if (action === 'ssh') return passOn(labSsh(spec.name, hostOf(spec, host), command === undefined ? [] : [command]));
    const work = { up: () => up(spec, io), down: () => down(spec, io), status: () => status(spec, io) };
    return asRoot(io, work[action]);
  },
});

/** Where the inventory names no lab: that of `inventories/prod.yml` is `prod`. */
function nameAfter(sources: readonly string[]): string {
  const last = sources.at(-1) ?? '';
  if (last.includes(',')) throw new ConfigError('a lab of a host list needs --name');
  return basename(last, extname(last))
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-');
}

function hostOf({ name, hosts }: LabSpec, wanted: string | undefined) {
  const names = hosts.map((h) => h.name);
  if (wanted === undefined) throw new ConfigError(`lab ssh needs a host: ${names.join(', ')}`);
  const found = hosts.find((h) => h.name === wanted);
  if (found) return found;
  const near = didYouMean(wanted, names);
  throw new ConfigError(`lab ${name} has no host ${wanted}`, { hint: near ? `did you mean ${near}?` : `it has ${names.join(', ')}` });
}

const told = ({ stderr, signal, env }: Io) => ({
  onProgress: (line: string) => void stderr.write(`${line}\n`),
  signal,
  environment: env,
});

async function up(spec: LabSpec, io: Io): Promise<number> {
  await labPrerequisites(told(io));
  await labUp(spec, told(io));
  io.stderr.write(`lab ${spec.name} is up; to reach its hosts add -i ${labPlaces(spec.name).inventory} after their own inventory\n`);
  return EXIT.ok;
}

async function down(spec: LabSpec, io: Io): Promise<number> {
  await labDown(spec, told(io));
  return EXIT.ok;
}

async function status(spec: LabSpec, io: Io): Promise<number> {
  const hosts = await labStatus(spec);
  const rows = hosts.map((h) => [h.name, h.address, h.image, h.state]);
  io.stdout.write(
    table([['host', 'address', 'image', 'state'], ...rows], [0, 1, 2, 3])
      .map((line) => `${line}\n`)
      .join(''),
  );
  return hosts.every((h) => h.state === 'running') ? EXIT.ok : EXIT.failed;
}
