import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { vipctl } from './vipctl.ts';

const cwd = mkdtempSync(join(tmpdir(), 'vipctl-cli-'));
afterAll(() => rmSync(cwd, { recursive: true }));
mkdirSync(join(cwd, 'group_vars'));
// Addresses that belong to nobody (RFC 5737): a render that waited for one of these hosts would not end in time.
writeFileSync(
  join(cwd, 'hosts.ini'),
  '[lbs]\nlb1 ansible_host=192.0.2.11\nlb2 ansible_host=192.0.2.12\n[web]\nweb1 ansible_host=192.0.2.21\n',
);
const cluster = (more: string) =>
  writeFileSync(
    join(cwd, 'group_vars/lbs.yml'),
    `cluster:
  name: web
  vips: [192.0.2.100/24]
  frontends: { http: { port: 80, backend: apps } }
  backends: { apps: { servers: [{ group: web, port: 8080 }] } }
${more}`,
  );
const whole = `  vrrp: { interface: eth0, auth_pass: !secret s3cr3tpw }
  certificates: { site: !secret "-----BEGIN CERTIFICATE-----" }
`;
const render = (...args: string[]) => vipctl(['render', '-i', 'hosts.ini', ...args], { cwd });

describe('vipctl render', () => {
  it('prints the files of a host, with secrets masked', async () => {
    cluster(whole);
    const { code, stdout, stderr } = await render('--host', 'lb2');
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout.match(/^==> .* <==$/gm)).toEqual([
      '==> lb2:/usr/libexec/keepalived/chk_haproxy.sh 0755 root:root <==',
      '==> lb2:/usr/libexec/keepalived/notify.sh 0755 root:root <==',
      '==> lb2:/etc/haproxy/certs/site.pem 0600 root:root <==',
      '==> lb2:/etc/systemd/system/haproxy.service.d/vipctl.conf 0644 <==',
      '==> lb2:/etc/haproxy/haproxy.cfg 0640 root:root <==',
      '==> lb2:/etc/systemd/system/keepalived.service.d/vipctl.conf 0644 <==',
      '==> lb2:/etc/keepalived/keepalived.conf 0640 root:root <==',
    ]);
    expect(stdout).toContain('192.0.2.100/24 dev eth0');
    expect(stdout).toContain('priority 240');
    expect(stdout).not.toMatch(/s3cr3tpw|BEGIN/);
  });
  it('writes the files of every host below a folder, with what they need to work', async () => {
    cluster(whole);
    const { code, stdout } = await render('--out', 'there');
    expect([code, stdout.split('\n').length]).toEqual([0, 15]);
    const at = (path: string) => join(cwd, 'there', path);
    expect(readFileSync(at('lb1/etc/keepalived/keepalived.conf'), 'utf8')).toContain('auth_pass s3cr3tpw');
    expect(readFileSync(at('lb1/etc/haproxy/certs/site.pem'), 'utf8')).toBe('-----BEGIN CERTIFICATE-----\n');
    const modes = ['haproxy/certs/site.pem', 'haproxy/haproxy.cfg'].map((path) =>
      (statSync(at(`lb1/etc/${path}`)).mode & 0o777).toString(8),
    );
    expect(modes).toEqual(['600', '640']);
  });
  it('says what it cannot know without a host, and how to tell it', async () => {
    cluster('');
    expect(await render()).toEqual({
      code: 2,
      stdout: '',
      stderr: `error: the interface of instance web on lb1 is unknown without facts of the host
hint: run against the host, or set cluster.vrrp.interface, or vrrp_interface for this host
`,
    });
  });
  it('sees that two clusters of the inventory would take each other for their own', async () => {
    cluster(whole);
    writeFileSync(join(cwd, 'two.ini'), '[lbs]\nlb[1:2]\n[mail]\nmx[1:2]\n[web]\nweb1\n');
    writeFileSync(
      join(cwd, 'group_vars/mail.yml'),
      'cluster: { name: mail, instances: { in: { vips: [192.0.2.101/24], vrid: 100, interface: eth0 } } }\n',
    );
    expect(await vipctl(['render', '-i', 'two.ini', '--host', 'mx1'], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('cluster mail: instance in: VRID 100 is also used by cluster web (vrid-collision)'),
    });
  });
  it('knows hosts that have nothing to render, and those that are none', async () => {
    expect(await render('--host', 'web1')).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('no host of the inventory has a `cluster`'),
    });
    expect(await render('--host', 'lb3')).toMatchObject({ code: 2, stderr: expect.stringContaining('did you mean') });
  });
});

describe('vipctl schema cluster', () => {
  it('describes every field for an editor', async () => {
    const { code, stdout } = await vipctl(['schema', 'cluster']);
    const schema = JSON.parse(stdout);
    expect([code, schema.properties.vips.description]).toEqual([0, 'Addresses that clients use, as one VRRP instance']);
    expect(schema.additionalProperties).toBe(false);
  });
});
