import type { Check } from '../cluster/checks.ts';
import type { Section } from '../facts/section.ts';
import { sh } from '../shell/sh.ts';

/** How a check of keepalived fared when it was run as keepalived runs it. */
export interface CheckRun {
  readonly exitCode: number;
  readonly seconds: number;
}

/** Runs each check as its user, ended when keepalived would end it; /proc/uptime tells the time without starting a program. */
export const checkRuns = (all: readonly Check[]): Section<Readonly<Record<string, CheckRun>>> => ({
  command: all.map(runCheck).reduce((one, next) => sh`${one}\n${next}`, sh`:`),
  parse: (text) =>
    Object.fromEntries(
      [...text.matchAll(/^check (\S+) (\d+) (\S+) (\S+)$/gm)].map(([, name = '', code, began, ended]) => [
        name,
        { exitCode: Number(code), seconds: Number(ended) - Number(began) },
      ]),
    ),
});

const runCheck = ({ name, script, timeout, user }: Check) => sh`read -r began _ </proc/uptime
timeout ${timeout + 1} su -s /bin/sh -c ${`exec ${script}`} ${user} >/dev/null 2>&1 </dev/null; code=$?
read -r ended _ </proc/uptime
echo ${`check ${name}`} "$code $began $ended"`;
