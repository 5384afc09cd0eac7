import { loadInventory } from '../config/inventory/load.ts';
import { graphInventory, hostInventory, listInventory } from '../config/inventory-view.ts';
import { ConfigError, EXIT } from '../model/errors.ts';
import { defineCommand } from './command.ts';
import { inventoryOptions } from './options.ts';
import { one, text } from './values.ts';

const options = {
  ...inventoryOptions,
  list: { type: 'boolean', default: false, describe: 'All groups, and the variables of all hosts, as JSON' },
  graph: { type: 'boolean', default: false, describe: 'The tree of groups and hosts' },
  vars: { type: 'boolean', default: false, implies: 'graph', describe: 'With --graph: variables too' },
  host: { type: 'string', requiresArg: true, coerce: one('host', text), describe: 'The variables of one host as JSON' },
} as const;

/** `vipctl inventory`: what the inventory files come to, in the words of `ansible-inventory`. */
export const inventory = defineCommand({
  options,
  declare: (yargs) =>
    yargs
      .example('$0 inventory -i inventories/lab.yml --graph', 'who belongs to what')
      .example('$0 inventory -i site.ini --host lb1', 'what holds for lb1, group variables included'),
  async run({ inventory: sources, list, graph, vars, host }, { cwd, stdout, stderr }) {
    if ([list, graph, host !== undefined].filter(Boolean).length !== 1)
      throw new ConfigError('give one of --list, --graph and --host NAME');
    const loaded = await loadInventory(sources, { cwd });
    for (const warning of loaded.warnings) stderr.write(`warning: ${warning}\n`);
    const shown = host !== undefined ? hostInventory(loaded, host) : graph ? graphInventory(loaded, { vars }) : listInventory(loaded);
    stdout.write(`${shown}\n`);
    return EXIT.ok;
  },
});
