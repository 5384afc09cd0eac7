import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const CASES = `${import.meta.dirname}/../../fixtures/render`;

/** Runs a rendered script where nothing but the given stand-ins exists; tells its exit code and what they were called with. */
function run(script: string, args: readonly string[], programs: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'script-'));
  const log = join(folder, 'calls');
  for (const name of ['cat', 'date', 'env', 'sh', 'timeout'])
    symlinkSync(spawnSync('which', [name], { encoding: 'utf8' }).stdout.trim(), join(folder, name));
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(folder, name), `#!/bin/sh\necho "${name} $*" >>${log}\n${text}\n`);
    chmodSync(join(folder, name), 0o755);
  }
  const ran = spawnSync('/bin/sh', [`${CASES}/${script}`, ...args], { env: { PATH: folder }, encoding: 'utf8' });
  const calls = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
  return { code: ran.status, stderr: ran.stderr, calls, folder };
}

describe('chk_haproxy.sh', () => {
  const check = (programs: Record<string, string>) => run('minimal/lb1/chk_haproxy.sh', [], programs);
  it('says what curl says', () => {
    expect(check({ curl: 'exit 0' })).toMatchObject({
      code: 0,
      calls: ['curl --fail --silent --show-error --noproxy * --max-time 1 --output /dev/null http://127.0.0.1:8406/alive'],
    });
    expect(check({ curl: 'exit 28', wget: 'exit 0' }).code).toBe(28);
  });
  it('says what wget says where there is no curl', () =>
    expect(check({ wget: 'exit 4' })).toMatchObject({ code: 4, calls: ['wget -q -T 1 -t 1 -O /dev/null http://127.0.0.1:8406/alive'] }));
  it('fails aloud when it cannot ask', () =>
    expect(check({})).toMatchObject({ code: 1, stderr: 'chk_haproxy: neither curl nor wget is installed\n' }));
});

describe('notify.sh', () => {
  const args = ['INSTANCE', 'blue', 'MASTER', '250'];
  const LINE = 'logger -t vipctl-notify -p daemon.notice -- cluster=estate node=lb1 instance=blue state=MASTER priority=250';
  const mailer = 'cat >"${0%/*}/mail.txt"';

  it('tells the log who became what', () =>
    expect(run('minimal/lb1/notify.sh', ['INSTANCE', 'web', 'FAULT', '0'], { logger: '' })).toMatchObject({
      code: 0,
      calls: ['logger -t vipctl-notify -p daemon.notice -- cluster=web node=lb1 instance=web state=FAULT priority=0'],
    }));
  it('mails through sendmail, and calls the hook with what happened', () => {
    const { calls, folder } = run('s5-estate/lb1/notify.sh', args, {
      logger: '',
      sendmail: mailer,
      mail: '',
      ip: 'echo addresses',
      curl: '',
    });
    expect(calls.filter((c) => !c.startsWith('ip '))).toEqual([
      LINE,
      'sendmail -t',
      'curl -fsS --data-urlencode text=MASTER blue http://chat.example.com/hook',
    ]);
    const text = readFileSync(join(folder, 'mail.txt'), 'utf8');
    expect(text).toMatch(
      /^To: ops@example.com\nTo: night@example.com\nFrom: keepalived@example.com\nSubject: estate: lb1 is MASTER of blue\n\nlb1 \(10.5.0.11\) became MASTER of VRRP instance blue at 20.*\n\naddresses\n$/,
    );
  });
  it('mails through mail where there is no sendmail', () =>
    expect(run('s5-estate/lb1/notify.sh', args, { logger: '', mail: mailer, ip: '', curl: '' }).calls).toContain(
      'mail -s estate: lb1 is MASTER of blue ops@example.com night@example.com',
    ));
  it('says so when no mail can be sent, and when a hook fails', () =>
    expect(run('s5-estate/lb1/notify.sh', args, { logger: '', ip: '', curl: 'exit 7' }).calls).toEqual([
      LINE,
      'logger -t vipctl-notify -p daemon.warning -- no mail sent: neither sendmail nor mail is installed',
      'curl -fsS --data-urlencode text=MASTER blue http://chat.example.com/hook',
      expect.stringContaining('logger -t vipctl-notify -p daemon.warning -- hook failed with code 7: curl -fsS'),
    ]));
});
