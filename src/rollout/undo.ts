import type { Probe } from '../model/probe.ts';
import { type Command, sh } from '../shell/sh.ts';

/** A file before an update: its newest backup (empty: none), and whether it was there; of a link that names a build, where it led. */
export interface Mark {
  readonly file: string;
  readonly backup: string;
  readonly existed: boolean;
  readonly link?: string;
}

/** The backups that every write leaves beside the file are numbered, so the newest is the last. */
const NEWEST = sh`n=; for b in "$f.vipctl."[0-9]*~; do if [ -e "$b" ]; then n=$b; fi; done`;

/** Asks how files stand before they are changed, and where links lead before they are turned. */
export const markProbe = (files: readonly string[], links: readonly string[] = []): Probe<readonly Mark[]> => ({
  command: sh`for f in ${files}; do ${NEWEST}
if [ -e "$f" ]; then e=there; else e=absent; fi; printf '%s\\t%s\\t%s\\n' "$f" "$n" "$e"; done
for f in ${links}; do if [ -h "$f" ]; then printf '%s\\t\\tlink\\t%s\\n' "$f" "$(readlink "$f")"; fi; done`,
  parse: ({ stdout }) =>
    stdout
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => {
        const [file = '', backup = '', standing, link] = line.split('\t');
        return { file, backup, existed: standing === 'there', ...(link !== undefined && { link }) };
      }),
});

/** Puts files back as they were when they were marked; what was not written since stays. The new time of change makes services read them. */
export const putBack = (marks: readonly Mark[]): Command =>
  marks
    .map(
      ({ file, backup, existed, link }) =>
        sh`f=${file}\n${link === undefined ? (existed ? restore(backup) : sh`rm -f -- "$f"`) : turn(link)}`,
    )
    .reduce((a, b) => sh`${a}\n${b}`, sh`set -e`);

const restore = (backup: string): Command => sh`${NEWEST}
if [ -n "$n" ] && [ "$n" != ${backup} ]; then cp -a -- "$n" "$f.vipctl-back"; touch -- "$f.vipctl-back"; mv -f -- "$f.vipctl-back" "$f"; fi`;

/** The stamp of the build is touched, so that its service sees that it runs another. */
const turn = (target: string): Command =>
  sh`if [ "$(readlink "$f")" != ${target} ]; then touch -- "\${f%/*}/"${target}/.vipctl; ln -sfn -- ${target} "$f.vipctl-back"; mv -fT -- "$f.vipctl-back" "$f"; fi`;
