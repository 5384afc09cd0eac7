/** Whether `--tags` and `--skip-tags` choose a task, by Ansible's rules for `always`, `never`, `all`, `tagged` and `untagged`. */
export function chosen(tags: readonly string[], only: readonly string[], skip: readonly string[]): boolean {
  const own = new Set(tags);
  const matches = (wanted: string) =>
    wanted === 'all' || (wanted === 'tagged' ? tags.length > 0 : wanted === 'untagged' ? tags.length === 0 : own.has(wanted));
  if (skip.some((s) => (s === 'all' ? !own.has('always') : matches(s)))) return false;
  if (own.has('never')) return only.some((o) => o !== 'all' && o !== 'tagged' && own.has(o));
  if (only.length === 0 || only.some(matches)) return true;
  return own.has('always');
}
