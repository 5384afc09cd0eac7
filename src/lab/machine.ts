import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { exec } from './exec.ts';
import type { ImageFile, Release } from './images/image.ts';
import type { LabOptions } from './options.ts';

/** What this machine knows about reaching the archives, for its hosts to know too. */
export interface Machine {
  /** How apt reaches and checks an archive here, as lines of apt.conf(5). */
  readonly aptOptions: readonly string[];
  /** The machine's own certificate authorities. */
  readonly files: readonly ImageFile[];
  /** apt's own listing of its sources: `label url` lines. */
  readonly mirrors: string;
}

/** Reads this machine's apt configuration and certificate authorities. */
export async function readMachine(environment: LabOptions['environment'] = {}): Promise<Machine> {
  const aptOptions = aptSettings(await exec('apt-config', ['dump']), environment);
  const mirrors = await exec('apt-get', ['indextargets', '--format', '$(LABEL) $(REPO_URI)', 'Identifier: Packages']);
  return { aptOptions, mirrors, files: await authorities() };
}

/** The sources.list lines of a release, from this machine's mirrors where it has some. */
export function sourcesOf({ archives }: Release, mirrors: string): string[] {
  const known = mirrors.split('\n').map((line) => line.split(' '));
  return archives.flatMap(({ label, url, suites }) => {
    const mirror = known.find(([l, uri]) => l === label && uri?.startsWith('http'))?.[1]?.replace(/\/$/, '') ?? url;
    return suites.map((suite) => `deb ${mirror} ${suite} main`);
  });
}

/** The lines of `apt-config dump` that say how to reach an archive, with the environment's proxies. */
export function aptSettings(dump: string, environment: Readonly<Record<string, string | undefined>>): string[] {
  const own = dump.split('\n').filter((line) => /^Acquire::(https?::|Check-)/.test(line));
  const proxies = (['http', 'https'] as const).flatMap((scheme) => {
    const url = environment[`${scheme}_proxy`];
    return url && !own.some((line) => line.startsWith(`Acquire::${scheme}::Proxy `)) ? `Acquire::${scheme}::Proxy "${url}";` : [];
  });
  return ['Acquire::Languages "none";', ...own, ...proxies];
}

/** The name servers hosts can reach: a resolver on this machine's loopback is none (systemd-resolved keeps its own list). */
export async function resolvConf(): Promise<string> {
  const text = await readFile('/etc/resolv.conf', 'utf8');
  return /^nameserver\s+(127\.|::1)/m.test(text) ? readFile('/run/systemd/resolve/resolv.conf', 'utf8').catch(() => text) : text;
}

async function authorities(): Promise<ImageFile[]> {
  const folder = '/usr/local/share/ca-certificates';
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith('.crt')).sort();
  return Promise.all(names.map(async (name) => ({ path: join(folder, name), text: await readFile(join(folder, name), 'utf8') })));
}
