import { z } from 'zod';
import { refused } from '../model/change.ts';
import { HostError } from '../model/errors.ts';
import { sh } from '../shell/sh.ts';
import { defineModule } from './module.ts';

const params = z.strictObject({
  vips: z
    .array(
      z.strictObject({
        address: z.string(),
        interface: z.string(),
        prefix: z.int().optional(),
        instance: z.string().optional(),
      }),
    )
    .describe('Floating addresses and the interfaces they belong on, such as node.vips'),
  known_macs: z.array(z.string()).describe('MAC addresses that may answer for them: those of the nodes'),
});

/** Who answers for an address: this host itself, a MAC address, or nobody. */
export interface Neighbour {
  readonly address: string;
  readonly mac: string;
}

/**
 * Asks the network, afresh, who has each address: all at once, in a second and a fifth when nobody answers.
 * Needs nothing but iproute2; before its 5.16 (`neigh … use`) any packet makes the kernel ask, so ping or logger send one.
 */
const question = (words: readonly string[]) => sh`[ "$(id -u)" = 0 ] || exit 4
own=$(ip -o address show) || exit
asked=
for v in ${words}; do
  a=\${v%%,*} i=\${v#*,}
  case $own in *" $a/"*) continue ;; esac
  ip neigh del "$a" dev "$i" 2>/dev/null
  ip neigh add "$a" dev "$i" use 2>/dev/null ||
    if command -v ping >/dev/null; then ping -c 1 -W 1 -I "$i" "$a" >/dev/null 2>&1 &
    else logger --server "$a" --udp --port 9 -- vipctl 2>/dev/null || exit 5; fi
  asked=1
done
n=0
while [ -n "$asked" ] && [ "$n" -lt 12 ] && [ -n "$(ip neigh show nud incomplete)" ]; do
  sleep 0.1
  n=$((n+1))
done
ip neigh show`;

/** Guards VIPs before anything is touched: no machine but the cluster's own nodes may answer for them. */
export const vipModule = defineModule<z.output<typeof params>, readonly Neighbour[]>({
  name: 'vip',
  params,
  check: ({ vips }) => ({
    command: question(vips.map((v) => `${v.address},${v.interface}`)),
    parse: ({ exitCode, stdout, stderr }) => {
      if (exitCode === 4) throw new HostError('only root may ask the network who has a VIP', { hint: 'add become: true' });
      if (exitCode === 5) throw new HostError('nothing on the host can make it ask who has a VIP', { hint: 'install ping' });
      if (exitCode !== 0) throw new HostError(`cannot ask who has a VIP: ${stderr.trim()}`);
      return vips.flatMap(({ address, interface: dev }) => answers(stdout, address, dev));
    },
  }),
  plan({ known_macs }, found) {
    const known = new Set(known_macs.map((mac) => mac.toLowerCase()));
    const foreign = found.find(({ mac }) => !known.has(mac));
    if (!foreign) return [];
    return refused(
      `VIP ${foreign.address} already answers from MAC ${foreign.mac}, which is none of this cluster's nodes`,
      'another machine has this address: choose a free one, or take it off that machine',
    );
  },
});

/** Lines of `ip neigh show`: `10.0.0.100 dev eth0 lladdr 02:00:… REACHABLE`; without an answer there is no lladdr. */
function answers(text: string, address: string, dev: string): Neighbour[] {
  const words = text.split('\n').map((line) => line.split(/\s+/));
  return words
    .filter((w) => w[0] === address && w[1] === 'dev' && w[2] === dev && w[3] === 'lladdr')
    .map((w) => ({ address, mac: (w[4] ?? '').toLowerCase() }));
}
