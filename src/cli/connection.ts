import type { ConnectionRequest } from '../engine/launch.ts';
import type { Io } from './io.ts';
import { askSecret } from './prompt.ts';

/** What `connectionOptions` parse to. */
export interface ConnectionArgs {
  readonly user: string | undefined;
  readonly 'private-key': readonly string[] | undefined;
  readonly 'ask-pass': boolean;
  readonly become: boolean;
  readonly 'become-user': string | undefined;
  readonly 'ask-become-pass': boolean;
  readonly 'host-key-checking': 'strict' | 'accept-new' | 'off' | undefined;
  readonly timeout: number | undefined;
  readonly forks: number;
}

/** How hosts are to be reached. Asks for the passwords wanted now, before anything is shown that a prompt would tear apart. */
export async function toConnection(args: ConnectionArgs, io: Io): Promise<ConnectionRequest> {
  const password = args['ask-pass'] ? await askSecret('SSH password', io) : undefined;
  const becomePassword = args['ask-become-pass'] ? await askSecret('sudo password', io) : undefined;
  return {
    user: args.user,
    privateKeys: args['private-key'] ?? [],
    password,
    become: args.become,
    becomeUser: args['become-user'],
    becomePassword,
    hostKeyChecking: args['host-key-checking'],
    connectTimeoutSeconds: args.timeout,
    forks: args.forks,
  };
}
