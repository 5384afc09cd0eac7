import { open, type Telling, unconnected } from '../engine/launch.ts';
import { clusterRemarks } from '../engine/node.ts';
import type { Position } from '../model/errors.ts';
import { toBootstrap } from './bootstrap.ts';

export interface LintRequest {
  readonly inventory: readonly string[];
  readonly extraVars: readonly string[];
}

/** Something the prover has to say about a cluster, where its cause is written, and how to mend it. */
export interface LintRemark {
  readonly cluster: string;
  readonly severity: 'error' | 'warning';
  readonly code: string;
  readonly message: string;
  readonly hint: string;
  readonly position: Position | undefined;
}

/** All that the prover can tell of the clusters of an inventory without their hosts. Throws ConfigError for what no cluster can be read from. */
export async function lint({ inventory, extraVars }: LintRequest, io: Telling): Promise<LintRemark[]> {
  const request = { inventory, extraVars, limit: undefined, tags: [], skipTags: [], check: true, connection: unconnected };
  const { world, hosts } = await open(toBootstrap(request, io.root), io);
  return clusterRemarks(world, hosts).flatMap(({ spec, findings }) =>
    findings.map(({ at: _, ...remark }) => ({ cluster: spec.name, ...remark })),
  );
}
