import { matchFamily } from '../os/match.ts';
import { type BuildPlan, buildOf, buildPackages } from './build.ts';
import { type ContainerPlan, containerPlan, NO_CONTAINER } from './container.ts';
import type { PackageSpec } from './install-schema.ts';
import type { NodeInput } from './node.ts';
import type { ClusterSpec } from './schema.ts';

export type Program = 'haproxy' | 'nginx' | 'keepalived';
export type Method = 'package' | 'source' | 'docker';

/** How the programs come to a node, and stay. */
export type InstallPlan = {
  readonly programs: readonly { readonly name: Program; readonly method: Method }[];
  /** Packages, and whether upgrades leave them alone. */
  readonly holds: readonly { readonly name: string; readonly hold: boolean }[];
  /** Files of this machine that the node needs, and where it keeps them. */
  readonly copies: readonly { readonly src: string; readonly dest: string; readonly checksum: string }[];
  /** Files the node fetches itself. */
  readonly downloads: readonly { readonly url: string; readonly dest: string; readonly checksum: string }[];
  readonly builds: readonly BuildPlan[];
  readonly container: ContainerPlan;
};

/** The programs a node runs, the proxy first. */
export const programsOf = (spec: ClusterSpec): readonly [Exclude<Program, 'keepalived'>, 'keepalived'] => [
  spec.engine ?? 'haproxy',
  'keepalived',
];

/** How a program is installed. */
export function methodOf({ install }: ClusterSpec, program: Program): Method {
  const ways = install?.[program] ?? {};
  return 'source' in ways && ways.source ? 'source' : 'docker' in ways && ways.docker ? 'docker' : 'package';
}

/** Everything about the installation of a node's programs. */
export function installPlan(spec: ClusterSpec): InstallPlan {
  const programs = programsOf(spec).map((name) => ({ name, method: methodOf(spec, name) }));
  const builds = programs.flatMap(({ name }) => buildOf(spec, name) ?? []);
  const container = methodOf(spec, 'haproxy') === 'docker' ? containerPlan(spec) : NO_CONTAINER;
  const needed = [...builds, ...(container.archive.dest === '' ? [] : [container.archive])];
  return {
    programs,
    holds: programs.filter((p) => p.method === 'package').map(({ name }) => ({ name: packageName(spec, name), hold: isHeld(spec, name) })),
    copies: needed.flatMap(({ file, dest, checksum }) => (file === '' ? [] : [{ src: file, dest, checksum }])),
    downloads: builds.flatMap(({ url, dest, checksum }) => (url === '' ? [] : [{ url, dest, checksum }])),
    builds,
    container,
  };
}

/** The packages the installation itself needs; those of the family once facts tell it. */
export function installPackages(spec: ClusterSpec, { facts }: NodeInput): string[] {
  const family = facts && matchFamily(facts);
  return programsOf(spec).flatMap((name) => {
    const method = methodOf(spec, name);
    if (method === 'package') return [packageName(spec, name)];
    if (method === 'source') return family ? buildPackages(spec, name, family.development) : [];
    return family && facts?.programs.docker === undefined ? family.docker : [];
  });
}

/** Files HAProxy reads only when it starts: its unit, or what is `added` to that of its package, and the build or image in use. */
export function haproxyStartFiles(spec: ClusterSpec, added: string): string[] {
  if (methodOf(spec, 'haproxy') === 'package') return [added];
  const { dest } = containerPlan(spec).archive;
  return ['/etc/systemd/system/haproxy.service', ...stampOf(spec, 'haproxy'), ...(dest === '' ? [] : [dest])];
}

/** Files keepalived reads only when it starts. What is added to the unit of its package only shows when something stops. */
export const keepalivedStartFiles = (spec: ClusterSpec): string[] =>
  methodOf(spec, 'keepalived') === 'package' ? [] : ['/etc/systemd/system/keepalived.service', ...stampOf(spec, 'keepalived')];

const stampOf = (spec: ClusterSpec, program: Program) => {
  const build = buildOf(spec, program);
  return build ? [build.stamp] : [];
};

const packageSpec = ({ install }: ClusterSpec, program: Program): PackageSpec => install?.[program]?.package ?? {};

function packageName(spec: ClusterSpec, program: Program): string {
  const { version } = packageSpec(spec, program);
  return version === undefined ? program : `${program}=${version}`;
}

function isHeld(spec: ClusterSpec, program: Program): boolean {
  const { version, hold = version !== undefined } = packageSpec(spec, program);
  return hold;
}
