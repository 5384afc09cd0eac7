import type { LiveRule } from './chains.ts';
import { network, protocolName, type Wanted } from './rule.ts';

/** A rule of ufw as its user.rules and user6.rules note it, beside what iptables makes of it. */
export interface UfwRule extends LiveRule {
  readonly version: 4 | 6;
  readonly direction: 'in' | 'out' | 'route';
}

const TARGETS: Readonly<Record<string, string>> = { allow: 'ACCEPT', deny: 'DROP', reject: 'REJECT', limit: 'LIMIT' };

/** Reads the `### tuple ###` lines of a file: `ACTION PROTO DPORT DST SPORT SRC [DAPP SAPP] DIRECTION[_INTERFACE] [comment=HEX]`. */
export const parseTuples = (text: string, version: 4 | 6): UfwRule[] =>
  [...text.matchAll(/^### tuple ### (.*)$/gm)].map(([, spec = '']) => {
    const [action = '', protocol = '', port = '', destination = '', sourcePort = '', source = '', ...rest] = spec.split(' ');
    const where = rest.find((word) => /^(in|out)(_|$)/.test(word)) ?? 'in';
    const comment = rest.find((word) => word.startsWith('comment='))?.slice('comment='.length) ?? '';
    const isRoute = action.startsWith('route:');
    const direction = where.startsWith('out') ? 'out' : 'in';
    const [, inInterface = ''] = /(?:^|!)in_([^!]+)/.exec(where) ?? [];
    const [, outInterface = ''] = /(?:^|!)out_([^!]+)/.exec(where) ?? [];
    return {
      version,
      direction: isRoute ? 'route' : direction,
      target: TARGETS[action.replace(/^route:/, '').replace(/_log.*$/, '')] ?? action,
      protocol: protocol === 'any' ? '' : protocolName(protocol),
      ports: port === 'any' ? [] : port.split(','),
      source: network(source),
      destination: network(destination),
      inInterface,
      outInterface,
      tag: Buffer.from(comment, 'hex').toString(),
      others: sourcePort === 'any' ? [] : [sourcePort],
      spec,
    };
  });

/** The words after `ufw allow` or `ufw delete allow` for a rule of one IP version; `any` would be for both. */
export function ufwWords({ chain, version, protocol, source, destination, ports }: Wanted): string[] {
  const every = version === 4 ? '0.0.0.0/0' : '::/0';
  return [
    chain === 'OUTPUT' ? 'out' : 'in',
    ...(protocol === '' ? [] : ['proto', protocol]),
    ...Object.entries({ from: source || every, to: destination || every }).flat(),
    ...(ports.length === 0 ? [] : ['port', ports.join(',')]),
  ];
}

/** A rule as a wish, to be named for its deletion. */
export const asWish = (rule: UfwRule): Wanted => ({ ...rule, chain: rule.direction === 'out' ? 'OUTPUT' : 'INPUT', action: 'ACCEPT' });
