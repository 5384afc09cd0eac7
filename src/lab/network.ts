import { ConfigError, VipctlError } from '../model/errors.ts';
import { exec, succeeds } from './exec.ts';
import { bridgeMac, bridgeName, ruleTag } from './names.ts';
import { eventually } from './poll.ts';
import { type LabSpec, overlap, readSubnet } from './spec.ts';

/** Makes the lab's bridge and its way out to the machine's networks; what already stands is left alone. */
export async function raiseNetwork(spec: LabSpec): Promise<void> {
  const bridge = bridgeName(spec.name);
  const address = `${spec.gateway}/${readSubnet(spec.subnet).prefix}`;
  if (!(await succeeds('ip', ['link', 'show', bridge])))
    await exec('ip', ['link', 'add', bridge, 'address', bridgeMac(spec.name), 'type', 'bridge']);
  // Snooping may hold back the multicast that VRRP lives on.
  await exec('ip', ['link', 'set', bridge, 'up', 'type', 'bridge', 'mcast_snooping', '0']);
  const has = await addressesOf(bridge);
  if (!has.includes(address)) {
    await exec('ip', ['address', 'flush', 'dev', bridge]);
    await exec('ip', ['address', 'add', address, 'dev', bridge]);
  }
  await replaceRules(spec.name, rulesFor(spec, bridge));
}

/** Removes the lab's rules and bridge. */
export async function dropNetwork(lab: string): Promise<void> {
  await replaceRules(lab, []);
  await dropLink(bridgeName(lab));
}

/** A rule as `iptables -S` prints it, with its table. */
export interface Rule {
  readonly table: string;
  readonly chain: string;
  readonly match: readonly string[];
}

/** Way out by NAT; and a way through for machines that drop what they forward, as Docker makes them. */
function rulesFor({ name, subnet }: LabSpec, bridge: string): Rule[] {
  const tag = ['-m', 'comment', '--comment', ruleTag(name)];
  return [
    { table: 'nat', chain: 'POSTROUTING', match: ['-s', subnet, '!', '-o', bridge, ...tag, '-j', 'MASQUERADE'] },
    { table: 'filter', chain: 'FORWARD', match: ['-o', bridge, ...tag, '-j', 'ACCEPT'] },
    { table: 'filter', chain: 'FORWARD', match: ['-i', bridge, ...tag, '-j', 'ACCEPT'] },
  ];
}

async function replaceRules(lab: string, wanted: readonly Rule[]): Promise<void> {
  const standing = (await Promise.all(['nat', 'filter'].map((table) => readRules(table, lab)))).flat();
  const text = (rules: readonly Rule[]) =>
    rules
      .map((r) => JSON.stringify(r))
      .sort()
      .join();
  if (text(standing) === text(wanted)) return;
  const change = (action: string, { table, chain, match }: Rule) => exec('iptables', ['-w', '-t', table, action, chain, ...match]);
  for (const rule of standing) await change('-D', rule);
  for (const rule of wanted) await change('-I', rule);
}

async function readRules(table: string, lab: string): Promise<Rule[]> {
  return parseRules(table, await exec('iptables', ['-w', '-t', table, '-S']), ruleTag(lab));
}

/** The rules bearing a comment in what `iptables -S` prints. */
export function parseRules(table: string, text: string, comment: string): Rule[] {
  const words = text.split('\n').map((line) => line.split(' '));
  return words.flatMap(([action, chain = '', ...match]) =>
    action === '-A' && match[match.indexOf('--comment') + 1] === comment ? { table, chain, match } : [],
  );
}

interface Link {
  readonly ifname: string;
  readonly addr_info?: readonly { readonly family: string; readonly local: string; readonly prefixlen: number }[];
}

async function readLinks(...args: string[]): Promise<readonly Link[]> {
  const text = await exec('ip', ['-json', ...args]);
  return JSON.parse(text || '[]') as Link[];
}

async function addressesOf(link: string): Promise<string[]> {
  const links = await readLinks('-4', 'address', 'show', 'dev', link);
  return links.flatMap((l) => l.addr_info ?? []).map((a) => `${a.local}/${a.prefixlen}`);
}

/** Throws ConfigError when the lab's network is one this machine is already on. */
export async function refuseOverlap({ name, subnet }: LabSpec): Promise<void> {
  const others = (await readLinks('-4', 'address', 'show')).filter((l) => l.ifname !== bridgeName(name));
  for (const { ifname, addr_info = [] } of others)
    for (const { local, prefixlen } of addr_info)
      if (overlap(subnet, `${local}/${prefixlen}`))
        throw new ConfigError(`lab ${name}: its network ${subnet} meets ${local}/${prefixlen} of ${ifname}`, {
          hint: ifname.startsWith('lab-')
            ? 'take the other lab down, or set lab_subnet and other addresses'
            : 'set lab_subnet to a network not in use here',
        });
}

/** Deletes a link that may be on its way out with its host. */
export async function dropLink(link: string): Promise<void> {
  const gone = async () => !(await succeeds('ip', ['link', 'show', link]));
  if (await gone()) return;
  await succeeds('ip', ['link', 'delete', link]);
  if (!(await eventually(gone, 5_000))) throw new VipctlError(`interface ${link} cannot be removed`);
}
