import { ConfigError, EXIT, VipctlError } from '../model/errors.ts';
import { Secret } from '../shell/sh.ts';
import { type Io, isInteractive } from './io.ts';

/** Asks for a secret without echo; it is masked in all output from then on. Throws where there is nobody to ask. */
export async function askSecret(question: string, io: Io): Promise<Secret> {
  if (!isInteractive(io)) throw new ConfigError(`cannot ask for the ${question}: this is no terminal`);
  return secretFrom(question, io).catch((error: unknown) => {
    throw isRefusal(error) ? interrupted(error) : error;
  });
}

/** The same, but undefined when the person answers with Ctrl-C. */
export const askSecretIfWilling = (question: string, io: Io): Promise<Secret | undefined> =>
  secretFrom(question, io).catch((error: unknown) => {
    if (isRefusal(error)) return undefined;
    throw error;
  });

/** Asks a yes-or-no question; Enter alone means no. */
export async function askYes(question: string, io: Io): Promise<boolean> {
  const { default: confirm } = await import('@inquirer/confirm');
  return confirm({ message: question, default: false }, context(io)).catch((error: unknown) => {
    throw isRefusal(error) ? interrupted(error) : error;
  });
}

async function secretFrom(question: string, io: Io): Promise<Secret> {
  const { default: password } = await import('@inquirer/password');
  const secret = new Secret(await password({ message: question, toggleMask: false }, context(io)));
  io.redactor.add(secret);
  return secret;
}

/** Questions go to stderr, for stdout holds nothing but the result, and leave no trace that a live screen could stumble over. */
const context = ({ stdin, stderr, signal }: Io) => ({ input: stdin, output: stderr, signal, clearPromptOnDone: true });

const isRefusal = (error: unknown) => error instanceof Error && ['ExitPromptError', 'AbortPromptError'].includes(error.name);
const interrupted = (cause: unknown) => new VipctlError('interrupted; nothing was changed', { exitCode: EXIT.interrupted, cause });
