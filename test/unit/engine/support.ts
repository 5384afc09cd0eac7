import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LaunchRequest, launch } from '../../../src/engine/launch.ts';
import type { Outcome, RunEvent } from '../../../src/model/event.ts';
import { emptyReport, fold, type Report } from '../../../src/model/report.ts';
import { createRedactor } from '../../../src/report/redact.ts';

export interface Ran {
  readonly report: Report;
  readonly events: readonly RunEvent[];
  /** Outcomes of a task by host. */
  of(task: string): Readonly<Record<string, Outcome>>;
  /** The status of each task in order, `host:status` where there are several hosts. */
  statuses(host?: string): string[];
}

/** A folder with a playbook in it, run for real on this machine through the local transport. */
export function workshop(hosts = ['here']) {
  const folder = mkdtempSync(join(tmpdir(), 'vipctl-engine-'));
  const file = (name: string) => join(folder, name);
  const lines = hosts.map((name) => `${name} ansible_connection=local dir=${folder}`);
  writeFileSync(file('inventory.ini'), `[all]\n${lines.join('\n')}\n`);
  return {
    folder,
    file,
    write: (name: string, text: string) => writeFileSync(file(name), text),
    read: (name: string) => readFileSync(file(name), 'utf8'),
    async run(playbook: string, request: Partial<LaunchRequest> = {}): Promise<Ran> {
      writeFileSync(file('play.yml'), playbook);
      const events: RunEvent[] = [];
      const asked: LaunchRequest = {
        command: 'run',
        playbook: file('play.yml'),
        inventory: [file('inventory.ini')],
        limit: undefined,
        tags: [],
        skipTags: [],
        extraVars: [],
        check: false,
        connection: {
          user: undefined,
          privateKeys: [],
          password: undefined,
          become: false,
          becomeUser: undefined,
          becomePassword: undefined,
          hostKeyChecking: undefined,
          connectTimeoutSeconds: 10,
          forks: 5,
        },
        ...request,
      };
      const { signal } = new AbortController();
      await launch(asked, {
        root: join(import.meta.dirname, '../../..'),
        cwd: folder,
        env: {},
        signal,
        redactor: createRedactor(),
        emit: (body) => events.push({ at: events.length, ...body } as RunEvent),
      });
      const report = events.reduce(fold, emptyReport);
      return {
        report,
        events,
        of: (task) => report.tasks.find((t) => t.task === task)?.hosts ?? {},
        statuses: (host = hosts[0] ?? '') => report.tasks.filter((t) => t.module !== 'setup').flatMap((t) => t.hosts[host]?.status ?? []),
      };
    },
  };
}
