import { clockSkew, diskFull, hostReboot, linkCut, powerOff } from './host-scenarios.ts';
import { allBackendsDown, backendDown, badConfig, haproxyHang, haproxyKill, haproxyStop } from './proxy-scenarios.ts';
import type { Scenario } from './scenario.ts';
import { isolate, keepalivedKill, keepalivedStop, maintenance, vrrpDrop } from './vrrp-scenarios.ts';

/** Every scenario there is, from the harmless to the worst. */
export const scenarios: readonly Scenario[] = [
  badConfig,
  backendDown,
  diskFull,
  clockSkew,
  maintenance,
  keepalivedStop,
  haproxyStop,
  haproxyKill,
  haproxyHang,
  linkCut,
  hostReboot,
  powerOff,
  keepalivedKill,
  vrrpDrop,
  isolate,
  allBackendsDown,
];
