import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { withBlock } from '../../../src/modules/block-edit.ts';
import { withLine, withoutLine } from '../../../src/modules/line-edit.ts';

const conf = '# head\nPort 22\n#Port 2222\nPermitRootLogin yes\n# tail\n';

describe('withLine', () => {
  it.each([
    { it: 'replaces the last match', wish: { line: 'Port 1', regexp: '^#?Port ' }, gives: conf.replace('#Port 2222', 'Port 1') },
    {
      it: 'replaces the first match when told so',
      wish: { line: 'Port 1', regexp: '^#?Port ', firstmatch: true },
      gives: conf.replace('Port 22\n', 'Port 1\n'),
    },
    {
      it: 'replaces a line by a text in it',
      wish: { line: 'PermitRootLogin no', search_string: 'RootLogin' },
      gives: conf.replace('yes', 'no'),
    },
    { it: 'adds at the end', wish: { line: 'X 1', regexp: '^X ' }, gives: `${conf}X 1\n` },
    { it: 'adds at the beginning', wish: { line: 'X 1', insertbefore: 'BOF' }, gives: `X 1\n${conf}` },
    { it: 'adds at the beginning as Ansible also spells it', wish: { line: 'X 1', insertafter: 'BOF' }, gives: `X 1\n${conf}` },
    { it: 'adds after the last match', wish: { line: 'X 1', insertafter: 'Port' }, gives: conf.replace('2222\n', '2222\nX 1\n') },
    {
      it: 'adds after the first match',
      wish: { line: 'X 1', insertafter: 'Port', firstmatch: true },
      gives: conf.replace('Port 22\n', 'Port 22\nX 1\n'),
    },
    { it: 'adds before a match', wish: { line: 'X 1', insertbefore: '^# tail' }, gives: conf.replace('# tail', 'X 1\n# tail') },
    { it: 'adds at the end where insertafter matches nothing', wish: { line: 'X 1', insertafter: 'nothing' }, gives: `${conf}X 1\n` },
    { it: 'is content with an equal line', wish: { line: 'Port 22' }, gives: conf },
    { it: 'is content with an equal line that the regexp misses', wish: { line: 'Port 22', regexp: '^Listen' }, gives: conf },
    {
      it: 'fills groups in',
      wish: { line: '\\1 prohibit \\g<v> \\\\', regexp: '^(Permit\\w+) (?P<v>.*)', backrefs: true },
      gives: conf.replace('PermitRootLogin yes', 'PermitRootLogin prohibit yes \\'),
    },
    { it: 'adds nothing with backrefs and no match', wish: { line: 'X \\1', regexp: '^X (.)', backrefs: true }, gives: conf },
    { it: 'understands (?i)', wish: { line: 'Port 1', regexp: '(?i)^port' }, gives: conf.replace('Port 22\n', 'Port 1\n') },
  ])('$it', ({ wish, gives }) => expect(withLine(conf, wish)).toBe(gives));

  it('ends every line when it changes a text whose last line was not ended, and else leaves it', () => {
    expect(withLine('a\nb', { line: 'c' })).toBe('a\nb\nc\n');
    expect(withLine('a\nb', { line: 'b' })).toBe('a\nb');
    expect(withLine('', { line: 'c' })).toBe('c\n');
  });

  const line = fc.string({ unit: fc.constantFrom('a', 'b', '#', ' ') });
  const text = fc.array(line).map((lines) => lines.map((l) => `${l}\n`).join(''));
  // As in Ansible, a regexp that does not match its own line eats one match a run.
  it('is content with what it has made, if the regexp matches the line', () => {
    const place = fc.record({ insertafter: fc.constantFrom('EOF', 'BOF', 'a'), firstmatch: fc.boolean() });
    fc.assert(
      fc.property(text, line, fc.option(fc.constantFrom('^a', 'b$', '#'), { nil: undefined }), place, (t, l, pattern, where) => {
        const regexp = pattern !== undefined && new RegExp(pattern).test(l) ? pattern : undefined;
        const once = withLine(t, { line: l, regexp, ...where });
        expect(once.split('\n')).toContain(l);
        expect(withLine(once, { line: l, regexp, ...where })).toBe(once);
      }),
    );
  });
  it('takes out what it has put in', () => {
    fc.assert(
      fc.property(text, (t) => {
        expect(withoutLine(withLine(t, { line: 'new' }), { line: 'new' })).toBe(t);
      }),
    );
  });
});

describe('withoutLine', () => {
  it.each([
    { wish: { regexp: 'Port' }, gives: '# head\nPermitRootLogin yes\n# tail\n' },
    { wish: { line: 'Port 22' }, gives: conf.replace('Port 22\n', '') },
    { wish: { search_string: '#' }, gives: 'Port 22\nPermitRootLogin yes\n' },
    { wish: { regexp: '^none$' }, gives: conf },
  ])('$wish', ({ wish, gives }) => expect(withoutLine(conf, wish)).toBe(gives));
});

describe('withBlock', () => {
  const markers = ['# BEGIN', '# END'] as const;
  const standing = 'a\n# BEGIN\nx\ny\n# END\nb\n';

  it.each([
    { it: 'replaces the block where it stands', text: standing, wish: { block: 'z\n' }, gives: 'a\n# BEGIN\nz\n# END\nb\n' },
    { it: 'leaves an equal block', text: standing, wish: { block: 'x\ny' }, gives: standing },
    { it: 'takes an empty block out', text: standing, wish: { block: '' }, gives: 'a\nb\n' },
    { it: 'adds at the end', text: 'a', wish: { block: 'x' }, gives: 'a\n# BEGIN\nx\n# END\n' },
    { it: 'adds after a match', text: 'a\nb\n', wish: { block: 'x', insertafter: '^a' }, gives: 'a\n# BEGIN\nx\n# END\nb\n' },
    {
      it: 'does not take a block without end for one',
      text: '# BEGIN\na\n',
      wish: { block: 'x' },
      gives: '# BEGIN\na\n# BEGIN\nx\n# END\n',
    },
    { it: 'does nothing for an empty block that is not there', text: 'a', wish: { block: '' }, gives: 'a' },
  ])('$it', ({ text, wish, gives }) => expect(withBlock(text, { ...wish, markers })).toBe(gives));
});
