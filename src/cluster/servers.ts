import { ConfigError, didYouMean } from '../model/errors.ts';
import { bracketed } from './address.ts';
import type { ClusterInventory } from './node.ts';
import type { BackendSpec, ServerSpec } from './schema.ts';

/** A `server` line of a backend, ready to print. */
export type ServerPlan = { readonly name: string; readonly address: string; readonly options: string };

/** A machine that works for a backend; `address` with the port where there is one. */
export interface Member {
  readonly name: string;
  readonly address: string;
  readonly said: ServerSpec;
}

/** The servers of a HAProxy backend. */
export const serversOf = (backend: string, spec: BackendSpec, inventory: ClusterInventory): ServerPlan[] =>
  membersOf(backend, spec, inventory).map(({ name, address, said }) => ({ name, address, options: options(name, said, spec) }));

/** What follows `server-template`: the servers HAProxy finds by name. */
export const templatesOf = (spec: BackendSpec): string[] =>
  (spec.server_templates ?? []).map(({ prefix, count, address, port, resolvers, check, options: further }) =>
    [
      prefix,
      `1-${count}`,
      port === undefined ? address : `${address}:${port}`,
      ...(resolvers === undefined ? [] : [`resolvers ${resolvers} init-addr none`]),
      ...(check === false ? [] : [checkWords(spec)]),
      ...(further === undefined ? [] : [further]),
    ].join(' '),
  );

/** The machines of a backend, inventory groups spelt out. */
export function membersOf(backend: string, spec: BackendSpec, inventory: ClusterInventory): Member[] {
  return (spec.servers ?? []).flatMap((said) =>
    machines(backend, said, inventory).map(({ name, address }) => ({
      name,
      address: said.port === undefined ? address : `${bracketed(address)}:${said.port}`,
      said,
    })),
  );
}

function machines(backend: string, server: ServerSpec, { groups }: ClusterInventory): readonly { name: string; address: string }[] {
  const said = [server.group, server.host, server.address].filter((x) => x !== undefined);
  if (said.length !== 1) throw new ConfigError(`a server of ${backend} must have exactly one of group, host and address`);
  if (server.group !== undefined) return members(backend, server.group, groups);
  if (server.host !== undefined) {
    const host = Object.values(groups)
      .flat()
      .find((h) => h.name === server.host);
    const address =
      host?.address ??
      unknown(
        `${backend}: the inventory has no host '${server.host}'`,
        server.host,
        Object.values(groups)
          .flat()
          .map((h) => h.name),
      );
    return [{ name: server.name ?? server.host, address }];
  }
  if (server.name === undefined) throw new ConfigError(`the server ${server.address} of ${backend} needs a name`);
  return [{ name: server.name, address: server.address ?? '' }];
}

function members(backend: string, group: string, groups: ClusterInventory['groups']) {
  const hosts = groups[group] ?? unknown(`${backend}: the inventory has no group '${group}'`, group, Object.keys(groups));
  if (hosts.length === 0) throw new ConfigError(`${backend}: group '${group}' has no hosts`);
  return hosts;
}

function unknown(message: string, word: string, known: readonly string[]): never {
  const near = didYouMean(word, known);
  throw new ConfigError(message, { hint: near === undefined ? undefined : `did you mean '${near}'?` });
}

function options(name: string, server: ServerSpec, backend: BackendSpec): string {
  const { weight, maxconn } = server;
  const words = [
    weight !== undefined && `weight ${weight}`,
    maxconn !== undefined && `maxconn ${maxconn}`,
    backend.cookie && `cookie ${server.cookie ?? name}`,
    server.check !== false && checkWords(backend),
    server.backup && 'backup',
    server.options,
  ];
  return words.filter((w) => typeof w === 'string').join(' ');
}

function checkWords({ check_interval, check_fall, check_rise }: BackendSpec): string {
  const words = [check_interval && `inter ${check_interval}`, check_fall && `fall ${check_fall}`, check_rise && `rise ${check_rise}`];
  return ['check', ...words.filter(Boolean)].join(' ');
}
