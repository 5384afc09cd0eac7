import type { AnyAuthMethod, AuthenticationType, Prompt as Question } from 'ssh2';
import { UnreachableError } from '../model/errors.ts';
import type { Deadline } from './deadline.ts';
import { type Endpoint, showAddress } from './endpoint.ts';
import type { Identities, Identity } from './identities.ts';
import { Keyring } from './keyring.ts';
import type { Prompt } from './prompt.ts';

type Method = 'none' | 'agent' | 'password' | 'keyboard-interactive';
type Next = (method: AnyAuthMethod | false) => void;

/** The name RFC 4252 has for a method. */
const wireName = (method: Method) => (method === 'agent' ? 'publickey' : method);

/** Logs in by every means there is: keys, then password, then what the server asks. Remembers what it tried. */
export class Login {
  /** Set when a key could not sign: nothing the server says matters then. */
  failure: UnreachableError | undefined;
  readonly #endpoint: Endpoint;
  readonly #identities: Identities;
  readonly #deadline: Deadline;
  readonly #ask: Prompt | undefined;
  readonly #left: Method[];
  readonly #tried: string[] = [];
  #offered: readonly string[] = [];
  #answered = false;

  constructor(endpoint: Endpoint, identities: Identities, deadline: Deadline, prompt: Prompt | undefined) {
    this.#endpoint = endpoint;
    this.#identities = identities;
    this.#deadline = deadline;
    this.#ask = prompt && ((question) => deadline.pause(() => prompt(question)));
    // After keys the library does not say what else the server takes; `none` asks.
    this.#left = [...(identities.list.length > 0 ? (['agent'] as const) : []), 'none', 'password', 'keyboard-interactive'];
  }

  /** What the SSH library calls for each attempt. */
  readonly handler = (offered: AuthenticationType[] | null, _partial: boolean | null, next: unknown): void => {
    if (offered) this.#offered = offered;
    this.#attempt().then(next as Next, (error: unknown) => {
      this.#fail(error);
      (next as Next)(false);
    });
  };

  /** Why the server did not let us in. */
  error(hint?: string): UnreachableError {
    if (this.failure) return this.failure;
    const { user } = this.#endpoint;
    const tried = this.#tried.length > 0 ? `tried ${this.#tried.join(', ')}` : 'there was nothing to try';
    const offers = this.#offered.length > 0 ? `; the server accepts ${this.#offered.join(', ')}` : '';
    const skipped = this.#identities.skipped.length > 0 ? `not tried: ${this.#identities.skipped.join('; ')}` : undefined;
    return new UnreachableError(`${showAddress(this.#endpoint)} does not let ${user} log in: ${tried}${offers}`, {
      hint: hint ?? skipped ?? 'set ansible_user and ansible_ssh_private_key_file, or use --user, --private-key or --ask-pass',
    });
  }

  async #attempt(): Promise<AnyAuthMethod | false> {
    const isOffered = (method: Method) => this.#offered.length === 0 || this.#offered.includes(wireName(method));
    for (let method = this.#left.shift(); method && !this.failure; method = this.#left.shift()) {
      const attempt = method === 'none' || isOffered(method) ? await this.#prepare(method) : undefined;
      if (attempt) return attempt;
    }
    return false;
  }

  async #prepare(method: Method): Promise<AnyAuthMethod | undefined> {
    const { user: username, host, password: given } = this.#endpoint;
    switch (method) {
      case 'none':
        return { type: 'none', username };
      case 'agent':
        this.#tried.push(...this.#identities.list.map(({ shown }) => `key ${shown}`));
        return { type: 'agent', username, agent: new Keyring(this.#identities.list, (...wanted) => this.#sign(...wanted)) };
      case 'password': {
        const password = given ?? (await this.#ask?.(`Password of ${username}@${host}`));
        if (!password) return undefined;
        this.#tried.push('password');
        this.#answered = true;
        return { type: 'password', username, password: password.expose() };
      }
      case 'keyboard-interactive':
        // The same password a second time would only bring a lockout nearer.
        if (this.#answered || !(given || this.#ask)) return undefined;
        this.#tried.push('keyboard-interactive');
        return {
          type: 'keyboard-interactive',
          username,
          prompt: (_name, _text, _lang, questions, finish) => void this.#answer(questions).then(finish),
        };
    }
  }

  async #answer(questions: readonly Question[]): Promise<string[]> {
    const answers: string[] = [];
    for (const { prompt, echo } of questions) {
      const given = !echo && /password/i.test(prompt) && !this.#answered ? this.#endpoint.password : undefined;
      if (given) this.#answered = true;
      const answer = given ?? (await this.#ask?.(`${this.#endpoint.user}@${this.#endpoint.host}: ${prompt}`));
      answers.push(answer?.expose() ?? '');
    }
    return answers;
  }

  /** Signs with a key the server wants; only now is an encrypted one unlocked. A refusal ends the login. */
  async #sign({ shown, sign }: Identity, data: Buffer, hash: string | undefined): Promise<Buffer> {
    try {
      if (hash === 'sha1' && !this.#endpoint.legacy) {
        throw new UnreachableError(`${showAddress(this.#endpoint)} takes the RSA key ${shown} only with SHA-1`, {
          hint: 'use an ed25519 key, or set vipctl_legacy_ssh: true for such an old server',
        });
      }
      return await this.#deadline.pause(() => sign(data, hash));
    } catch (error) {
      this.#fail(error);
      throw error;
    }
  }

  #fail(error: unknown): void {
    this.failure ??=
      error instanceof UnreachableError ? error : new UnreachableError(`the login failed: ${String(error)}`, { cause: error });
  }
}
