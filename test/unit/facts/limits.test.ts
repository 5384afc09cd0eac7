import { describe, expect, it } from 'vitest';
import { limits } from '../../../src/facts/limits.ts';
import { together } from '../../../src/facts/section.ts';
import { ask } from '../on-host.ts';

/** As a lab host with init scripts printed it; its machine keeps CAP_SYS_RESOURCE back. */
const SYSV = `session=20000
nr_open=1048576
capabilities=000001fffeffffff
init=20000
users=         0          0 4294967295
`;
const openFiles = (text: string) => limits.parse(text).openFiles;

describe('the most files a service may open', () => {
  it.each([
    ['is what init can hand down', SYSV, 20_000],
    ['is what the shell can that runs an init script', SYSV.replace('session=20000', 'session=4096'), 4096],
    ['does not follow the shell where systemd starts services', `${SYSV.replace('session=20000', 'session=4096')}systemd=yes\n`, 20_000],
    ['is what the kernel allows where root may raise limits', SYSV.replace('fffeffffff', 'ffffffffff'), 1_048_576],
    [
      'is not raised by a capability that holds in a user namespace only',
      SYSV.replace('fffeffffff', 'ffffffffff').replace(/users=.*/, 'users=0 100000 65536'),
      20_000,
    ],
    [
      'is what the kernel allows where init has no limit',
      SYSV.replace('init=20000', 'init=unlimited').replace('session=20000', 'session=unlimited'),
      1_048_576,
    ],
    ['is unknown where the host does not tell', 'session=\nnr_open=\nusers=\n', undefined],
  ])('%s', (_, text, most) => expect(openFiles(text)).toBe(most));

  it('is told by this machine', () => {
    expect(ask(together({ limits })).limits.openFiles).toBeGreaterThanOrEqual(1024);
  });
});
