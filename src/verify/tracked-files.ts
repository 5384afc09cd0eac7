import type { TrackFile } from '../cluster/checks.ts';
import type { Section } from '../facts/section.ts';
import { sh } from '../shell/sh.ts';

/** The number each tracked file begins with, as strtol(3) reads it; 0 where it is missing or holds none (track_file.c). */
export const trackedFiles = (files: readonly TrackFile[]): Section<Readonly<Record<string, number>>> => ({
  command: files.map(({ name, path }) => sh`echo "tracked "${name}" $(show ${path})"`).reduce((one, next) => sh`${one}\n${next}`, sh`:`),
  parse: (text) =>
    Object.fromEntries(
      [...text.matchAll(/^tracked (\S+) [ \t]*(?:([+-]?)0x([\da-f]+)|([+-]?\d+))?/gim)].map(([, name = '', sign, hex, decimal]) => [
        name,
        hex === undefined ? Number(decimal ?? 0) : Number.parseInt(`${sign}${hex}`, 16),
      ]),
    ),
});
