import type { TimeProvider } from '../os/time.ts';
import { fromLines, toLines } from './line-edit.ts';

/** The configuration with exactly these servers; `text` is undefined where there is no file yet. */
export function withServers(provider: TimeProvider, text: string | undefined, servers: readonly string[]): string {
  if (provider.id === 'timesyncd') return fromLines(['# Managed by vipctl', '[Time]', 'NTP=', `NTP=${servers.join(' ')}`]);
  const old = text === undefined ? whole(provider) : toLines(text);
  const sources = old.filter(isSource);
  if (sources.length === servers.length && sources.every((line, i) => line.trim().split(/\s+/)[1] === servers[i]))
    return text ?? fromLines(old);
  const at = old.findIndex(isSource);
  const others = old.filter((line) => !isSource(line));
  return fromLines(others.toSpliced(at < 0 ? others.length : at, 0, ...servers.map((server) => `server ${server} iburst`)));
}

/** The file from which `ntpdate` sets the clock once at boot. */
export const stepTickers = (servers: readonly string[]): string => fromLines(servers);

/** Lines that name a time source (chrony.conf(5), ntp.conf(5)); 127.127.x.x are clocks in the machine. */
const isSource = (line: string) => /^\s*(server|pool|peer)\s+(?!127\.127\.)/i.test(line);

/** A configuration to start from: step a clock that is far off at the start, slew it afterwards, serve nobody. */
function whole({ id, drift = '' }: TimeProvider): string[] {
  const access = ['-4', '-6'].map((ip) => `restrict ${ip} default kod nomodify nopeer noquery limited`);
  return id === 'chrony'
    ? ['# Managed by vipctl', `driftfile ${drift}`, 'makestep 1.0 3', 'rtcsync']
    : ['# Managed by vipctl', `driftfile ${drift}`, ...access, 'restrict 127.0.0.1', 'restrict ::1'];
}
