import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { expandRanges, parseHostEntry, requireGroupName } from '../../../../src/config/inventory/names.ts';

const where = { file: 'hosts', line: 7, column: 1 };

describe('host entries', () => {
  it.each<[string, string[], number?]>([
    ['lb1', ['lb1']],
    ['lb[1:3]', ['lb1', 'lb2', 'lb3']],
    ['lb[:2]', ['lb0', 'lb1', 'lb2']],
    ['lb[08:11].example.com', ['lb08.example.com', 'lb09.example.com', 'lb10.example.com', 'lb11.example.com']],
    ['lb[1:10:4]', ['lb1', 'lb5', 'lb9']],
    ['lb-[a:c]', ['lb-a', 'lb-b', 'lb-c']],
    ['[y:B]x', ['yx', 'zx', 'Ax', 'Bx']],
    ['r[1:2]-[a:b]', ['r1-a', 'r1-b', 'r2-a', 'r2-b']],
    ['lb[1:2]:2222', ['lb1', 'lb2'], 2222],
    ['10.0.0.[1:2]:22', ['10.0.0.1', '10.0.0.2'], 22],
    ['2001:db8::1', ['2001:db8::1']],
    ['[2001:db8::1]:2222', ['2001:db8::1'], 2222],
    ['größe_1', ['größe_1']],
  ])('%s', (entry, names, port) => {
    expect(parseHostEntry(entry, where)).toEqual({ names, port });
  });

  it.each([
    ['lb[1:99999999]', 'hosts:7:1: lb[1:99999999] stands for more than 10000 hosts'],
    ['lb[1:999][1:999][1:999]', 'hosts:7:1: lb[1:999][1:999][1:999] stands for more than 10000 hosts'],
    ['lb[3:1]', 'hosts:7:1: range [3:1] of lb[3:1]: it ends before it begins'],
    ['lb[1]', 'hosts:7:1: range [1] of lb[1]: a range is begin:end or begin:end:step'],
    ['lb[1:2:3:4]', 'a range is begin:end or begin:end:step'],
    ['lb[1:]', 'begin and end must be two numbers or two letters'],
    ['lb[1:c]', 'begin and end must be two numbers or two letters'],
    ['lb[aa:cc]', 'begin and end must be two numbers or two letters'],
    ['lb[1:3:0]', 'the step must be a number from 1'],
    ['lb[01:100]', 'with a leading zero both ends must have the same number of digits'],
    ['lb[1:3', 'hosts:7:1: unbalanced brackets in lb[1:3'],
    ['lb1:3]', 'hosts:7:1: unbalanced brackets in lb1:3]'],
    ['lb1:', 'hosts:7:1: a port from 1 to 65535 must follow the colon of lb1:'],
    ['lb1:0', 'a port from 1 to 65535 must follow the colon of lb1:0'],
    ['lb1:65536', 'a port from 1 to 65535 must follow the colon of lb1:65536'],
    ['---', 'hosts:7:1: --- begins a YAML file, but this one is read as INI'],
    ['', 'hosts:7:1: "" is not a host name'],
    ['-oProxyCommand=x', '"-oProxyCommand=x" is not a host name'],
    ['../../etc/passwd', '"../../etc/passwd" is not a host name'],
    ['..', '".." is not a host name'],
    ['a b', '"a b" is not a host name'],
    ['a\nb', '"a\\nb" is not a host name'],
    ['$(reboot)', '"$(reboot)" is not a host name'],
    ['lb*', '"lb*" is not a host name'],
    ['!lb1', '"!lb1" is not a host name'],
    ['a:b', '"a:b" is not a host name'],
  ])('%j is refused', (entry, message) => {
    expect(() => parseHostEntry(entry, where)).toThrow(message);
  });

  it.each(['', '..', 'a/b', 'a:b', 'a b', '!a', '&a', '-a', 'a,b', 'a[0]', '*'])('%j is no group name', (name) => {
    expect(() => requireGroupName(name, where)).toThrow(`hosts:7:1: ${JSON.stringify(name)} is not a group name`);
  });
});

describe('properties', () => {
  const number = fc.nat(5000);
  const step = fc.integer({ min: 1, max: 50 });

  it('a numeric range is its arithmetic series', () => {
    fc.assert(
      fc.property(number, fc.nat(300), step, (begin, length, by) => {
        const names = expandRanges(`lb[${begin}:${begin + length}:${by}]`, where);
        const numbers = names.map((name) => Number(name.slice(2)));
        expect(numbers).toEqual(Array.from({ length: Math.floor(length / by) + 1 }, (_, i) => begin + i * by));
      }),
    );
  });

  it('a padded range has names of one width that sort as they count', () => {
    fc.assert(
      fc.property(fc.nat(99), fc.nat(99), (a, b) => {
        const [begin, end] = [Math.min(a, b), Math.max(a, b)].map((n) => String(n).padStart(3, '0'));
        const names = expandRanges(`lb[${begin}:${end}]`, where);
        expect(new Set(names.map((name) => name.length))).toEqual(new Set([5]));
        expect([...names].sort()).toEqual(names);
      }),
    );
  });

  it('several ranges give the product of their parts, without repeats', () => {
    fc.assert(
      fc.property(fc.nat(20), fc.nat(20), (x, y) => {
        const names = expandRanges(`r[0:${x}]-[0:${y}]`, where);
        expect(new Set(names).size).toBe((x + 1) * (y + 1));
        expect(names.at(-1)).toBe(`r${x}-${y}`);
      }),
    );
  });

  it('text without brackets is itself', () => {
    fc.assert(
      fc.property(
        fc.string().filter((text) => !/[[\]]/.test(text)),
        (text) => {
          expect(expandRanges(text, where)).toEqual([text]);
        },
      ),
    );
  });
});
