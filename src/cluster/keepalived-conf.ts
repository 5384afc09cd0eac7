/** What of a VRRP instance other nodes see; two nodes that differ here do not accept each other's adverts, and both become MASTER. */
export interface Wire {
  readonly vrid: string;
  readonly version: string;
  /** Seconds. */
  readonly advert: string;
  /** The eight bytes of a password that count; empty without one, and in version 3, which has none. */
  readonly auth: string;
  /** Advertised addresses without prefix, in ascending order of text. */
  readonly vips: readonly string[];
  readonly transport: 'multicast' | 'unicast';
  /** Address a unicast instance sends from; empty where the file does not say. */
  readonly source: string;
  readonly peers: readonly string[];
}

interface Block {
  readonly words: readonly string[];
  readonly inner: Block[];
}

/** The instances of a keepalived.conf by name, as they show on the wire (keepalived.conf(5)). */
export function wiresOf(conf: string): ReadonlyMap<string, Wire> {
  const blocks = parse(conf);
  const global = blocks.filter((b) => b.words[0] === 'global_defs').flatMap((b) => b.inner);
  const version = setting(global, 'vrrp_version') ?? '2';
  return new Map(
    blocks.flatMap(({ words: [kind, name], inner }) => (kind === 'vrrp_instance' && name ? [[name, wire(inner, version)]] : [])),
  );
}

/** What keeps two nodes from accepting each other's adverts for an instance, in words; undefined where nothing does. */
export function wireDifference(one: Wire, other: Wire): string | undefined {
  const [first] = [
    ...wireDifferences(one, other),
    ...(hears(one, other) && hears(other, one) ? [] : ['a unicast_peer list that leaves the other node out']),
  ];
  return first;
}

/** Where two instances differ in what all nodes must have in common, in words: `WHAT A and B`. */
export function wireDifferences(one: Wire, other: Wire): string[] {
  const differs = (what: string, a: string, b: string) => (a === b ? [] : [`${what} ${a || 'none'} and ${b || 'none'}`]);
  return [
    ...differs('virtual_router_id', one.vrid, other.vrid),
    ...differs('version', one.version, other.version),
    ...differs('transport', one.transport, other.transport),
    // A version 3 backup learns the interval from the adverts.
    ...(one.version === '2' ? differs('advert_int', one.advert, other.advert) : []),
    ...(one.auth === other.auth ? [] : ['different passwords']),
    ...differs('addresses', one.vips.join(' '), other.vips.join(' ')),
  ];
}

const hears = (one: Wire, { source }: Wire) => one.transport === 'multicast' || source === '' || one.peers.includes(source);

function wire(inner: readonly Block[], general: string): Wire {
  const version = setting(inner, 'version') ?? general;
  const peers = listOf(inner, 'unicast_peer');
  return {
    vrid: setting(inner, 'virtual_router_id') ?? '',
    version,
    advert: String(Number(setting(inner, 'advert_int') ?? 1)),
    auth: version === '2' ? (setting(blockOf(inner, 'authentication'), 'auth_pass') ?? '').slice(0, 8) : '',
    vips: listOf(inner, 'virtual_ipaddress').map((vip) => vip.replace(/\/\d+$/, '')),
    transport: peers.length > 0 ? 'unicast' : 'multicast',
    source: setting(inner, 'unicast_src_ip') ?? '',
    peers,
  };
}

const blockOf = (blocks: readonly Block[], name: string) => blocks.filter((b) => b.words[0] === name).flatMap((b) => b.inner);
const listOf = (blocks: readonly Block[], name: string) =>
  blockOf(blocks, name)
    .map((b) => b.words[0] ?? '')
    .sort();
const setting = (blocks: readonly Block[], name: string) => blocks.findLast((b) => b.words[0] === name)?.words[1];

/** Blocks in braces, comments left out. */
function parse(text: string): readonly Block[] {
  const root: Block = { words: [], inner: [] };
  const open = [root];
  for (const line of text.split('\n')) {
    const words: readonly string[] = line.replace(/[#!].*$/, '').match(/"[^"]*"|[{}]|[^\s{}"]+/g) ?? [];
    const block: Block = { words: words.filter((w) => w !== '{' && w !== '}').map((w) => w.replaceAll('"', '')), inner: [] };
    if (block.words.length > 0) open.at(-1)?.inner.push(block);
    if (words.includes('{')) open.push(block.words.length > 0 ? block : (open.at(-1)?.inner.at(-1) ?? block));
    if (words.includes('}') && open.length > 1) open.pop();
  }
  return root.inner;
}
