import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { Value } from '../../../src/model/host.ts';
import { type JsonReport, reportSchema } from '../../../src/report/schema.ts';
import { vipctl } from '../../unit/cli/vipctl.ts';
import type { Lab } from './lab.ts';

/** Writes the files of one test file, text or what JSON makes of it, to a folder that goes with its last test; answers with the path. */
export function scratch(): (name: string, content: Value) => string {
  const folder = mkdtempSync(join(tmpdir(), 'vipctl-e2e-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  return (name, content) => {
    const path = join(folder, name);
    writeFileSync(path, typeof content === 'string' ? content : JSON.stringify(content));
    return path;
  };
}

/** Runs a script on a host through OpenSSH and gives what it prints, whatever its exit code; throws when the host is not reached. */
export const asks = (lab: Lab) => async (host: string, script: string) => {
  const { code, stdout, stderr } = await lab.onHost(host, 'sh', '-c', script);
  if (code === 255) throw new Error(`${host}: ${stderr}`);
  return stdout.trim();
};

/** The address that the balancers of a lab share. */
export const vipOf = ({ spec }: Lab): string => spec.subnet.replace(/\d+\/\d+$/, '100');

/** The `cluster` of inventories/cluster.yml; small, since a lab host may not open many files. */
export const clusterOf = (lab: Lab) => ({
  name: 'e2e',
  vips: [`${vipOf(lab)}/24`],
  frontends: { www: { port: 80, backend: 'webs' } },
  backends: { webs: { servers: [{ group: 'webs', port: 80 }], check: { uri: '/' } } },
  haproxy: { maxconn: 2000 },
});

/** A run of vipctl that is over, and the one document it printed. */
export interface Reported {
  readonly code: number | null;
  readonly stderr: string;
  readonly report: JsonReport;
}

/** Runs vipctl for its JSON document. */
export async function reported(args: readonly string[]): Promise<Reported> {
  const { code, stdout, stderr } = await vipctl([...args, '--format', 'json']);
  return { code, stderr, report: reportSchema.parse(JSON.parse(stdout)) };
}

/** The tasks that ended so on a host, by name. */
export const tasksThat = (status: string, { tasks }: JsonReport, host: string): string[] =>
  tasks.filter((t) => t.hosts[host]?.status === status).map((t) => t.task);
