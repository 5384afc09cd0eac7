import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { historyFile, keepHistory, readHistory, readPast } from '../../../src/drill/history.ts';
import { drillJson } from '../../../src/drill/json.ts';
import { rowKey, rowsOf } from '../../../src/drill/rows.ts';
import { resultTable } from '../../../src/drill/table.ts';
import { result } from './results.ts';

const folder = mkdtempSync(join(tmpdir(), 'vipctl-history-'));
afterAll(() => rmSync(folder, { recursive: true }));

const rows = (outage: number, scenario = 'haproxy-stop') => rowsOf([{ ...result({ outage }), scenario, verdicts: [] }]);
const outages = (past: Awaited<ReturnType<typeof readHistory>>) => [...past.values()].map((r) => [r.scenario, r.outage.p50]);

describe('the last drill', () => {
  const file = historyFile('my/cluster', { XDG_STATE_HOME: folder });
  it('is kept where state belongs, by cluster', () => {
    expect(file).toBe(join(folder, 'vipctl/drills/my%2Fcluster.json'));
    expect(historyFile('web', { HOME: '/home/ops' })).toBe('/home/ops/.local/state/vipctl/drills/web.json');
  });
  it('is remembered scenario by scenario', async () => {
    expect(await readHistory(file)).toEqual(new Map());
    await keepHistory(file, await readHistory(file), rows(1720));
    await keepHistory(file, await readHistory(file), rows(2300, 'isolate'));
    await keepHistory(file, await readHistory(file), rows(1500));
    expect(outages(await readHistory(file))).toEqual([
      ['haproxy-stop', 1500],
      ['isolate', 2300],
    ]);
  });
  it('may be any earlier result in JSON, even one that never came whole', async () => {
    const earlier = join(folder, 'earlier.json');
    const endless = { ...result({ outage: 6000 }), redundant: undefined, verdicts: [] };
    writeFileSync(earlier, drillJson([endless], rowsOf([endless])));
    expect(outages(await readPast(earlier))).toEqual([['haproxy-stop', 6000]]);
  });
  it.each([
    ['{"version":1}', 'holds no result of a drill'],
    ['nonsense', 'holds no result of a drill'],
  ])('is no other file: %s', async (text, message) => {
    const other = join(folder, 'other.json');
    writeFileSync(other, text);
    await expect(readPast(other)).rejects.toThrow(message);
  });
  it('that is not there is an error where it was asked for', () =>
    expect(readPast(join(folder, 'missing.json'))).rejects.toThrow('cannot be read'));
  it('stands beside the present one', () => {
    const [row] = rows(1720);
    if (!row) throw new Error('no row');
    const past = new Map([[rowKey(row), { ...row, started: '2026-10-01T08:00:00.000Z', outage: { ...row.outage, p50: 1700 } }]]);
    expect(resultTable([row], past)[1]).toMatch(/1\.72 s +1\.70 s on 2026-10-01 +81 refused/);
  });
});
