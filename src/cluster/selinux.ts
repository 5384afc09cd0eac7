import { dirname } from 'node:path';
import type { OsFamily } from '../os/family.ts';
import { notifyPath } from './checks.ts';
import type { NodeInput } from './node.ts';

/** What a node's SELinux must be told so that proxy, checks and notify scripts work; empty where it is off. */
export type SelinuxPlan = {
  readonly packages: readonly string[];
  readonly booleans: readonly string[];
  readonly contexts: readonly { readonly target: string; readonly setype: string; readonly restore: string }[];
};

/** The health page is on a port no policy names, and checks connect to it. */
export function selinuxPlan({ facts }: NodeInput, { selinux }: OsFamily, engine: 'haproxy' | 'nginx'): SelinuxPlan {
  if (!facts || facts.selinux === 'disabled' || !selinux) return { packages: [], booleans: [], contexts: [] };
  const folder = dirname(notifyPath);
  return {
    packages: selinux.tools,
    booleans: [...selinux.booleans[engine], ...selinux.booleans.keepalived],
    contexts: selinux.scripts === undefined ? [] : [{ target: `${folder}(/.*)?`, setype: selinux.scripts, restore: folder }],
  };
}
