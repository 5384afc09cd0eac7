import { error, type Finding, type Place, settingOf, warning } from './finding.ts';
import type { Instance } from './instances.ts';
import { older } from './version.ts';

/** Whether an instance's own numbers make sense to every keepalived that has to run them; `program` is the oldest version among them. */
export function proveInstance(instance: Instance, program: string | undefined): Finding[] {
  const say = (code: string, message: string, hint: string, ...at: Place) =>
    error(code, `instance ${instance.name}: ${message}`, hint, ...settingOf(instance.name, ...at));
  const { version, advert, preempt } = instance;
  const owner = Object.entries(instance.priorities).find(([, p]) => p === 255);
  const findings: (Finding | false | undefined)[] = [
    version === 2 &&
      !Number.isInteger(advert) &&
      say('subsecond-v2', `VRRPv2 counts adverts in whole seconds, not ${advert}`, 'set version: 3', 'advert_seconds'),
    version === 3 &&
      advert > 40.95 &&
      say('advert-v3', `VRRPv3 cannot wait ${advert} s between adverts`, 'at most 40.95 s (RFC 5798)', 'advert_seconds'),
    version === 2 && instance.family === 'inet6' && say('ipv6-v2', 'VRRPv2 knows no IPv6', 'set version: 3, or leave it out', 'version'),
    version === 3 &&
      instance.authPass !== '' &&
      say('v3-auth', 'VRRPv3 has no passwords: auth_pass would be ignored', 'leave auth_pass out, or set version: 2', 'auth_pass'),
    !preempt &&
      instance.preemptDelay > 0 &&
      say('preempt-delay', 'preempt_delay_seconds means nothing with preempt: false', 'keep one of the two', 'preempt_delay_seconds'),
    owner &&
      say(
        'prio-255',
        `priority 255 makes ${owner[0]} the owner of the address: no check can move the VIP away`,
        'use at most 254',
        'priorities',
        owner[0],
      ),
    advert < 1 &&
      warning(
        'subsecond',
        `instance ${instance.name}: a busy virtual machine can be silent for ${advert} s three times over`,
        'expect false failovers, or use 1 s',
        ...settingOf(instance.name, 'advert_seconds'),
      ),
    ...proveStates(instance),
    ...proveSecrets(instance, program),
    ...proveAge(instance, program),
  ];
  return findings.filter((f) => f !== false && f !== undefined);
}

/** `state` is only how a node starts; two of its settings it undoes all the same (keepalived's vrrp.c: both are cleared with a warning). */
function proveStates(instance: Instance): Finding[] {
  const masters = Object.entries(instance.states).flatMap(([node, state]) => (state === 'MASTER' ? [node] : []));
  const [first] = masters;
  if (first === undefined) return [];
  const at = settingOf(instance.name, 'states', first);
  const name = `instance ${instance.name}`;
  const cleared = `keepalived ignores it on a node whose state is MASTER`;
  return [
    ...(instance.preempt
      ? []
      : [error('master-nopreempt', `${name}: preempt: false does nothing on ${first}: ${cleared}`, 'leave states out', ...at)]),
    ...(instance.preemptDelay > 0
      ? [error('master-preempt-delay', `${name}: preempt_delay_seconds does nothing on ${first}: ${cleared}`, 'leave states out', ...at)]
      : []),
    ...(masters.length > 1
      ? [
          warning(
            'two-masters',
            `${name}: ${masters.join(' and ')} all start as MASTER, and each holds the VIP until it hears another`,
            'leave states out: priorities decide',
            ...at,
          ),
        ]
      : []),
  ];
}

/** Passwords that stand in every tutorial, and so in the neighbour's cluster too. */
const EXAMPLES = ['1111', '1234', '12345678', 'secret', 'password', 'passw0rd', 'keepaliv', 'keepalive'];

function proveSecrets({ name, authPass, hmac, version }: Instance, program: string | undefined): Finding[] {
  const active = hmac.find((l) => l.startsWith('active_key '))?.split(' ')[1];
  const defined = hmac.some((l) => l.startsWith(`key ${active} `));
  const hint = older(program, '2.4.0') || version === 2 ? 'take eight random characters, marked !secret' : 'use auth_hmac';
  return [
    ...(EXAMPLES.includes(authPass.toLowerCase())
      ? [
          warning(
            'auth-example',
            `instance ${name}: the password is one that tutorials use, so a neighbour may have it too`,
            hint,
            ...settingOf(name, 'auth_pass'),
          ),
        ]
      : []),
    ...(authPass !== '' && hmac.length > 0
      ? [
          error(
            'two-auths',
            `instance ${name}: keepalived drops auth_pass where there is auth_hmac`,
            'keep one of the two',
            ...settingOf(name, 'auth_pass'),
          ),
        ]
      : []),
    ...(hmac.length > 0 && !defined
      ? [
          error(
            'hmac-key',
            `instance ${name}: the active key ${active} is not among the keys`,
            'name one that is',
            ...settingOf(name, 'auth_hmac', 'active_key'),
          ),
        ]
      : []),
  ];
}

/** Since when keepalived knows a statement, from the tags of its source. */
const SINCE: readonly (readonly [statement: string, since: string, ...setting: string[]])[] = [
  ['down_timer_adverts', '2.2.3', 'down_timer_adverts'],
  ['garp_lower_prio_repeat', '1.2.20', 'garp', 'lower_priority_repeat'],
  ['garp_lower_prio_delay', '1.2.20', 'garp', 'lower_priority_delay_seconds'],
  ['garp_master_refresh_repeat', '1.2.14', 'garp', 'refresh_repeat'],
  ['no_accept', '1.3.0', 'accept'],
  ['accept', '1.2.17', 'accept'],
  ['vmac_xmit_base', '1.2.10', 'vmac_xmit_base'],
];

/** What the oldest keepalived among the nodes, installed or about to be, does not know yet. */
function proveAge(instance: Instance, program: string | undefined): Finding[] {
  const used = new Set(instance.settings.map((line) => line.split(' ')[0] ?? ''));
  const unknown = (code: string, what: string, since: string, hint: string, ...at: Place) =>
    older(program, since)
      ? [error(code, `instance ${instance.name}: keepalived ${program} knows no ${what}`, hint, ...settingOf(instance.name, ...at))]
      : [];
  return [
    ...(instance.version === 3 ? unknown('v3-on-old', 'VRRPv3', '1.2.20', 'set version: 2', 'version') : []),
    ...(instance.transport === 'unicast'
      ? unknown('unicast-on-old', 'unicast with a source address', '1.2.10', 'use multicast', 'transport')
      : []),
    ...(instance.hmac.length > 0
      ? unknown('hmac-on-old', 'auth_hmac', '2.4.0', 'upgrade every node to 2.4.0 or newer, or leave auth_hmac out', 'auth_hmac')
      : []),
    ...(instance.files.length > 0
      ? unknown('file-on-old', 'tracked files', '2.0.0', 'use a check, or maintenance_by: script', 'track_files')
      : []),
    ...(instance.rules.length > 0 ? unknown('rules-on-old', 'virtual_rules', '1.2.20', 'leave rules out', 'rules') : []),
    ...SINCE.filter(([statement]) => used.has(statement)).flatMap(([statement, since, ...at]) =>
      unknown('setting-on-old', statement, since, `leave it out, or upgrade every node to ${since} or newer`, ...at),
    ),
  ];
}
