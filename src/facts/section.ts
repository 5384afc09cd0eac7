import { HostError } from '../model/errors.ts';
import type { Probe } from '../model/probe.ts';
import type { CommandResult } from '../shell/batch.ts';
import { type Command, lines, sh } from '../shell/sh.ts';

/** One subject's share of a command that asks about several; must print nothing rather than guess. */
export interface Section<T> {
  readonly command: Command;
  parse(text: string): T;
}

type Answers<S> = { readonly [K in keyof S]: S[K] extends Section<infer T> ? T : never };

/** Prints a small file without starting a program: facts are read on every run, and each program started costs 1–2 ms. */
const SHOW = sh`show() { [ ! -r "$1" ] || while IFS= read -r line || [ -n "$line" ]; do printf '%s\\n' "$line"; done <"$1"; }`;
const MARK = '@@ ';

/** Asks several sections with one command; their commands may use `show FILE`. The probe throws HostError on a broken answer. */
export function together<S extends Record<string, Section<unknown>>>(sections: S): Probe<Answers<S>> {
  const parts = Object.entries(sections).map(([name, { command }]) => lines(sh`printf '\\n%s\\n' ${MARK + name}`, command));
  return {
    command: sh`exec 2>/dev/null\n${lines(SHOW, ...parts)}\n:`,
    parse: (result) => {
      const texts = split(result);
      return Object.fromEntries(
        Object.entries(sections).map(([name, s]) => [name, s.parse(texts.get(name) ?? missing(name))]),
      ) as Answers<S>;
    },
  };
}

function split({ stdout }: CommandResult): Map<string, string> {
  const [, ...parts] = `\n${stdout}`.split(`\n${MARK}`);
  return new Map(parts.map((part) => [part.slice(0, part.indexOf('\n')), part.slice(part.indexOf('\n') + 1)]));
}

function missing(name: string): never {
  throw new HostError(`the host's answer lacks its part about ${name}`);
}
