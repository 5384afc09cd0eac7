import type { Value } from './host.ts';

/** Whether a variable of this name is taken for a secret though nothing marks it (`ansible_become_pass`, `db_password`, `api-token`). */
export const isSecretName = (name: string): boolean =>
  /(?:(?:^|[_-])pass|passwd|pwd|password|passphrase|secret|credentials?|token|private[_-]?key|api[_-]?key)$/i.test(name);

/** The texts in `value` that must never be shown: those under a secret's name, however deep; templates are no secrets yet. */
export function secretsIn(value: Value, name = ''): readonly string[] {
  if (typeof value === 'string' || typeof value === 'number') {
    const text = String(value);
    return isSecretName(name) && text !== '' && !text.includes('{{') ? [text] : [];
  }
  if (value === null || typeof value !== 'object') return [];
  if (Array.isArray(value)) return value.flatMap((item: Value) => secretsIn(item, name));
  return Object.entries(value).flatMap(([key, item]) => secretsIn(item, key));
}
