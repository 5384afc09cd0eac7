import type { OsFamily } from '../os/family.ts';
import type { NodeInput } from './node.ts';

/** How services start and stop on a node, and the files by which that is settled. */
export type BootPlan = {
  readonly init: 'systemd' | 'sysv';
  /** Folders of these files. */
  readonly folders: readonly string[];
  /** Read when the proxy starts, and only then: a drop-in of its unit, or the variables of its init script. */
  readonly proxy: string;
  /** A drop-in of keepalived's unit; empty where there is no systemd. */
  readonly keepalived: string;
  /** Stands in for the header of keepalived's init script; none where that needs no help. */
  readonly order: readonly string[];
};

/** systemd where nothing is known of the node yet. */
export function bootPlan({ facts }: Pick<NodeInput, 'facts'>, { places }: OsFamily, engine: string): BootPlan {
  if (facts === undefined || facts.init === 'systemd') {
    const [proxy, keepalived] = [engine, 'keepalived'].map((unit) => `/etc/systemd/system/${unit}.service.d`) as [string, string];
    return {
      init: 'systemd',
      folders: [keepalived, proxy],
      proxy: `${proxy}/vipctl.conf`,
      keepalived: `${keepalived}/vipctl.conf`,
      order: [],
    };
  }
  const { variables, initOrder } = places;
  return {
    init: 'sysv',
    folders: initOrder === undefined ? [] : [initOrder],
    proxy: `${variables}/${engine}`,
    keepalived: '',
    order: initOrder === undefined ? [] : [`${initOrder}/keepalived`],
  };
}
