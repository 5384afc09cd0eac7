import { open, type Telling, unconnected } from '../engine/launch.ts';
import { type PutFile, putFiles } from '../engine/puts.ts';
import { toBootstrap } from './bootstrap.ts';

export interface RenderRequest {
  readonly inventory: readonly string[];
  /** Default: every host that has a `cluster`. */
  readonly host: string | undefined;
  readonly extraVars: readonly string[];
}

/** The files a bootstrap puts on its hosts. No host is contacted; throws ConfigError for what only a host could tell. */
export async function render({ inventory, host, extraVars }: RenderRequest, io: Telling): Promise<PutFile[]> {
  const request = { inventory, extraVars, limit: host, tags: [], skipTags: [], check: true, connection: unconnected };
  const { world, playbook } = await open(toBootstrap(request, io.root), io);
  return putFiles(world, playbook);
}
