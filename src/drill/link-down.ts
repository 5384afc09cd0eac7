import { type Command, lines, sh } from '../shell/sh.ts';
import { JOURNAL } from './dead-man.ts';

const kept = (what: string) => `${JOURNAL}/${what}`;

/**
 * Takes an interface down, having noted what goes with it: the kernel forgets static routes through it and IPv6 addresses on it. What
 * the kernel or a router makes anew by itself, and the VIPs, which are keepalived's, are not noted.
 */
export const linkDown = (link: string, vips: readonly string[]): Command =>
  lines(
    sh`ip -6 -o address show dev ${link} scope global | grep -v -e ' dynamic' -e ' temporary' ${vips.map((vip) => ['-e', ` ${vip}/`])} | sed -n 's,.* inet6 \\([^ ]*\\) .*,\\1,p' >${kept('addresses')}`,
    ...routes.map(({ version, file }) => sh`ip ${version} route show dev ${link} | grep -v -e 'proto kernel' -e 'proto ra' >${kept(file)}`),
    sh`ip link set dev ${link} down`,
  );

/** Brings it up and puts back what went; IPv6 addresses without the wait for duplicates, for they were there before. */
export const linkUp = (link: string): Command =>
  lines(
    sh`ip link set dev ${link} up || exit`,
    sh`if [ -s ${kept('addresses')} ]; then while read -r address; do ip -6 address replace "$address" dev ${link} nodad || exit; done <${kept('addresses')}; fi`,
    // The words of a route are several on purpose, and flags of its state are none of its own.
    ...routes.map(
      ({ version, file }) =>
        sh`if [ -s ${kept(file)} ]; then sed -e 's/ linkdown//; s/ dead//' ${kept(file)} | while read -r route; do ${replaceRoute(version, link)}; done || exit; fi`,
    ),
  );

/** Puts `$route` back. networkd takes the addresses of a link that is down away and needs a moment to bring them back: until then no gateway is in reach. */
const replaceRoute = (version: string, link: string): Command =>
  sh`tries=0; until ip ${version} route replace $route dev ${link} 2>/dev/null; do tries=$((tries + 1)); [ "$tries" -lt 40 ] || exit 1; sleep 0.25; done`;

const routes = [
  { version: '-4', file: 'routes4' },
  { version: '-6', file: 'routes6' },
] as const;
