import { describe, expect, it } from 'vitest';
import { serviceModule } from '../../../src/modules/service.ts';
import { parseUnits } from '../../../src/modules/unit.ts';
import { capture, complaints, DEBIAN, EL6, EL9, planOf, type Row, runsOf } from './plan.ts';

const NAMES = ['haproxy', 'keepalived', 'chronyd', 'rsyslog', 'systemd-journald', 'nonesuch', 'netfilter-persistent'];
const SYSV_NAMES = ['haproxy', 'keepalived', 'nonesuch', 'netfilter-persistent'];

/** The part of a capture that tells of one unit. */
const blockOf = (file: string, names: readonly string[], name: string) => {
  const blocks = capture(file)
    .trim()
    .split(/\n{2,}/);
  return `${blocks[names.indexOf(name)]}\n`;
};
const systemd = (name: string) => blockOf('unit/debian-12.txt', NAMES, name).replace(/^Linked=.*\n/gm, '');
const sysv = (name: string) => blockOf('unit/debian-12-sysv.txt', SYSV_NAMES, name);
const SYSV = { init: 'sysv' } as const;

const rows: Row[] = [
  {
    it: 'leaves a running, enabled unit alone',
    params: { name: 'haproxy', state: 'started', enabled: true },
    host: systemd('haproxy'),
    runs: [],
  },
  {
    it: 'touches only what is asked',
    params: { name: 'haproxy', enabled: false },
    host: systemd('haproxy'),
    runs: ['systemctl disable -- haproxy.service'],
  },
  {
    it: 'waits for a unit that is not there',
    params: { name: 'nonesuch', state: 'started' },
    host: systemd('nonesuch'),
    runs: 'there is no service nonesuch',
  },
  {
    it: 'does not start a masked unit',
    params: { name: 'rsyslog', state: 'started' },
    host: systemd('rsyslog'),
    runs: 'rsyslog is masked and can be neither started nor enabled',
  },
  {
    it: 'does not enable a masked unit',
    params: { name: 'rsyslog', enabled: true },
    host: systemd('rsyslog'),
    runs: 'rsyslog is masked and can be neither started nor enabled',
  },
  {
    it: 'unmasks before it enables',
    params: { name: 'rsyslog', masked: false, enabled: true },
    host: systemd('rsyslog'),
    runs: ['systemctl unmask -- rsyslog.service', 'systemctl enable -- rsyslog.service'],
  },
  { it: 'leaves a masked unit masked', params: { name: 'rsyslog', masked: true }, host: systemd('rsyslog'), runs: [] },
  {
    it: 'has nothing to say about the boot of a static unit',
    params: { name: 'systemd-journald', enabled: true },
    host: systemd('systemd-journald'),
    runs: [],
  },
  {
    it: 'refuses to reload what cannot',
    params: { name: 'systemd-journald', state: 'reloaded' },
    host: systemd('systemd-journald'),
    runs: 'systemd-journald cannot reload',
  },
  {
    it: 'lets systemd read a changed unit file before it acts',
    params: { name: 'haproxy', enabled: false },
    host: systemd('haproxy').replace('NeedDaemonReload=no', 'NeedDaemonReload=yes'),
    runs: ['systemctl daemon-reload', 'systemctl disable -- haproxy.service'],
  },
  {
    it: 'reads a changed unit file again when only that is asked',
    params: { name: 'haproxy', daemon_reload: true },
    host: systemd('haproxy').replace('NeedDaemonReload=no', 'NeedDaemonReload=yes'),
    runs: ['systemctl daemon-reload'],
  },
  {
    it: 'does not read unit files again that have not changed',
    params: { name: 'haproxy', daemon_reload: true },
    host: systemd('haproxy'),
    runs: [],
  },
  {
    it: 'enables an init script by its links (systemd)',
    params: { name: 'x', enabled: true },
    host: 'Id=x.service\nLoadState=loaded\nActiveState=active\nUnitFileState=generated\nLinked=x\n',
    runs: [],
  },
  {
    it: 'enables an init script before systemd 230',
    params: { name: 'x', enabled: true },
    host: 'Id=x.service\nLoadState=loaded\nActiveState=active\nUnitFileState=\n',
    runs: ['systemctl enable -- x.service'],
  },
  {
    it: 'leaves a running SysV service alone',
    params: { name: 'haproxy', state: 'started', enabled: true },
    host: sysv('haproxy'),
    facts: SYSV,
    runs: [],
  },
  {
    it: 'enables a SysV service (Debian)',
    params: { name: 'haproxy', enabled: true },
    host: 'Id=haproxy\nLoadState=loaded\n',
    facts: SYSV,
    runs: ['update-rc.d haproxy defaults && update-rc.d haproxy enable'],
  },
  {
    it: 'enables a SysV service (EL 6)',
    params: { name: 'haproxy', enabled: true },
    host: 'Id=haproxy\nLoadState=loaded\n',
    facts: SYSV,
    on: EL6,
    runs: ['chkconfig --add haproxy && chkconfig haproxy on'],
  },
  {
    it: 'disables a SysV service (EL 6)',
    params: { name: 'haproxy', enabled: false },
    host: sysv('haproxy'),
    facts: SYSV,
    on: EL6,
    runs: ['chkconfig haproxy off'],
  },
  {
    it: 'waits for a SysV service that is not there',
    params: { name: 'nonesuch', state: 'started' },
    host: sysv('nonesuch'),
    facts: SYSV,
    runs: 'there is no service nonesuch',
  },
  {
    it: 'sorts init scripts anew when what orders them has changed (Debian)',
    params: { name: 'keepalived', enabled: true, enabled_after: ['/etc/insserv/overrides/keepalived'] },
    host: `${sysv('keepalived')}Sorted=1795630960.92\nChanged=1795630964.06 /etc/insserv/overrides/keepalived\n`,
    facts: SYSV,
    runs: ['update-rc.d keepalived defaults && update-rc.d keepalived enable'],
  },
  {
    it: 'leaves init scripts alone that are sorted',
    params: { name: 'keepalived', enabled: true, enabled_after: ['/etc/insserv/overrides/keepalived'] },
    host: `${sysv('keepalived')}Sorted=1795630964.92\nChanged=1795630964.06 /etc/insserv/overrides/keepalived\n`,
    facts: SYSV,
    runs: [],
  },
  {
    it: 'restarts a SysV service that started before a file it reads at its start changed',
    params: { name: 'haproxy', state: 'started', restarted_after: ['/etc/default/haproxy'] },
    host: `${sysv('haproxy')}Started=1795630960.92\nChanged=1795630964.06 /etc/default/haproxy\n`,
    facts: SYSV,
    runs: [expect.stringContaining('restart') as unknown as string],
  },
  {
    it: 'cannot mask without systemd',
    params: { name: 'haproxy', masked: true },
    host: sysv('haproxy'),
    facts: SYSV,
    runs: 'haproxy cannot be masked',
  },
];

/** What happens to the service itself: before, after, and the first line of the command. */
const acts = [
  {
    it: 'starts what is stopped',
    state: 'started',
    host: systemd('keepalived'),
    act: ['stopped', 'started', 'systemctl start -- keepalived.service'],
  },
  {
    it: 'starts what is to be restarted but is stopped',
    state: 'restarted',
    host: systemd('keepalived'),
    act: ['stopped', 'started', 'systemctl start -- keepalived.service'],
  },
  {
    it: 'starts what is to be reloaded but is stopped',
    state: 'reloaded',
    host: systemd('keepalived'),
    act: ['stopped', 'started', 'systemctl start -- keepalived.service'],
  },
  {
    it: 'stops what runs',
    state: 'stopped',
    host: systemd('haproxy'),
    act: ['started', 'stopped', /^systemctl stop -- haproxy\.service \|\| /],
  },
  {
    it: 'always restarts',
    state: 'restarted',
    host: systemd('haproxy'),
    act: ['started', 'restarted', 'systemctl restart -- haproxy.service'],
  },
  {
    it: 'always reloads',
    state: 'reloaded',
    host: systemd('haproxy'),
    act: ['started', 'reloaded', 'systemctl reload -- haproxy.service'],
  },
  {
    it: 'starts a SysV service',
    state: 'started',
    host: sysv('keepalived'),
    facts: SYSV,
    act: ['stopped', 'started', 'name=keepalived; service "$name" start || exit'],
  },
  {
    it: 'stops a SysV service',
    state: 'stopped',
    host: sysv('haproxy'),
    facts: SYSV,
    act: ['started', 'stopped', 'name=haproxy; service "$name" stop || exit'],
  },
];

describe('service', () => {
  it.each(rows)('$it', (row) => expect(runsOf(serviceModule, row)).toEqual(row.runs));

  it.each(acts)('$it', ({ state, host, facts, act: [before, after, command] }) => {
    const plan = planOf(serviceModule, { params: { name: 'x', state }, host, ...(facts && { facts }) });
    expect(plan).toMatchObject([{ before, after }]);
    const [line] = (runsOf(serviceModule, { params: { name: 'x', state }, host, ...(facts && { facts }) })[0] ?? '').split('\n');
    expect(line).toEqual(command instanceof RegExp ? expect.stringMatching(command) : command);
  });

  it.each([
    ['chronyd', DEBIAN, 'chrony'],
    ['chrony', EL9, 'chronyd'],
    ['ssh.service', EL9, 'sshd'],
    ['haproxy', EL9, 'haproxy'],
    ['logrotate.timer', DEBIAN, 'logrotate.timer'],
  ])('asks about %s on %j as %s', (name, on, expected) => {
    const plan = () => planOf(serviceModule, { params: { name }, host: 1, on });
    expect(plan).toThrow(`cannot tell how ${expected} stands: no answer`);
  });

  it.each([
    [{}, ['name: Invalid input: expected string, received undefined']],
    [{ name: 'a b' }, ['name: expected the name of a service, got "a b"']],
    [{ name: '--all' }, ['name: expected the name of a service, got "--all"']],
    [{ name: 'a', state: 'runing' }, [expect.stringContaining('state: Invalid option')]],
    [{ name: 'a', enabled: 'yes' }, ['enabled: Invalid input: expected boolean, received string']],
  ])('rejects %j', (params, expected) => expect(complaints(serviceModule as never, params)).toEqual(expected));
});

describe('units', () => {
  it('reads every unit of a capture, in the order asked', () => {
    const units = parseUnits(NAMES, { exitCode: 0, stdout: capture('unit/debian-12.txt'), stderr: '' });
    expect(units.map((u) => [u.id, u.exists, u.running, u.boot, u.oneshot])).toEqual([
      ['haproxy.service', true, true, 'enabled', false],
      ['keepalived.service', true, false, 'enabled', false],
      ['chronyd.service', false, false, 'disabled', false],
      ['rsyslog.service', true, true, 'disabled', false],
      ['systemd-journald.service', true, true, 'fixed', false],
      ['nonesuch.service', false, false, 'disabled', false],
      ['netfilter-persistent.service', true, false, 'enabled', true],
    ]);
  });

  it('reads SysV services alike', () => {
    const units = parseUnits(SYSV_NAMES, { exitCode: 0, stdout: capture('unit/debian-12-sysv.txt'), stderr: '' });
    expect(units.map((u) => [u.id, u.exists, u.running, u.boot])).toEqual([
      ['haproxy', true, true, 'enabled'],
      ['keepalived', true, false, 'enabled'],
      ['nonesuch', false, false, 'disabled'],
      ['netfilter-persistent', true, false, 'enabled'],
    ]);
  });

  it('does not take silence for an answer', () => {
    expect(() => parseUnits(['a', 'b'], { exitCode: 0, stdout: 'Id=a\n', stderr: '' })).toThrow('cannot tell how a, b stands');
  });
});
