import { describe, expect, it } from 'vitest';
import { serviceModule } from '../../../src/modules/service.ts';
import { runsOf } from './plan.ts';

// Booted at 999999100; active since 999999500 (01:38:20 UTC), last reloaded at 999999600 (01:40:00 UTC).
const unit = (properties: Record<string, string>, ...changed: string[]) =>
  Object.entries({
    Id: 'haproxy.service',
    LoadState: 'loaded',
    ActiveState: 'active',
    UnitFileState: 'enabled',
    NeedDaemonReload: 'no',
    CanReload: 'yes',
    Type: 'notify',
    StateChangeTimestamp: 'Sun 2001-09-09 01:40:00 UTC',
    StateChangeTimestampMonotonic: '500250000',
    ActiveEnterTimestamp: 'Sun 2001-09-09 01:38:20 UTC',
    ActiveEnterTimestampMonotonic: '400250000',
    Uptime: '1000.00',
    Now: '1000000100.000000000',
    ...properties,
  })
    .map(([key, value]) => `${key}=${value}\n`)
    .concat(changed.map((c) => `Changed=${c}\n`))
    .join('');
const params = { name: 'haproxy', state: 'started', reloaded_after: ['/etc/cfg'], restarted_after: ['/etc/unit.d/x.conf'] };
const verbs = (host: string) =>
  [runsOf(serviceModule, { params, host })].flat().map((text) => /systemctl (daemon-reload|\w+)/.exec(text)?.[1] ?? text);

describe('a service that names the files it reads', () => {
  it.each([
    ['rests when it has read them all', unit({}, '999999599.0 /etc/cfg', '999999499.0 /etc/unit.d/x.conf'), []],
    ['is not held against files that are not there', unit({}), []],
    ['reloads what changed since it last read', unit({}, '999999600.5 /etc/cfg'), ['reload']],
    ['tells a change before from one after within the same second', unit({}, '999999600.2 /etc/cfg'), []],
    ['restarts where it cannot reload', unit({ CanReload: 'no' }, '999999700.0 /etc/cfg'), ['restart']],
    ['restarts for what it reads at its start only', unit({}, '999999550.0 /etc/unit.d/x.conf', '999999700.0 /etc/cfg'), ['restart']],
    ['restarts when systemd has not read its unit file', unit({ NeedDaemonReload: 'yes' }), ['daemon-reload', 'restart']],
    ['starts only after systemd has read drop-ins it may have overlooked', unit({ ActiveState: 'inactive' }), ['daemon-reload', 'start']],
    [
      'concludes nothing where the host cannot tell',
      unit({ StateChangeTimestamp: '', ActiveEnterTimestamp: '' }, '999999999.0 /etc/cfg'),
      [],
    ],
  ])('%s', (_, host, expected) => expect(verbs(host)).toEqual(expected));
});
