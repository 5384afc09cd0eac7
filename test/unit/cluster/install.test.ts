import { describe, expect, it } from 'vitest';
import { deriveNode } from '../../../src/cluster/derive.ts';
import type { NodeInput } from '../../../src/cluster/node.ts';
import { balancers, facts, inventory } from './hosts.ts';
import { spec } from './specs.ts';

const SUM = '0123456789ab'.padEnd(64, '0');
const EL9 = { distribution: 'rocky', version: '9.4', like: ['rhel', 'centos', 'fedora'] };

const derive = (install: object, parts: object = {}, more: object = {}) => {
  const nodes: readonly NodeInput[] = balancers().map((n) => ({ ...n, facts: facts({ eth0: `${n.address}/24` }, more) }));
  return deriveNode(spec({ install, ...parts }), 'lb1', nodes, inventory(nodes));
};
const source = (more: object = {}) => ({ file: '/x/haproxy-2.2.33.tar.gz', sha256: SUM, ...more });
const rests = 'idle-close-on-response';

describe('programs from packages', () => {
  it('are pinned and held', () => {
    const plan = derive({ haproxy: { package: { version: '2.6.*' } }, keepalived: { package: { version: '1:2.2.7-1', hold: false } } });
    expect(plan.packages).toEqual(['haproxy=2.6.*', 'keepalived=1:2.2.7-1', 'curl']);
    expect(plan.install.holds).toEqual([
      { name: 'haproxy=2.6.*', hold: true },
      { name: 'keepalived=1:2.2.7-1', hold: false },
    ]);
  });
  it('can be held as they are', () =>
    expect(derive({ haproxy: { package: { hold: true } } }).install.holds[0]).toEqual({ name: 'haproxy', hold: true }));
  it('are let go when the description drops it', () => expect(derive({}).install.holds.map((h) => h.hold)).toEqual([false, false]));
});

describe('programs from source', () => {
  it('are built with what their options ask for, by the names of the family', () => {
    const built = {
      haproxy: { source: source() },
      keepalived: { source: { ...source({ file: '/k.tar.xz' }), options: ['--enable-snmp'] } },
    };
    expect(derive(built).packages).toEqual([
      ...['gcc', 'libc6-dev', 'make', 'pkg-config', 'libssl-dev', 'libpcre2-dev'],
      ...['gcc', 'libc6-dev', 'make', 'pkg-config', 'libssl-dev', 'libnl-3-dev', 'libnl-genl-3-dev', 'libsnmp-dev', 'xz-utils'],
      'curl',
    ]);
    expect(derive(built, {}, EL9).packages).toContain('libnl3-devel');
  });
  it('need no libraries that nobody asked for', () =>
    expect(derive({ haproxy: { source: source({ options: ['TARGET=linux-glibc', 'USE_LUA=1', 'USE_ZLIB='] }) } }).packages).toEqual([
      ...['gcc', 'libc6-dev', 'make', 'pkg-config', 'liblua5.3-dev'],
      ...['keepalived', 'curl'],
    ]));
  it('judge their configuration themselves, and restart for another build or unit', () => {
    const { haproxy, keepalived } = derive({
      haproxy: { source: source({ prefix: '/usr/local/haproxy' }) },
      keepalived: { source: source() },
    });
    expect(haproxy).toMatchObject({
      validate: '/usr/local/haproxy/current/sbin/haproxy -c -f %s',
      starts_with: ['/etc/systemd/system/haproxy.service', '/usr/local/haproxy/current/.vipctl'],
    });
    expect(keepalived.validate).toMatch(/ \/opt\/keepalived\/current\/sbin\/keepalived %s$/);
    expect(keepalived.starts_with).toEqual(['/etc/systemd/system/keepalived.service', '/opt/keepalived/current/.vipctl']);
  });
  it('get only what the version in the name of the tarball knows', () => {
    const lines = (install: object) => derive(install).haproxy.proxies.flatMap((p) => p.lines);
    expect(lines({ haproxy: { source: source() } }).join()).not.toContain(rests);
    expect(lines({ haproxy: { source: source({ file: '/x/haproxy-2.8.1.tar.gz' }) } }).join()).toContain(rests);
    expect(lines({ haproxy: { package: { version: '2.2.*' } } }).join()).not.toContain(rests);
    expect(lines({ haproxy: { docker: { image: 'registry.example:5000/haproxy:2.0-alpine' } } }).join()).not.toContain(rests);
  });
  it('come by copy or by download', () => {
    const url = 'https://example.net/haproxy.tar.gz';
    const { install } = derive({ haproxy: { source: { url, sha256: SUM } }, keepalived: { source: source() } });
    expect(install.downloads).toEqual([{ url, dest: '/var/cache/vipctl-haproxy.tar', checksum: `sha256:${SUM}` }]);
    expect(install.copies).toEqual([
      { src: '/x/haproxy-2.2.33.tar.gz', dest: '/var/cache/vipctl-keepalived.tar', checksum: `sha256:${SUM}` },
    ]);
  });
});

describe('HAProxy in a container', () => {
  const docker = (more: object = {}) => ({ haproxy: { docker: { image: 'haproxy:2.6', ...more } } });
  it('needs an engine unless there is one', () => {
    expect(derive(docker()).packages).toEqual(['docker.io', 'keepalived', 'curl']);
    expect(derive(docker(), {}, { programs: { docker: '27.1.1' } }).packages).toEqual(['keepalived', 'curl']);
  });
  it('has no privileges, the network of the host, and its configuration read-only', () => {
    const { options } = derive(docker({ mounts: ['/srv/errors'] })).install.container;
    expect(options).toEqual(
      expect.arrayContaining(['--network host', '--read-only', '--cap-drop ALL', '--volume /etc/haproxy:/etc/haproxy:ro']),
    );
    expect(options).toContain('--volume /srv/errors:/srv/errors:ro');
    expect(options.join(' ')).not.toContain('privileged');
  });
  it('is judged by the image, as it will run', () =>
    expect(derive(docker()).haproxy.validate).toMatch(/^docker run --rm --pull never .*--cap-drop ALL.* haproxy:2\.6 -c -f %s$/));
  it('starts anew for another archive', () =>
    expect(derive(docker({ archive: '/a.tar', sha256: SUM }))).toMatchObject({
      haproxy: { starts_with: ['/etc/systemd/system/haproxy.service', '/var/cache/vipctl-haproxy.tar'] },
      install: { copies: [{ src: '/a.tar', dest: '/var/cache/vipctl-haproxy.tar', checksum: `sha256:${SUM}` }] },
    }));
  it('keeps its socket where the host can reach it', () =>
    expect(() => derive(docker(), { haproxy: { socket: '/var/lib/haproxy/stats' } })).toThrow(
      'would stay inside the container (docker-socket)',
    ));
});

it('refuses to install what the cluster does not run', () =>
  expect(() => derive({ nginx: { package: { version: '1.22.*' } } })).toThrow('install.nginx: this cluster has no nginx (install-unused)'));
