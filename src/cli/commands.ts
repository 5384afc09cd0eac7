import type { Command } from './command.ts';

/** A command as `vipctl --help` lists it; the rest of it is loaded when it is called. */
export interface Entry {
  /** Name and positional arguments, as yargs reads them. */
  readonly usage: string;
  readonly describe: string;
  load(): Promise<Command>;
}

/** Every command there is. */
export const commands: readonly Entry[] = [
  {
    usage: 'bootstrap',
    describe: 'Bring hosts up to a working floating IP',
    load: async () => (await import('./bootstrap.ts')).bootstrap,
  },
  {
    usage: 'verify',
    describe: 'Prove that clusters are as described, and that they work',
    load: async () => (await import('./verify.ts')).verify,
  },
  { usage: 'status', describe: 'Who holds what, which nodes and servers work', load: async () => (await import('./status.ts')).status },
  {
    usage: 'update',
    describe: 'Change running clusters node by node, without an outage',
    load: async () => (await import('./update.ts')).update,
  },
  {
    usage: 'rollback',
    describe: 'Put back the files of an earlier time, as an update would',
    load: async () => (await import('./rollback.ts')).rollback,
  },
  {
    usage: 'drain <node>',
    describe: 'Take a node out for maintenance once its clients have left',
    load: async () => (await import('./drain.ts')).drain,
  },
  { usage: 'undrain <node>', describe: 'Have it take part again', load: async () => (await import('./drain.ts')).undrain },
  {
    usage: 'server <action> <server> [value]',
    describe: 'Take servers of a backend out and in on all nodes, or weigh them',
    load: async () => (await import('./server.ts')).server,
  },
  { usage: 'run <playbook>', describe: 'Run a playbook', load: async () => (await import('./run.ts')).run },
  {
    usage: 'render',
    describe: 'Print the files a bootstrap would install, without contacting a host',
    load: async () => (await import('./render.ts')).render,
  },
  {
    usage: 'lint',
    describe: 'Tell what is wrong or unwise about clusters, without contacting a host',
    load: async () => (await import('./lint.ts')).lint,
  },
  {
    usage: 'facts [pattern]',
    describe: 'Print what there is to know about hosts, as JSON',
    load: async () => (await import('./facts.ts')).facts,
  },
  { usage: 'inventory', describe: 'Print hosts, groups and variables', load: async () => (await import('./inventory.ts')).inventory },
  {
    usage: 'drill [action]',
    describe: 'Break a cluster on purpose, and measure what clients notice',
    load: async () => (await import('./drill.ts')).drill,
  },
  {
    usage: 'load <url>',
    describe: 'Put load on a listener, and tell what clients and balancers saw of it',
    load: async () => (await import('./load.ts')).load,
  },
  {
    usage: 'lab <action> [host] [command]',
    describe: 'Run hosts of an inventory on this machine',
    load: async () => (await import('./lab.ts')).lab,
  },
  {
    usage: 'demo',
    describe: 'Show it all: lab, bootstrap twice, a page through the VIP',
    load: async () => (await import('./demo.ts')).demo,
  },
  { usage: 'schema <name>', describe: 'Print a JSON Schema', load: async () => (await import('./schema.ts')).schema },
];

/** What a command is called, without its arguments. */
export const nameOf = ({ usage }: Entry): string => usage.split(' ')[0] ?? usage;
