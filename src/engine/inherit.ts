import type { Block, Inherited, Node, Task } from '../config/play.ts';
import { whereAmong } from '../config/scope.ts';

/** A task or block with what it inherits from its play and its enclosing blocks; the nearest word wins, vars, tags and conditions add up. */
export function inherit<T extends Task | Block>(outer: Inherited, inner: T): T {
  return {
    ...definedOnly(outer),
    ...definedOnly(inner),
    vars: { ...outer.vars, ...inner.vars },
    whereVar: whereAmong([outer, inner].map(({ vars, whereVar }) => ({ vars, where: whereVar }))),
    tags: [...outer.tags, ...inner.tags],
    when: [...outer.when, ...inner.when],
  };
}

/** What a play hands down to its tasks; its `vars` form a layer of their own below host facts set at run time. */
export const handedDown = (play: Inherited): Inherited => ({ ...pick(play), vars: {}, when: [] });

/** What a block hands down to its tasks. */
export const fromBlock = (block: Block): Inherited => pick(block);

/** Every task under these nodes, in the order they are written, with what they inherit; `rescue` only when asked. */
export function flatten(nodes: readonly Node[], outer: Inherited, withRescue = false): Task[] {
  return nodes.flatMap((node) => {
    if (node.kind === 'task') return [inherit(outer, node)];
    const inner = fromBlock(inherit(outer, node));
    const children = withRescue ? [...node.block, ...node.rescue, ...node.always] : [...node.block, ...node.always];
    return flatten(children, inner, withRescue);
  });
}

const KEYS = [
  'become',
  'becomeUser',
  'vars',
  'whereVar',
  'tags',
  'when',
  'ignoreErrors',
  'noLog',
  'checkMode',
  'delegateTo',
  'runOnce',
] as const;

function pick(from: Inherited): Inherited {
  return Object.fromEntries(KEYS.flatMap((key) => (from[key] === undefined ? [] : [[key, from[key]]]))) as unknown as Inherited;
}

const definedOnly = <T extends object>(value: T) => Object.fromEntries(Object.entries(value).filter(([, v]) => v !== undefined)) as T;
