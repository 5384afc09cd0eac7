import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isMode, resolveMode, showMode } from '../../../src/modules/mode.ts';

describe('a mode', () => {
  it.each(['0644', '755', '4755', 'u=rw,g=r', 'a+x', '+x', 'go-rwx', 'u=rwX,go=rX', 'g=u', 'u=', 'ug+s,+t', 'u+r-w'])('may be %s', (mode) =>
    expect(isMode(mode)).toBe(true),
  );
  it.each(['', '64', '0888', 'rw', 'u', 'u~x', 'u=rw,', '00644', 'x=u'])('may not be %j', (mode) => expect(isMode(mode)).toBe(false));

  it('comes out as chmod makes it', () => {
    const folder = mkdtempSync(join(tmpdir(), 'mode-'));
    const [file, directory] = [join(folder, 'f'), join(folder, 'd')];
    writeFileSync(file, '');
    mkdirSync(directory);
    const who = fc.constantFrom('', 'u', 'g', 'o', 'a', 'ug', 'go', 'uo');
    const what = fc.oneof(
      fc.subarray(['r', 'w', 'x', 'X', 's', 't']).map((p) => p.join('')),
      fc.constantFrom('u', 'g', 'o'),
    );
    const action = fc.tuple(fc.constantFrom('+', '-', '='), what).map((parts) => parts.join(''));
    const clause = fc.tuple(who, fc.array(action, { minLength: 1, maxLength: 2 })).map(([w, actions]) => w + actions.join(''));
    const modes = fc.array(clause, { minLength: 1, maxLength: 3 }).map((clauses) => clauses.join(','));
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0o7777 }), modes, fc.boolean(), (current, mode, isDirectory) => {
        const path = isDirectory ? directory : file;
        chmodSync(path, current);
        spawnSync('sh', ['-c', 'umask 022; chmod -- "$0" "$1" 2>/dev/null', mode, path]);
        expect(showMode(resolveMode(mode, current, isDirectory))).toBe(showMode(statSync(path).mode & 0o7777));
      }),
      { numRuns: 300 },
    );
    rmSync(folder, { recursive: true });
  });
});
