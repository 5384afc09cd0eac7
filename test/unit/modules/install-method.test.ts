import { describe, expect, it } from 'vitest';
import { installMethodModule } from '../../../src/modules/install-method.ts';
import { planOf, type Row, runsOf } from './plan.ts';

/** What hosts print. */
const PACKAGE = 'haproxy=/lib/systemd/system/haproxy.service \n';
const DOCKER = 'haproxy=/etc/systemd/system/haproxy.service docker\n';
const OWN = 'haproxy=/etc/systemd/system/haproxy.service \n';
const NONE = 'haproxy= \n';

const wish = (method: string) => ({
  programs: [{ name: 'haproxy', method }],
  node: 'lb1',
  maintenance_file: '/etc/keepalived/maintenance',
});
const refusal = (found: string, wanted: string) =>
  `haproxy is installed ${found} here, and is to be ${wanted}: that is not changed under a cluster that may be live`;

const rows: Row[] = [
  { it: 'lets a package be', params: wish('package'), host: PACKAGE, runs: [] },
  { it: 'lets a container be', params: wish('docker'), host: DOCKER, runs: [] },
  { it: 'lets anything begin where nothing is', params: wish('source'), host: NONE, runs: [] },
  { it: "lets a package have an administrator's unit", params: wish('package'), host: OWN, runs: [] },
  { it: 'refuses a container over a package', params: wish('docker'), host: PACKAGE, runs: refusal('from a package', 'in a container') },
  { it: 'refuses a package over a container', params: wish('package'), host: DOCKER, runs: refusal('in a container', 'from a package') },
  { it: 'refuses a build over a container', params: wish('source'), host: DOCKER, runs: refusal('in a container', 'from source') },
  {
    it: "refuses a build over an administrator's unit",
    params: wish('source'),
    host: OWN,
    runs: refusal('with a unit file that is not from vipctl', 'from source'),
  },
  {
    it: 'refuses what systemd would start where there is none',
    params: wish('source'),
    host: NONE,
    facts: { init: 'sysv' },
    runs: 'haproxy can only be installed from packages here',
  },
];

describe('install_method', () => {
  it.each(rows)('$it', (row) => expect(runsOf(installMethodModule, row)).toEqual(row.runs));
  it('says what to do instead, node by node', () => {
    const way = (host: string, method: string) => planOf(installMethodModule, { params: wish(method), host });
    expect(way(PACKAGE, 'docker')).toMatchObject({
      hint: [
        'on one node after the other: touch /etc/keepalived/maintenance; systemctl disable --now haproxy; apt-get remove haproxy',
        'systemctl daemon-reload; rm /etc/keepalived/maintenance; vipctl bootstrap --limit lb1',
      ].join('; '),
    });
    expect(way(DOCKER, 'package')).toMatchObject({ hint: expect.stringContaining('; rm /etc/systemd/system/haproxy.service; ') });
    expect(way(DOCKER.replace('docker', 'source'), 'package')).toMatchObject({
      hint: expect.stringContaining('; rm /etc/systemd/system/haproxy.service /usr/local/sbin/haproxy; '),
    });
  });
});
