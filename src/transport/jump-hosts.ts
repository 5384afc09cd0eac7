import type { Link } from './link.ts';

interface Jump {
  readonly link: Promise<Link>;
  users: number;
}

/** Connections to jump hosts: one for all hosts behind it, ended with the last of them. */
export class JumpHosts {
  readonly #jumps = new Map<string, Jump>();

  /** Opens a connection through the jump host `key`, dialling that one only where no other host has. */
  async through(key: string, dialJump: () => Promise<Link>, dialOn: (jump: Link) => Promise<Link>): Promise<Link> {
    const jump = this.#jumps.get(key) ?? { link: dialJump(), users: 0 };
    this.#jumps.set(key, jump);
    jump.users += 1;
    try {
      const between = await jump.link;
      void between.lost.then(() => this.#forget(key, jump));
      const link = await dialOn(between);
      void link.lost.then(() => this.#release(key, jump));
      return link;
    } catch (error) {
      this.#release(key, jump);
      throw error;
    }
  }

  #release(key: string, jump: Jump): void {
    jump.users -= 1;
    if (jump.users > 0) return;
    this.#forget(key, jump);
    void jump.link.then(
      (link) => link.close(),
      () => undefined,
    );
  }

  #forget(key: string, jump: Jump): void {
    if (this.#jumps.get(key) === jump) this.#jumps.delete(key);
  }
}
