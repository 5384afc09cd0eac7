import type { Wire } from './keepalived-conf.ts';

/** An instance as a running keepalived has it. */
export interface RunningInstance {
  /** MASTER, BACKUP, FAULT, or INIT before the first decision. */
  readonly state: string;
  /** Seconds since 1970 when it came to that state. */
  readonly since: number | undefined;
  /** Before trackers. */
  readonly base: number;
  /** With trackers; undefined before 1.3.9, which does not tell. */
  readonly priority: number | undefined;
  /** Whose adverts a BACKUP goes by; undefined in other states, and before the first advert. */
  readonly master: { readonly address: string; readonly priority: number } | undefined;
  /** Seconds since 1970, by keepalived's clock, of the last advert a BACKUP accepted; undefined before 2.0. */
  readonly heardAt: number | undefined;
  readonly wire: Wire;
}

/** What a running keepalived tells of itself. */
export interface Dump {
  readonly instances: ReadonlyMap<string, RunningInstance>;
  /** Whether keepalived takes each of its checks for passed. */
  readonly checks: ReadonlyMap<string, boolean>;
}

interface Part {
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
  /** First words of the indented lines under each heading. */
  readonly lists: Readonly<Record<string, readonly string[]>>;
}

/** Reads the file a keepalived writes when it gets SIGUSR1 (vrrp_print.c, from 1.2.24 to 2.4); undefined where that is not it. */
export function parseDump(text: string): Dump | undefined {
  if (!/^ VRRP Instance = /m.test(text)) return undefined;
  const instances = parts(text, 'VRRP Instance').map((part) => [part.name, instanceOf(part)] as const);
  const checks = parts(text, 'VRRP Script').map(({ name, fields }) => [name, /GOOD/.test(fields.Status ?? '')] as const);
  return { instances: new Map(instances), checks: new Map(checks) };
}

function instanceOf({ fields, lists }: Part): RunningInstance {
  const number = (name: string) => (fields[name] === undefined ? undefined : Number.parseFloat(fields[name]));
  const { 'Master router': router = '', State: state = '' } = fields;
  const [readBy, downAfter] = [number('Read timeout'), number('Master down timer')];
  // Before the first advert the address is whatever lay in memory; nobody but who says good-bye sends a priority of 0.
  const isFollowing = state === 'BACKUP' && (number('Master priority') ?? 0) > 0;
  const timed = isFollowing && readBy !== undefined && downAfter !== undefined && !Number.isNaN(readBy);
  return {
    state,
    since: number('Last transition') || undefined,
    base: number('Priority') ?? 0,
    priority: number('Effective priority'),
    master: isFollowing ? { address: router, priority: number('Master priority') ?? 0 } : undefined,
    heardAt: timed ? readBy - downAfter / 1e6 : undefined,
    wire: wireOf(fields, lists),
  };
}

function wireOf(fields: Part['fields'], lists: Part['lists']): Wire {
  const version = fields['VRRP Version'] ?? '2';
  const [, interval = '', unit = ''] = /^([\d.]+) (\S+)/.exec(fields['Advert interval'] ?? '') ?? [];
  const peers = lists['Unicast Peer'];
  return {
    vrid: fields['Virtual Router ID'] ?? '',
    version,
    advert: String(Number(interval) / (unit.startsWith('milli') ? 1000 : 1)),
    auth: version === '2' ? (fields.Password ?? '').slice(0, 8) : '',
    vips: (lists['Virtual IP'] ?? []).map((vip) => vip.replace(/\/\d+$/, '')).sort(),
    transport: peers ? 'unicast' : 'multicast',
    source: /^[\da-f.:]+/i.exec(fields['Using src_ip'] ?? '')?.[0] ?? '',
    peers: [...(peers ?? [])].sort(),
  };
}

/** The parts of one kind; before 1.3.9 the version of an instance is not indented as the rest is. */
function parts(text: string, kind: string): Part[] {
  const sections = text.split(/^(?=------<| VRRP (?:Instance|Script|Sync Group) = )/m);
  return sections.flatMap((section) => {
    const [head = '', ...lines] = section.split('\n');
    return head.startsWith(` ${kind} = `) ? [{ name: head.slice(kind.length + 4), ...content(lines) }] : [];
  });
}

function content(lines: readonly string[]): Omit<Part, 'name'> {
  const fields: Record<string, string> = {};
  const lists: Record<string, string[]> = {};
  let heading = '';
  for (const line of lines) {
    const [, indent = '', key = '', value] = /^( +)(.*?)(?: ?= ?(.*)| \(\d+\):| :)?$/.exec(line) ?? [];
    if (indent.length > 3) {
      lists[heading]?.push(key.split(' ')[0] ?? '');
      continue;
    }
    heading = key;
    lists[key] ??= [];
    if (value !== undefined) fields[key] = value;
  }
  return { fields, lists };
}
