import { assertAction } from './assert.ts';
import { blockinfileModule } from './blockinfile.ts';
import { commandModule } from './command.ts';
import { copyModule } from './copy.ts';
import { debugAction } from './debug.ts';
import { dockerImageModule } from './docker-image.ts';
import { failAction } from './fail.ts';
import { fileModule } from './file.ts';
import { firewallModule } from './firewall.ts';
import { getUrlModule } from './get-url.ts';
import { groupModule } from './group.ts';
import { installMethodModule } from './install-method.ts';
import { iptablesModule } from './iptables.ts';
import { lineinfileModule } from './lineinfile.ts';
import type { Action, Module } from './module.ts';
import { packageModule } from './package.ts';
import { sebooleanModule } from './seboolean.ts';
import { sefcontextModule } from './sefcontext.ts';
import { serviceModule } from './service.ts';
import { setFactAction } from './set-fact.ts';
import { setupModule } from './setup.ts';
import { shellModule } from './shell.ts';
import { sourceBuildModule } from './source-build.ts';
import { sysctlModule } from './sysctl.ts';
import { templateModule } from './template.ts';
import { timesyncModule } from './timesync.ts';
import { userModule } from './user.ts';
import { vipModule } from './vip.ts';
import { waitForModule } from './wait-for.ts';

const table = [
  assertAction,
  blockinfileModule,
  commandModule,
  copyModule,
  debugAction,
  dockerImageModule,
  failAction,
  fileModule,
  firewallModule,
  getUrlModule,
  groupModule,
  installMethodModule,
  iptablesModule,
  lineinfileModule,
  packageModule,
  sebooleanModule,
  sefcontextModule,
  serviceModule,
  setFactAction,
  setupModule,
  shellModule,
  sourceBuildModule,
  sysctlModule,
  templateModule,
  timesyncModule,
  userModule,
  vipModule,
  waitForModule,
] as readonly (Module | Action)[];

/** Everything a task can name, by name. */
export const modules: ReadonlyMap<string, Module | Action> = new Map(table.map((module) => [module.name, module]));
