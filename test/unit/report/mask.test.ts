import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskAssignments } from '../../../src/report/mask.ts';

describe('maskAssignments', () => {
  it.each([
    ['keepalived', '    auth_pass 1111', '    auth_pass ***'],
    ['a line of a diff', '-    auth_pass 1111\n+    auth_pass 2222\n', '-    auth_pass ***\n+    auth_pass ***\n'],
    ['only the word that follows', '  user admin insecure-password adm1n groups ops', '  user admin insecure-password *** groups ops'],
    ['a hash', 'user bob password $6$salt$hash', 'user bob password ***'],
    ['YAML, to the end of the line', 'db_password: two words', 'db_password: ***'],
    ['an ini file', 'smtp_passwd = x y # z', 'smtp_passwd = ***'],
    ['the environment', 'export API_TOKEN=abc', 'export API_TOKEN=***'],
    ['JSON', '{"password": "a \\" b", "port": 1, "apiKey":"k"}', '{"password": ***, "port": 1, "apiKey":***}'],
    ['quotes', "secret 'a b' c", 'secret *** c'],
    ['HAProxy statistics', 'stats auth admin:pa:ss', 'stats auth admin:***'],
    ['a key that signs adverts', '    key 1 hex:0001\n    active_key 1', '    key 1 ***\n    active_key 1'],
    ['HTTP credentials', 'http-check send hdr Authorization "Basic YWRtaW46cGFzcw=="', 'http-check send hdr Authorization "Basic ***"'],
    ['a URL', 'server https://bob:pw@host/x', 'server https://bob:***@host/x'],
    [
      'a key',
      '+-----BEGIN RSA PRIVATE KEY-----\n+MIIabc\n+def=\n+-----END RSA PRIVATE KEY-----\n',
      '+-----BEGIN RSA PRIVATE KEY-----\n***+-----END RSA PRIVATE KEY-----\n',
    ],
    ['the middle of a key', ` ${'aB3/'.repeat(16)}\n-${'aB3+'.repeat(16)}\n`, ' ***\n-***\n'],
  ])('masks %s', (_, text, masked) => {
    expect(maskAssignments(text)).toBe(masked);
  });
  it.each([
    'auth_type PASS\nvirtual_ipaddress',
    'passing 5',
    'compass north',
    'option httpchk GET /health',
    'server web1 10.0.0.1:80 check inter 2s',
    'monkey: business',
    'password',
    'basic auth',
  ])('leaves %j alone', (text) => {
    expect(maskAssignments(text)).toBe(text);
  });
  it('masks once what is masked already', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('auth_pass ', 'password=', '{"token": ', 'secret:  '),
        fc.stringMatching(/^[!-~]{8,20}$/),
        (name, value) => {
          const masked = maskAssignments(`${name}${value}`);
          expect(maskAssignments(masked)).toBe(masked);
          expect(masked).not.toContain(value);
        },
      ),
    );
  });
  it('takes words of any length', () => {
    const long = `${'pass_'.repeat(40_000)}x ${'a'.repeat(200_000)}`;
    expect(maskAssignments(`${long}\nsecret ${long}`)).toBe(`${long}\nsecret *** ${'a'.repeat(200_000)}`);
  });
});
