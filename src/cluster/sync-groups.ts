import { notifyCommand } from './checks.ts';
import type { ClusterSpec } from './schema.ts';

/** Instances that share one state. */
export type SyncGroupPlan = {
  readonly name: string;
  readonly instances: readonly string[];
  readonly checks: readonly string[];
  readonly files: readonly string[];
  readonly links: readonly string[];
  /** Whether weights count inside the group. */
  readonly weights: boolean;
  /** Script and the user it runs as; empty where only the instances tell. */
  readonly notify: string;
  readonly smtp_alert: boolean;
  readonly raw: readonly string[];
};

/** The sync groups of a cluster; a list of instances is short for a group that has nothing else. */
export const syncGroups = (spec: ClusterSpec): SyncGroupPlan[] =>
  Object.entries(spec.sync_groups ?? {}).map(([name, written]) => {
    const said = Array.isArray(written) ? { instances: written } : written;
    return {
      name,
      instances: said.instances,
      checks: said.checks ?? [],
      files: said.track_files ?? [],
      links: said.track_interfaces ?? [],
      weights: said.weights ?? false,
      notify: said.notify ? notifyCommand(spec) : '',
      smtp_alert: said.smtp_alert ?? false,
      raw: said.raw ?? [],
    };
  });
