import { parseLines } from '../../shell/parse.ts';
import type { LiveRule } from './chains.ts';
import { network, protocolName, type Wanted } from './rule.ts';

/** A rich rule of firewalld as far as this program can judge it. */
export interface RichRule extends LiveRule {
  readonly version: 4 | 6 | undefined;
}

/** A zone as it rules at the moment. */
export interface Zone {
  readonly name: string;
  /** Whether packets come in by it: an interface or a source belongs to it, or all that belongs to no other. */
  readonly isUsed: boolean;
  /** `default`, `DROP`, `%%REJECT%%` or `ACCEPT`. */
  readonly target: string;
  readonly rules: readonly RichRule[];
}

/** Reads `firewall-cmd --list-all-zones`. */
export const parseZones = (text: string, defaultZone: string): Zone[] =>
  text
    .split(/^(?=\S)/m)
    .filter((block) => block.trim() !== '')
    .map((block) => {
      const [, name = '', mark = ''] = /^(\S+)(.*)/.exec(block) ?? [];
      const rules = block.split(/^ *rich rules: */m)[1] ?? '';
      return {
        name,
        isUsed: name === defaultZone || /\bactive\b/.test(mark),
        target: /^ *target: (\S+)/m.exec(block)?.[1] ?? 'default',
        rules: parseLines(rules)
          .filter((line) => line.startsWith('rule '))
          .map(parseRichRule),
      };
    });

/** Reads `rule family="ipv4" source address="10.0.0.2" port port="80" protocol="tcp" accept` (firewalld.richlanguage(5)). */
export function parseRichRule(spec: string): RichRule {
  const of = (pattern: RegExp) => pattern.exec(spec)?.[1] ?? '';
  const [port, transport] = [of(/ port port="([^"]*)"/), of(/ port port="[^"]*" protocol="([^"]*)"/)];
  const family = of(/ family="ipv([46])"/);
  const rest = spec
    .replace(/^rule/, '')
    .replace(/ (?:priority="0"|family="[^"]*"|source address="[^"]*"|destination address="[^"]*"|protocol value="[^"]*")/g, '')
    .replace(/ port port="[^"]*" protocol="[^"]*"/, '')
    .replace(/ (accept|drop|reject)(?: type="[^"]*")?$/, '');
  return {
    version: family === '' ? undefined : family === '4' ? 4 : 6,
    protocol: transport || protocolName(of(/ protocol value="([^"]*)"/)),
    source: network(of(/ source address="([^"]*)"/)),
    destination: network(of(/ destination address="([^"]*)"/)),
    ports: port === '' ? [] : [port.replace('-', ':')],
    inInterface: '',
    outInterface: '',
    target: of(/ (accept|drop|reject)(?: type="[^"]*")?$/).toUpperCase(),
    tag: '',
    others: rest.trim() === '' ? [] : [rest.trim()],
    spec,
  };
}

/** Reads the rich rules of a zone's file (firewalld.zone(5)), in the words of {@link parseRichRule}. */
export const parseZoneFile = (xml: string): RichRule[] =>
  [...xml.matchAll(/<rule\b([^>]*)>([\s\S]*?)<\/rule>/g)].map(([, attributes = '', inner = '']) => {
    const parts = [...inner.matchAll(/<(\w[\w-]*)([^>]*?)\/?>/g)].map(([, element = '', words = '']) => `${element}${words.trimEnd()}`);
    return parseRichRule(['rule', ...(attributes.trim() === '' ? [] : [attributes.trim()]), ...parts].join(' '));
  });

/** A wish in the words of firewalld; protocols by number, for a host may lack /etc/protocols. */
export function richRule({ version, protocol, source, destination, ports, action }: Wanted): string {
  const plain = (address: string) => address.replace(version === 4 ? /\/32$/ : /\/128$/, '');
  const number = { vrrp: '112', igmp: '2' }[protocol] ?? protocol;
  const [port] = ports;
  return [
    `rule family="ipv${version}"`,
    ...(source === '' ? [] : [`source address="${plain(source)}"`]),
    ...(destination === '' ? [] : [`destination address="${plain(destination)}"`]),
    ...(port !== undefined
      ? [`port port="${port.replace(':', '-')}" protocol="${protocol}"`]
      : protocol === ''
        ? []
        : [`protocol value="${number}"`]),
    action.toLowerCase(),
  ].join(' ');
}
