import { HostError } from '../model/errors.ts';
import type { Probe } from '../model/probe.ts';
import { lines, sh } from '../shell/sh.ts';
import type { Context } from './module.ts';
import { parseUnits, type Unit, unitQuery } from './unit.ts';

/** The programs that keep a host's clock, or could. */
export interface TimeState {
  /** Every service of the family's time table. */
  readonly units: ReadonlyMap<string, Unit>;
  /** Configuration files that are there, by path. */
  readonly files: ReadonlyMap<string, string>;
  readonly container: boolean;
  /** Whether services of this host may set the clock (CAP_SYS_TIME in the bounding set of init). */
  readonly canSetClock: boolean;
}

/** One question for all programs of the family, whichever is to be used. */
export function timeProbe({ os, facts }: Context): Probe<TimeState> {
  const services = os.time.flatMap((p) => [p.service, ...(p.atBoot ? [p.atBoot.service] : [])]);
  const paths = os.time.flatMap((p) => [p.config, ...(p.atBoot ? [p.atBoot.servers] : [])]);
  return {
    command: lines(
      sh`sed -n 's/^CapBnd:[[:space:]]*//p' /proc/1/status; printf '\\0'`,
      sh`${CONTAINER} && echo yes; printf '\\0'`,
      sh`for file in ${paths}; do [ -e "$file" ] && cat -- "$file" && printf x; printf '\\0'; done`,
      unitQuery(services, facts.init),
    ),
    parse(result) {
      const [capabilities = '', container = '', ...texts] = result.stdout.split('\0');
      const units = parseUnits(services, { ...result, stdout: texts.at(paths.length) ?? '' });
      const files = paths.flatMap((path, i) => (texts[i] ? [[path, texts[i].slice(0, -1)] as const] : []));
      return {
        units: new Map(services.map((service, i) => [service, units[i] as Unit])),
        files: new Map(files),
        container: container.trim() === 'yes',
        canSetClock: hasCapability(capabilities, SYS_TIME),
      };
    },
  };
}

/** systemd notes it in /run/systemd/container; other inits keep the variable `container` they were started with. */
const CONTAINER = sh`{ [ -e /run/systemd/container ] || [ -e /.dockerenv ] || grep -qs '^container=\\|.container=' /proc/1/environ; }`;

/** CAP_SYS_TIME of capabilities(7). */
const SYS_TIME = 25n;

function hasCapability(mask: string, bit: bigint): boolean {
  if (!/^[0-9a-f]+$/.test(mask.trim()))
    throw new HostError('cannot tell whether the clock may be set: /proc/1/status names no capabilities');
  return ((BigInt(`0x${mask.trim()}`) >> bit) & 1n) === 1n;
}

/** The unit of a service in the family's time table. */
export function unitOf({ units }: TimeState, service: string): Unit {
  const unit = units.get(service);
  if (!unit) throw new RangeError(`${service} was not asked about`);
  return unit;
}
