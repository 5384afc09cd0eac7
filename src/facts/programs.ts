import { sh } from '../shell/sh.ts';
import type { Facts } from './facts.ts';
import type { Section } from './section.ts';

const FORMS = {
  haproxy: /^HA-?Proxy version (\d+(?:\.\d+)+)/m,
  keepalived: /^Keepalived v(\d+(?:\.\d+)+)/m,
  docker: /^Docker version (\d+(?:\.\d+)+)/m,
  nginx: /^nginx version: \S+?\/(\d+(?:\.\d+)+)/m,
} as const;

/** Upstream versions of the programs we run, where they are installed; asked of the programs, so that built ones count too. */
export const programs: Section<Pick<Facts, 'programs'>> = {
  command: sh`for program in ${Object.keys(FORMS)}; do command -v "$program" >/dev/null && "$program" -v 2>&1; done`,
  parse(text) {
    const versions = Object.entries(FORMS).map(([name, form]) => [name, form.exec(text)?.[1]]);
    return { programs: Object.fromEntries(versions.filter(([, version]) => version !== undefined)) };
  },
};
