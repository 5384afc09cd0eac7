import { parseLines } from '../shell/parse.ts';
import { sh } from '../shell/sh.ts';
import type { Facts } from './facts.ts';
import type { Section } from './section.ts';

/** Name, kernel and size of the machine, and who asks. */
export const machine: Section<Pick<Facts, 'hostname' | 'kernel' | 'architecture' | 'user' | 'memoryMb' | 'cpus'>> = {
  command: sh`uname -nrm; id -un; show /sys/devices/system/cpu/online; read -r line </proc/meminfo && echo "$line"`,
  parse(text) {
    const [identity = '', user = '', ...sizes] = parseLines(text);
    const [hostname = '', kernel = '', architecture = ''] = identity.split(' ');
    const memory = sizes.map((line) => /^MemTotal:\s+(\d+) kB/.exec(line)?.[1]).find((kb) => kb !== undefined);
    return {
      hostname,
      kernel,
      architecture,
      user,
      memoryMb: memory === undefined ? undefined : Math.floor(Number(memory) / 1024),
      cpus: countCpus(sizes.find((line) => /^[\d,-]+$/.test(line))),
    };
  },
};

/** How many CPUs a list like `0-3,8` names (Linux, Documentation/admin-guide/cputopology.rst). */
function countCpus(list: string | undefined): number | undefined {
  return list?.split(',').reduce((sum, range) => {
    const [first = 0, last = first] = range.split('-').map(Number);
    return sum + last - first + 1;
  }, 0);
}
