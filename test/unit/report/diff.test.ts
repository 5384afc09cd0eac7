import { describe, expect, it } from 'vitest';
import { unifiedDiff } from '../../../src/report/diff.ts';

describe('unifiedDiff', () => {
  it('shows what changes with three lines around it', () => {
    const lines = ['1', '2', '3', '4', '5', '6', '7', '8', '9', ''];
    expect(unifiedDiff('/etc/x', lines.join('\n'), lines.join('\n').replace('5', 'five'))).toMatchInlineSnapshot(`
      "--- /etc/x	before
      +++ /etc/x	after
      @@ -2,7 +2,7 @@
       2
       3
       4
      -5
      +five
       6
       7
       8
      "
    `);
  });
  it('says where the last line has no end', () => {
    expect(unifiedDiff('x', 'a\n', 'a')).toMatchInlineSnapshot(`
      "--- x	before
      +++ x	after
      @@ -1,1 +1,1 @@
      -a
      +a
      \\ No newline at end of file
      "
    `);
  });
  it('masks what looks like a secret, and still shows that it changes', () => {
    expect(unifiedDiff('x', 'auth_pass old\n', 'auth_pass new\n')).toMatchInlineSnapshot(`
      "--- x	before
      +++ x	after
      @@ -1,1 +1,1 @@
      -auth_pass ***
      +auth_pass ***
      "
    `);
  });
  it.each([
    ['no text when nothing changes', 'same', 'same', ''],
    ['no binary content', 'a\0b', 'text', 'binary content of x differs: 3 → 4 characters\n'],
    [
      'no more than a reader can take',
      'a'.repeat(1_500_000),
      'b'.repeat(1_500_000),
      'x differs, too much to show: 1500000 → 1500000 characters\n',
    ],
  ])('shows %s', (_, before, after, shown) => {
    expect(unifiedDiff('x', before, after)).toBe(shown);
  });
});
