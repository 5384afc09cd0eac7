import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { deriveNode, type NodePlan } from '../../src/cluster/derive.ts';
import { parseYaml } from '../../src/config/yaml.ts';
import type { Interface } from '../../src/facts/facts.ts';
import { labSsh } from '../../src/lab/ssh.ts';
import { quote } from '../../src/shell/sh.ts';
import { readCase } from '../unit/cluster/cases.ts';
import { describeOnLab, hostOf, run } from './support/lab.ts';

const name = 'e2e-templates';
const inventory = join(import.meta.dirname, 'inventories/single.yml');
const FIXTURES = join(import.meta.dirname, '../fixtures/render');
const PACKAGES = ['haproxy', 'keepalived', 'nginx', 'rsyslog', 'logrotate', 'psmisc'];

/** A certificate that is one; those of the fixtures only look like it. */
const certificates = join(import.meta.dirname, '../../inventories/recommended/group_vars/lbs/certificate.yml');
const pem = (parseYaml(readFileSync(certificates, 'utf8'), certificates).data as { shop_certificate: string }).shop_certificate;

const cases = readdirSync(FIXTURES).flatMap((title) => {
  const { spec, nodes, inventory } = readCase(join(FIXTURES, title, 'cluster.yml'));
  return nodes.map((node) => ({
    title,
    self: node.name,
    plan: deriveNode(spec, node.name, nodes, inventory),
    interfaces: node.facts?.interfaces ?? [],
    // What is written for a keepalived that no distribution packages yet.
    ahead: node.facts?.programs.keepalived !== undefined,
  }));
});

describeOnLab('rendered files', { name, inventory }, ({ spec }) => {
  const ssh = (script: string, input = '') => run(labSsh(spec.name, hostOf(spec, 'a'), [script]), input);
  const put = (path: string, text: string, mode: string, then = 'true') =>
    ssh(`mkdir -p "$(dirname ${quote(path)})" && cat >${quote(path)} && chmod ${mode} ${quote(path)} && ${then}`, text);

  beforeAll(async () => {
    const install = `DEBIAN_FRONTEND=noninteractive apt-get install -y --no-download ${PACKAGES.join(' ')}`;
    expect(await ssh(`${install} && useradd --system --shell /usr/sbin/nologin keepalived_script`)).toMatchObject({ code: 0 });
  });

  test.each(cases)('files of $title for $self pass the programs they are for', async ({ title, self, plan, interfaces, ahead }) => {
    for (const link of interfaces) await ssh(linkUp(link));
    for (const { name, value } of plan.sysctls) await ssh(`sysctl -w ${name}=${value}`);
    for (const check of plan.keepalived.checks)
      if (check.purpose === 'own') await put(check.script.split(' ')[0] ?? '', '#!/bin/sh\n', '0755');
    for (const file of plan.files) await put(file.path, file.path.endsWith('.pem') ? pem : file.content, file.mode);
    const golden = readdirSync(join(FIXTURES, title, self));
    for (const [file, { path, mode = '0644', judge }] of Object.entries(judges(plan))) {
      if (!golden.includes(file) || (file === 'keepalived.conf' && ahead)) continue;
      const { code, stdout, stderr } = await put(path, readFileSync(join(FIXTURES, title, self, file), 'utf8'), mode, judge);
      expect({ file, code, said: `${stdout}${stderr}` }).toMatchObject({ code: 0, said: expect.not.stringMatching(/\[warn(ing)?\]/i) });
    }
  });
});

/** Where each file stands and what judges it there, scripts before what names them. */
function judges({ paths, keepalived }: NodePlan): Record<string, { path: string; mode?: string; judge: string }> {
  const unit = (service: string) => ({
    path: `/etc/systemd/system/${service}.service.d/vipctl.conf`,
    judge: `systemctl daemon-reload && systemd-analyze verify --man=no ${service}.service`,
  });
  const script = (path: string) => ({ path, mode: '0755', judge: `sh -n ${path} && dash -n ${path} && bash -n ${path}` });
  const conf = '/etc/keepalived/keepalived.conf';
  return {
    'chk_haproxy.sh': script(paths.check),
    'notify.sh': script(paths.notify),
    'haproxy.service.conf': unit('haproxy'),
    'keepalived.service.conf': unit('keepalived'),
    'haproxy.cfg': { path: '/etc/haproxy/haproxy.cfg', judge: 'haproxy -c -f /etc/haproxy/haproxy.cfg' },
    'nginx.conf': { path: '/etc/nginx/nginx.conf', judge: 'nginx -t -c /etc/nginx/nginx.conf' },
    'keepalived.conf': { path: conf, judge: keepalived.validate.replace('%s', conf) },
    'rsyslog.conf': { path: paths.rsyslog, judge: `rsyslogd -N1 -f ${paths.rsyslog}` },
    'logrotate.conf': { path: paths.logrotate, judge: `logrotate --debug ${paths.logrotate}` },
  };
}

/** Makes an interface of the fixture's, with its addresses and no others. */
const linkUp = ({ name, addresses }: Interface) =>
  [
    `ip link show ${name} >/dev/null 2>&1 || ip link add ${name} type veth`,
    `ip address flush dev ${name}`,
    `ip link set ${name} up`,
    ...addresses.map(({ address, prefix }) => `ip address add ${address}/${prefix} dev ${name}`),
  ].join('; ');
