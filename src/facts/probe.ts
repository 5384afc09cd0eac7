import type { Probe } from '../model/probe.ts';
import { clock } from './clock.ts';
import type { Facts } from './facts.ts';
import { firewall } from './firewall.ts';
import { limits } from './limits.ts';
import { machine } from './machine.ts';
import { management } from './management.ts';
import { network, routes } from './network.ts';
import { networkd } from './networkd.ts';
import { programs } from './programs.ts';
import { release } from './release.ts';
import { together } from './section.ts';

/** Everything we want to know of a host, in one command; `peers` are addresses whose route matters. */
export function factsProbe(peers: readonly string[]): Probe<Facts> {
  const { command, parse } = together({
    clock,
    release,
    machine,
    management,
    network,
    routes: routes(peers),
    firewall,
    programs,
    limits,
    networkd,
  });
  return {
    command,
    parse(result) {
      const told = parse(result);
      return {
        clockOffsetMs: undefined,
        ...told.clock,
        ...told.release,
        ...told.machine,
        ...told.management,
        ...told.network,
        ...told.routes,
        ...told.firewall,
        ...told.programs,
        ...told.limits,
        ...told.networkd,
      };
    },
  };
}
