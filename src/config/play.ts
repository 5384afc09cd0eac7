import type { Position } from '../model/errors.ts';
import type { Value, Vars } from '../model/host.ts';
import type { Where } from './problem.ts';

/** A CEL condition as written (`when`, `changed_when`, `failed_when`, `until`); a list of them is joined by `&&`. */
export interface ConditionText {
  readonly text: string;
  readonly where: Position;
}

/** Keywords that plays, blocks and tasks share; a task inherits them from its blocks and its play. */
export interface Inherited {
  readonly become?: boolean;
  readonly becomeUser?: string;
  readonly vars: Vars;
  /** Where a part of `vars` is written; the path begins with the variable's name. */
  readonly whereVar?: Where | undefined;
  readonly tags: readonly string[];
  readonly when: readonly ConditionText[];
  readonly ignoreErrors?: boolean;
  readonly noLog?: boolean;
  readonly checkMode?: boolean;
  readonly delegateTo?: string;
  readonly runOnce?: boolean;
}

export interface Task extends Inherited {
  readonly kind: 'task';
  readonly name: string;
  readonly module: string;
  /** Parameters as written: not yet templated, not yet validated. */
  readonly params: Value;
  /** Where the task begins, and where a parameter stands (path inside `params`). */
  readonly where: Position;
  readonly whereParam: (path: readonly (string | number)[]) => Position;
  readonly loop?: Value;
  readonly loopVar: string;
  /** What stands for an item in the output (`loop_control.label`), not yet templated; default: the item. */
  readonly loopLabel?: Value;
  readonly register?: string;
  readonly notify: readonly string[];
  /** Handlers only: further names it answers to. */
  readonly listen: readonly string[];
  readonly changedWhen?: readonly ConditionText[];
  readonly failedWhen?: readonly ConditionText[];
  readonly until?: readonly ConditionText[];
  readonly retries: number;
  readonly delaySeconds: number;
  readonly timeoutSeconds?: number;
}

export interface Block extends Inherited {
  readonly kind: 'block';
  readonly name?: string;
  readonly block: readonly Node[];
  readonly rescue: readonly Node[];
  readonly always: readonly Node[];
  readonly where: Position;
}

export type Node = Task | Block;

export interface Play extends Inherited {
  readonly name: string;
  readonly hosts: string;
  readonly gatherFacts: boolean;
  readonly varsFiles: readonly { readonly path: string; readonly where: Position }[];
  /** Batches, in order; the last size repeats. Empty: all hosts at once. */
  readonly serial: readonly (number | `${number}%`)[];
  readonly maxFailPercentage?: number;
  readonly anyErrorsFatal: boolean;
  readonly tasks: readonly Node[];
  readonly handlers: readonly Task[];
  readonly where: Position;
}

export interface Playbook {
  readonly file: string;
  readonly plays: readonly Play[];
  /** Texts that must never be shown: tagged `!secret`, or standing under a secret's name. */
  readonly secrets: readonly string[];
}
