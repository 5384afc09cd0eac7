import type { LiveRule } from './chains.ts';
import { network, protocolName, type Rule } from './rule.ts';

/** A rule as `iptables-save` prints it; its spec is the line without `-A CHAIN`. */
export interface SavedRule extends LiveRule {
  readonly chain: string;
}

/** Options whose one argument says what the rule matches, with the field it belongs to. */
const FIELDS = {
  '-s': 'source',
  '-d': 'destination',
  '-p': 'protocol',
  '-i': 'inInterface',
  '-o': 'outInterface',
  '--dport': 'ports',
  '--dports': 'ports',
  '-j': 'target',
  '-g': 'target',
  '--comment': 'tag',
} as const;
type Field = (typeof FIELDS)[keyof typeof FIELDS];

/** Matches that only carry options of {@link FIELDS}. */
const CARRIERS = ['tcp', 'udp', 'sctp', 'multiport', 'comment'];

/** Reads one `-A CHAIN …` line; undefined for any other. */
export function parseRule(line: string): SavedRule | undefined {
  const [, chain = '', spec = ''] = /^(?:\[\d+:\d+\] )?-A (\S+) ?(.*)$/.exec(line) ?? [];
  if (chain === '') return undefined;
  const fields: Record<Field, string> = {
    source: '',
    destination: '',
    protocol: '',
    inInterface: '',
    outInterface: '',
    ports: '',
    target: '',
    tag: '',
  };
  const others: string[] = [];
  const words = splitSaved(spec);
  for (let i = 0; i < words.length; i++) {
    const word = words[i] ?? '';
    const next = words[i + 1] ?? '';
    if (Object.hasOwn(FIELDS, word)) fields[FIELDS[word as keyof typeof FIELDS]] = words[++i] ?? '';
    else if (word === '--reject-with' || (word === '-m' && CARRIERS.includes(next))) i++;
    else others.push(word);
  }
  const { ports, ...texts } = fields;
  return {
    ...texts,
    protocol: protocolName(fields.protocol),
    source: network(fields.source),
    destination: network(fields.destination),
    ports: ports === '' ? [] : ports.split(','),
    chain,
    isGoto: words.includes('-g'),
    others,
    spec,
  };
}

/** Words of an `iptables-save` line: blanks part them, double quotes hold them together, backslashes protect inside quotes. */
const splitSaved = (text: string): string[] =>
  [...text.matchAll(/"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, quoted, bare]) => quoted?.replace(/\\(.)/g, '$1') ?? bare ?? '');

/** What follows `-A CHAIN` for a wished rule, as `iptables-restore` reads it. */
export function ruleSpec(rule: Rule): string {
  const { protocol, ports } = rule;
  const option = (name: string, value: string) => (value === '' ? [] : [name, value]);
  const port = ports.length > 1 ? ['-m', 'multiport', '--dports', ports.join(',')] : ['-m', protocol, '--dport', ...ports];
  return [
    ...option('-s', rule.source),
    ...option('-d', rule.destination),
    ...option('-i', rule.inInterface),
    ...option('-o', rule.outInterface),
    // Where /etc/protocols is missing (Debian's netbase), only the number is understood.
    ...option('-p', { vrrp: '112', igmp: '2' }[protocol] ?? protocol),
    ...(ports.length > 0 ? port : []),
    ...['-m', 'comment', '--comment', `"${rule.tag}"`],
    ...['-j', rule.action],
  ].join(' ');
}
