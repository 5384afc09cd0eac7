import { describe, expect, test } from 'vitest';
import { serverCommand } from '../../../src/operate/servers.ts';

describe('what HAProxy is told', () => {
  test.each([
    [{ action: 'enable', server: 'webs/web1', value: undefined }, 'set server webs/web1 state ready'],
    [{ action: 'disable', server: 'webs/web1', value: undefined }, 'set server webs/web1 state maint'],
    [{ action: 'drain', server: 'my.webs/web-1', value: undefined }, 'set server my.webs/web-1 state drain'],
    [{ action: 'weight', server: 'webs/web1', value: '0' }, 'set server webs/web1 weight 0'],
    [{ action: 'weight', server: 'webs/web1', value: '256' }, 'set server webs/web1 weight 256'],
    [{ action: 'weight', server: 'webs/web1', value: '50%' }, 'set server webs/web1 weight 50%'],
  ] as const)('%o is %s', (request, words) => expect(serverCommand(request)).toBe(words));

  test.each([
    [{ action: 'enable', server: 'web1', value: undefined }, 'expected BACKEND/SERVER'],
    [{ action: 'enable', server: 'webs/web1; shutdown sessions', value: undefined }, 'expected BACKEND/SERVER'],
    [{ action: 'drain', server: 'webs/web1', value: '5' }, 'drain takes no value'],
    [{ action: 'weight', server: 'webs/web1', value: undefined }, 'weight takes a number from 0 to 256'],
    [{ action: 'weight', server: 'webs/web1', value: '257' }, 'weight takes a number from 0 to 256'],
    [{ action: 'weight', server: 'webs/web1', value: '101%' }, 'weight takes a number from 0 to 256'],
    [{ action: 'weight', server: 'webs/web1', value: '-1' }, 'weight takes a number from 0 to 256'],
  ] as const)('%o is refused', (request, words) => expect(() => serverCommand(request)).toThrow(words));
});
