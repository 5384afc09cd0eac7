import type { Outcome } from '../model/event.ts';

/** How a change reaches clients: A the proxy reloads, B keepalived reloads unseen, C other nodes see it in the adverts, D something restarts. */
export type UpdateClass = 'A' | 'B' | 'C' | 'D';

/** What a preview says would change on one node. */
export interface NodeChange {
  readonly node: string;
  readonly engine: string;
  /** The file that the proxy reads only when it starts. */
  readonly startFile: string;
  readonly tasks: readonly { readonly name: string; readonly module: string; readonly outcome: Outcome }[];
  /** Files that would be written. */
  readonly files: readonly string[];
  /** How the adverts of its keepalived.conf on disk differ from those of the wanted one. */
  readonly wire: string | undefined;
}

export interface Classified {
  readonly node: string;
  readonly class: UpdateClass;
  readonly reason: string;
  /** keepalived gives its addresses up and takes them afresh: so it does over a reload that changes how adverts travel (seen with 2.2.7). */
  readonly lapses?: true;
}

/** The class of what would change on a node, with the reason; undefined where nothing would. */
export function classify(change: NodeChange): Classified | undefined {
  const { node, engine, tasks, files, wire } = change;
  if (tasks.length === 0) return undefined;
  const as = (of: UpdateClass, reason: string): Classified => ({ node, class: of, reason });
  if (wire !== undefined) return as('C', `other nodes see it on the wire: ${wire}`);
  const restart = restarts(change);
  if (restart !== undefined) return as('D', restart);
  const vrrp = files.filter((file) => /keepalived/.test(file));
  if (vrrp.length > 0) return as('B', `keepalived reloads, unseen by other nodes: ${vrrp.join(', ')}`);
  const changing = files.length > 0 ? files.join(', ') : tasks.map((t) => t.name).join(', ');
  return as('A', files.length > 0 ? `${engine} reloads at most: ${changing}` : `no file changes: ${changing}`);
}

/** Why a service would have to stop for a moment, if one would. */
function restarts({ engine, startFile, tasks, files }: NodeChange): string | undefined {
  const packages = tasks.find((t) => t.module === 'package');
  if (packages) return `packages change: ${packages.outcome.changes.map((c) => c.what).join(', ')}`;
  const built = tasks.find((t) => t.module === 'source_build' || t.module === 'docker_image');
  if (built) return `another program comes into use: ${built.outcome.changes.map((c) => c.what).join(', ') || built.name}`;
  const unit = files.find((file) => file === startFile || isUnit(file, engine) || file === '/etc/systemd/system/keepalived.service');
  if (unit !== undefined) return `${unit.includes('keepalived') ? 'keepalived' : engine} restarts, because only that makes it read ${unit}`;
  const services = tasks.filter((t) => t.module === 'service').flatMap((t) => t.outcome.changes);
  const again = services.find((c) => c.after === 'restarted' || c.after === 'started');
  return again && `${again.what} is ${again.after}`;
}

/** A unit file of a service, or what is added to one. */
const isUnit = (file: string, service: string) =>
  file === `/etc/systemd/system/${service}.service` || file.startsWith(`/etc/systemd/system/${service}.service.d/`);
