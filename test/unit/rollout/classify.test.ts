import { expect, test } from 'vitest';
import type { ShownChange } from '../../../src/model/event.ts';
import { classify, type NodeChange } from '../../../src/rollout/classify.ts';

const change = (what: string, before = '', after = ''): ShownChange => ({ what, before, after, commands: [] });
const task = (module: string, ...changes: ShownChange[]): NodeChange['tasks'][number] => ({
  name: `the ${module} task`,
  module,
  outcome: { status: 'pending', changes },
});
const CFG = '/etc/haproxy/haproxy.cfg';
const DROP_IN = '/etc/systemd/system/haproxy.service.d/vipctl.conf';
const CONF = '/etc/keepalived/keepalived.conf';

const cases: { it: string; tasks?: NodeChange['tasks']; files?: readonly string[]; wire?: string; is: string | undefined }[] = [
  { it: 'nothing', tasks: [], is: undefined },
  { it: 'haproxy.cfg', files: [CFG], is: `A: haproxy reloads at most: ${CFG}` },
  { it: 'a firewall rule', tasks: [task('iptables')], files: [], is: 'A: no file changes: the iptables task' },
  { it: 'a priority', files: [CFG, CONF], is: `B: keepalived reloads, unseen by other nodes: ${CONF}` },
  { it: 'the check script', files: ['/usr/libexec/keepalived/chk_haproxy.sh'], is: expect.stringMatching(/^B: /) as unknown as string },
  { it: 'addresses', files: [CONF], wire: 'web changes addresses', is: 'C: other nodes see it on the wire: web changes addresses' },
  {
    it: 'limits of the unit',
    files: [CFG, DROP_IN],
    is: expect.stringMatching(/^D: haproxy restarts/) as unknown as string,
  },
  {
    it: 'the unit of keepalived, which only a start reads',
    files: ['/etc/systemd/system/keepalived.service.d/vipctl.conf'],
    is: expect.stringMatching(/^B: /) as unknown as string,
  },
  {
    it: 'the unit of keepalived built from source',
    files: ['/etc/systemd/system/keepalived.service'],
    is: expect.stringMatching(/^D: keepalived restarts/) as unknown as string,
  },
  {
    it: 'a container run otherwise',
    files: ['/etc/systemd/system/haproxy.service'],
    is: expect.stringMatching(/^D: haproxy restarts/) as unknown as string,
  },
  {
    it: 'a build',
    tasks: [task('source_build', change('build 0123 of haproxy'), change('haproxy in use'))],
    is: 'D: another program comes into use: build 0123 of haproxy, haproxy in use',
  },
  { it: 'an image that is still to come', tasks: [task('docker_image')], is: 'D: another program comes into use: the docker_image task' },
  { it: 'a package', tasks: [task('package', change('haproxy'), change('curl'))], is: 'D: packages change: haproxy, curl' },
  {
    it: 'a service that restarts',
    tasks: [task('service', change('haproxy', 'has not read x', 'restarted'))],
    is: 'D: haproxy is restarted',
  },
  {
    it: 'a service that reloads',
    tasks: [task('service', change('haproxy', 'has not read x', 'reloaded'))],
    is: 'A: no file changes: the service task',
  },
  {
    it: 'the wire and the unit',
    files: [DROP_IN],
    wire: 'w',
    is: 'C: other nodes see it on the wire: w',
  },
];

test.each(cases)('$it is $is', ({ tasks = [task('template')], files = [], wire, is }) => {
  const found = classify({ node: 'lb1', engine: 'haproxy', startFile: DROP_IN, tasks, files, wire });
  expect(found && `${found.class}: ${found.reason}`).toEqual(is);
});
