import type { InstanceSpec } from './schema.ts';

/** Statements of a vrrp_instance that stand there only when the spec asks for them, in keepalived.conf(5)'s words. */
export function settingLines(said: InstanceSpec): string[] {
  const { garp = {} } = said;
  const number = (word: string, value: number | undefined) => value !== undefined && `${word} ${value}`;
  const lines = [
    said.preempt === false && 'nopreempt',
    said.preempt_delay_seconds !== 0 && number('preempt_delay', said.preempt_delay_seconds),
    number('down_timer_adverts', said.down_timer_adverts),
    said.dont_track_primary && 'dont_track_primary',
    said.accept !== undefined && (said.accept ? 'accept' : 'no_accept'),
    said.use_vmac && 'use_vmac',
    said.vmac_xmit_base && 'vmac_xmit_base',
    number('garp_master_refresh_repeat', garp.refresh_repeat),
    number('garp_lower_prio_repeat', garp.lower_priority_repeat),
    number('garp_lower_prio_delay', garp.lower_priority_delay_seconds),
  ];
  return lines.filter((line) => typeof line === 'string');
}

/** The statements of an auth_hmac block; none without one. */
export function hmacLines(hmac: InstanceSpec['auth_hmac']): string[] {
  if (!hmac) return [];
  return [
    ...hmac.keys.map(({ id, secret }) => `key ${id} ${secret}`),
    `active_key ${hmac.active_key ?? hmac.keys[0]?.id}`,
    `anti_replay ${hmac.anti_replay ?? 'time'}`,
    ...(hmac.time_window_seconds === undefined ? [] : [`time_window ${hmac.time_window_seconds}`]),
    `mode ${hmac.mode ?? 'enforce'}`,
  ];
}
