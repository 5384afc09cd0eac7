import { sh } from '../shell/sh.ts';
import type { Facts } from './facts.ts';
import type { Section } from './section.ts';

/** Which interfaces systemd-networkd manages, and by which file (its state below /run says so, as networkctl(1) reads it). */
export const networkd: Section<Pick<Facts, 'networkFiles' | 'systemd'>> = {
  command: sh`if [ -d /run/systemd/netif/links ]; then
  systemctl --version
  for device in /sys/class/net/*; do
    index=$(show "$device/ifindex")
    show "/run/systemd/netif/links/$index" | while IFS='=' read -r key value; do
      [ "$key" != NETWORK_FILE ] || echo "\${device##*/} is managed by $value"
    done
  done
fi`,
  parse(text) {
    const version = /^systemd (\d+)/m.exec(text)?.[1];
    return {
      systemd: version === undefined ? undefined : Number(version),
      networkFiles: Object.fromEntries([...text.matchAll(/^(\S+) is managed by (.+)$/gm)].map(([, name = '', file = '']) => [name, file])),
    };
  },
};
