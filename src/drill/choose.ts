import { ConfigError, didYouMean } from '../model/errors.ts';
import type { Scenario } from './scenario.ts';
import { scenarios } from './scenarios.ts';
import type { Actor } from './stage.ts';

/** Scenarios by name; `all`, and `safe` for those clients do not notice. In the order of the table, each once. */
export function chooseScenarios(words: readonly string[]): Scenario[] {
  const chosen = new Set(words.flatMap(named));
  return scenarios.filter((s) => chosen.has(s));
}

function named(word: string): readonly Scenario[] {
  if (word === 'all') return scenarios;
  if (word === 'safe') return scenarios.filter((s) => s.risk === 'none');
  const found = scenarios.find((s) => s.name === word);
  if (found) return [found];
  const near = didYouMean(word, ['all', 'safe', ...scenarios.map((s) => s.name)]);
  throw new ConfigError(`there is no scenario ${word}`, { hint: near ? `did you mean ${near}?` : '`vipctl drill --list` names them' });
}

/** The node that is struck: the owner of the first VIP, the first node that is not, or the one named. */
export function chooseTarget(wanted: string, actors: readonly Actor[], owner: string | undefined): Actor {
  if (wanted === 'owner' || wanted === 'backup') {
    const found = actors.find((a) => (a.name === owner) === (wanted === 'owner'));
    if (found) return found;
  }
  const found = actors.find((a) => a.name === wanted);
  if (found) return found;
  throw new ConfigError(`the cluster has no node ${wanted}`, {
    hint: `it has ${actors.map((a) => a.name).join(', ')}; or say owner or backup`,
  });
}
