import { sourceOf } from './build.ts';
import type { Program } from './install.ts';
import type { NodeInput } from './node.ts';
import type { ClusterSpec } from './schema.ts';
import { versionOn } from './version.ts';

/** The version of a program that the description itself names: by a pin, the tag of an image, or the name of a tarball. */
export function describedVersion(spec: ClusterSpec, program: Program): string | undefined {
  const pin = spec.install?.[program]?.package?.version ?? '';
  const tag = program === 'haproxy' ? /:[\w.-]+(?=@|$)/.exec(spec.install?.haproxy?.docker?.image ?? '')?.[0] : undefined;
  const source = sourceOf(spec, program);
  const tarball = (source?.file ?? source?.url ?? '').split('/').at(-1);
  return /\d+\.\d+(\.\d+)?/.exec(`${pin} ${tag ?? ''} ${tarball ?? ''}`)?.[0];
}

/** The version of a program on a node: the one that is described, else the one that is there, else the one its system brings. */
export const versionFor = (spec: ClusterSpec, node: NodeInput, program: 'haproxy' | 'keepalived'): string | undefined =>
  describedVersion(spec, program) ?? versionOn(node, program);
