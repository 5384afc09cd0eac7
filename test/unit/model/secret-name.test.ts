import { expect, it } from 'vitest';
import { isSecretName, secretsIn } from '../../../src/model/secret-name.ts';

it.each([
  ['ansible_become_pass', true],
  ['ansible_password', true],
  ['dbPassword', true],
  ['auth_pass', true],
  ['pass', true],
  ['api-key', true],
  ['github_token', true],
  ['ssh_private_key', true],
  ['ansible_ssh_private_key_file', false],
  ['compass', false],
  ['password_file', false],
  ['token_ttl', false],
  ['pass_through', false],
])('%s: %s', (name, secret) => {
  expect(isSecretName(name)).toBe(secret);
});

it('secrets are found at any depth; templates and other values are none', () => {
  const value = {
    smtp: { password: 'p1', user: 'u' },
    users: [{ password: 'p2' }, { passwords: 'x' }],
    token: ['t1', { name: 'n' }],
    pin_pass: 1234,
    db_password: '{{ vault_db }}',
    empty_password: '',
    no_password: null,
  };
  expect(secretsIn(value)).toEqual(['p1', 'p2', 't1', '1234']);
});
