import { commaSeparated, many, one, oneOf, text, wholeNumber } from './values.ts';

/** Which hosts there are. */
export const inventoryOptions = {
  inventory: {
    alias: 'i',
    type: 'array',
    string: true,
    requiresArg: true,
    demandOption: true,
    coerce: many('inventory'),
    describe: 'Inventory file, folder or host list ("lb1,lb2"); repeatable',
  },
} as const;

/** The same, where the lab's own inventory will do. */
export const labInventoryOptions = {
  inventory: {
    ...inventoryOptions.inventory,
    demandOption: false,
    describe: 'Inventory file, folder or host list [inventories/lab.yml]; repeatable',
  },
  name: { type: 'string', requiresArg: true, coerce: one('name', text), describe: 'Name of the lab [that of the inventory]' },
} as const;

/** How hosts are reached, and as whom. */
export const connectionOptions = {
  user: { alias: 'u', type: 'string', requiresArg: true, coerce: one('user', text), describe: 'User to log in as' },
  'private-key': { type: 'array', string: true, requiresArg: true, coerce: many('private-key'), describe: 'SSH key file; repeatable' },
  'ask-pass': { alias: 'k', type: 'boolean', default: false, describe: 'Ask for the SSH password' },
  become: { alias: 'b', type: 'boolean', default: false, describe: 'Become another user through sudo' },
  'become-user': { type: 'string', requiresArg: true, coerce: one('become-user', text), describe: 'User to become [root]' },
  'ask-become-pass': { alias: 'K', type: 'boolean', default: false, describe: 'Ask for the sudo password' },
  'host-key-checking': {
    type: 'string',
    requiresArg: true,
    coerce: one('host-key-checking', oneOf('host-key-checking', ['strict', 'accept-new', 'off'])),
    describe: 'strict: only known host keys; accept-new: record keys of new hosts; off: accept any [strict]',
  },
  timeout: {
    type: 'string',
    requiresArg: true,
    coerce: one('timeout', wholeNumber('timeout', 1)),
    describe: "Seconds a connection may take to open [ssh's ConnectTimeout, else 10]",
  },
  forks: {
    alias: 'f',
    type: 'string',
    requiresArg: true,
    default: '25',
    coerce: one('forks', wholeNumber('forks', 1)),
    describe: 'Hosts worked on at the same time',
  },
} as const;

/** Which hosts and tasks of a playbook, and whether for real. */
export const playOptions = {
  limit: {
    alias: 'l',
    type: 'string',
    requiresArg: true,
    coerce: one('limit', text),
    describe: 'Only hosts of this pattern (@file: one per line)',
  },
  tags: {
    alias: 't',
    type: 'array',
    string: true,
    requiresArg: true,
    coerce: commaSeparated('tags'),
    describe: 'Only tasks with these tags',
  },
  'skip-tags': {
    type: 'array',
    string: true,
    requiresArg: true,
    coerce: commaSeparated('skip-tags'),
    describe: 'No tasks with these tags',
  },
  'extra-vars': {
    alias: 'e',
    type: 'array',
    string: true,
    requiresArg: true,
    coerce: many('extra-vars'),
    describe: 'Variables above all others: key=value, a JSON object, or @file',
  },
  check: { alias: 'C', type: 'boolean', default: false, describe: 'Change nothing; tell what would change' },
  diff: { alias: 'D', type: 'boolean', default: false, describe: 'Show how files change' },
  'fail-on-change': { type: 'boolean', default: false, describe: 'With --check: exit 3 when something would change' },
  'list-tasks': { type: 'boolean', default: false, describe: 'Print the tasks and exit' },
  'list-hosts': { type: 'boolean', default: false, describe: 'Print the hosts and exit' },
} as const;

/** What a rolling change may cost. */
export const rollingOptions = {
  'max-outage': {
    type: 'string',
    requiresArg: true,
    default: '1000',
    coerce: one('max-outage', wholeNumber('max-outage', 1)),
    describe: 'Milliseconds clients may go without an answer before all is put back',
  },
  soak: {
    type: 'string',
    requiresArg: true,
    default: '1',
    coerce: one('soak', wholeNumber('soak', 0)),
    describe: 'Seconds a changed node is watched before the next one is touched',
  },
  serial: {
    type: 'string',
    requiresArg: true,
    default: '1',
    coerce: one('serial', wholeNumber('serial', 1)),
    describe: 'Backups changed at once, as long as another one is left; an owner is always changed alone',
  },
} as const;

/** What is told about a run. */
export const outputOptions = {
  format: {
    type: 'string',
    requiresArg: true,
    default: 'text',
    coerce: one('format', oneOf('format', ['text', 'json', 'ndjson'])),
    describe: 'text; json: one document on stdout; ndjson: an event per line as it happens',
  },
  profile: { type: 'boolean', default: false, describe: 'Show time and round trips per host and task' },
} as const;

/** Looks again and again; without a number every five seconds. */
export const watchOption = (describe: string) =>
  ({
    watch: {
      type: 'string',
      coerce: (given: unknown): number | undefined => (given === '' ? 5 : one('watch', wholeNumber('watch', 1))(given)),
      describe,
    },
  }) as const;

/** What every command takes. */
export const commonOptions = {
  verbose: { alias: 'v', type: 'boolean', default: false, describe: 'Show commands and their output, and the stack of an error' },
} as const;
