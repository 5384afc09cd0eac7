import { all, type Command, lines, sh } from '../shell/sh.ts';
import type { Scene, Server, Way } from './scenario.ts';

/** Marks every packet filter rule of a drill, so that all of them can be found again. */
const TAG = 'vipctl-drill';

/** Starts or stops a service and waits for it. */
export const service = ({ init }: Pick<Scene, 'init'>, verb: 'start' | 'stop', name: string): Command =>
  init === 'systemd' ? sh`systemctl ${verb} ${name}` : sh`service ${name} ${verb}`;

/** Sends a signal to all processes of a service. */
export const signal = ({ init, contained, engine }: Scene, word: 'KILL' | 'STOP' | 'CONT', name: string): Command =>
  init === 'systemd' && !(contained && name === engine)
    ? sh`systemctl kill --signal=${word} ${name}`
    : sh`kill -s ${word} $(pidof ${name})`;

/** The packet filter program of an IP version. */
export const filter = (version: 4 | 6): string => (version === 4 ? 'iptables' : 'ip6tables');

/** Loses every advert that comes or goes. */
export const dropAdverts = ({ versions }: Scene): Command =>
  all(...versions.flatMap((v) => ['INPUT', 'OUTPUT'].map((chain) => rule(v, chain, 1, sh`-p 112 -j DROP`))));

/** Loses every packet, except on loopback and between the SSH server and the address our session comes from. */
export const cutOff = ({ versions }: Scene, { client, port }: Way): Command =>
  all(
    ...versions.flatMap((v) => {
      const ours = client.includes(':') === (v === 6) ? [client] : [];
      return [
        ...ours.map((address) => rule(v, 'INPUT', 1, sh`-p tcp -s ${address} --dport ${port} -j ACCEPT`)),
        ...ours.map((address) => rule(v, 'OUTPUT', 1, sh`-p tcp -d ${address} --sport ${port} -j ACCEPT`)),
        rule(v, 'INPUT', ours.length + 1, sh`-i lo -j ACCEPT`),
        rule(v, 'OUTPUT', ours.length + 1, sh`-o lo -j ACCEPT`),
        rule(v, 'INPUT', ours.length + 2, sh`-j DROP`),
        rule(v, 'OUTPUT', ours.length + 2, sh`-j DROP`),
      ];
    }),
  );

/** Answers for a server that nobody listens there. */
export const refuse = ({ address, port }: Server): Command => {
  const to = port === undefined ? sh`-p tcp -d ${address}` : sh`-p tcp -d ${address} --dport ${port}`;
  return rule(address.includes(':') ? 6 : 4, 'OUTPUT', 1, sh`${to} -j REJECT --reject-with tcp-reset`);
};

/** Takes every rule of a drill away again; fails when one is left. */
export const clearRules: Command = lines(
  ...([4, 6] as const).map((v) => {
    const save = `${filter(v)}-save`;
    return sh`if command -v ${save} >/dev/null; then
  ${save} -t filter 2>/dev/null | sed -n /${TAG}/s/^-A/-D/p | xargs -r -L1 ${filter(v)} || exit
  ! ${save} -t filter 2>/dev/null | grep -q -e ${TAG} || exit
fi`;
  }),
);

const rule = (version: 4 | 6, chain: string, place: number, words: Command): Command =>
  sh`${filter(version)} -I ${chain} ${place} ${words} -m comment --comment ${TAG}`;
