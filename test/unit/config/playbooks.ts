import type { Task } from '../../../src/config/play.ts';
import { parsePlaybook } from '../../../src/config/playbook.ts';
import { parseYaml } from '../../../src/config/yaml.ts';

export const MODULES = [
  { name: 'service' },
  { name: 'copy' },
  { name: 'setup' },
  { name: 'sysctl' },
  { name: 'command', freeForm: 'cmd' },
  { name: 'debug', freeForm: 'msg' },
];
export const parse = (text: string) => parsePlaybook(parseYaml(text, 'p.yml'), MODULES);
/** The one task of a play; it begins in line 3, column 7. */
export const parseTask = (text: string): Task => {
  const [task] = parse(`- hosts: all\n  tasks:\n    - ${text.replaceAll('\n', '\n      ')}\n`).plays[0]?.tasks ?? [];
  if (task?.kind !== 'task') throw new Error('no task');
  return task;
};
