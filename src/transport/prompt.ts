import type { Secret } from '../shell/sh.ts';

/** Asks the person at the terminal for something that must not be seen; undefined: they would rather not. */
export type Prompt = (question: string) => Promise<Secret | undefined>;

/** Lets many hosts ask, but one at a time. */
export function inTurn(prompt: Prompt): Prompt {
  let last: Promise<unknown> = Promise.resolve();
  return (question) => {
    const answer = last.then(() => prompt(question));
    last = answer.catch(() => undefined);
    return answer;
  };
}
