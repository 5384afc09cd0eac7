import { describe, expect, it } from 'vitest';
import { firewall } from '../../../src/facts/firewall.ts';

const chain = (table: string, name: string, hook: string) =>
  `table ${table} {\n\tchain ${name} {\n\t\ttype filter hook ${hook} priority filter; policy accept;\n\t}\n}\n`;

describe('the firewall in use', () => {
  it.each([
    { it: 'is none where there are only tools', text: 'nft=read\niptables=empty', is: 'none' },
    { it: 'is none where there is nothing', text: '', is: 'none' },
    {
      it: 'is firewalld when it runs',
      text: `firewalld=active\n${chain('inet firewalld', 'filter_INPUT', 'input')}nft=read\niptables=rules`,
      is: 'firewalld',
    },
    { it: 'is not firewalld when it is stopped', text: 'firewalld=inactive\nnft=read\niptables=empty', is: 'none' },
    { it: 'is ufw when it is enabled', text: 'ENABLED=yes\nLOGLEVEL=low\niptables=rules', is: 'ufw' },
    { it: 'is not ufw when it is disabled', text: 'ENABLED=no\niptables=rules', is: 'iptables' },
    {
      it: 'is nftables with a chain of its own',
      text: `${chain('inet filter', 'input', 'input')}nft=read\niptables=empty`,
      is: 'nftables',
    },
    {
      it: 'is iptables when nft shows what iptables-nft made',
      text: `${chain('ip filter', 'INPUT', 'input')}nft=read\niptables=rules`,
      is: 'iptables',
    },
    { it: 'is none when keepalived has a table', text: `${chain('ip keepalived', 'in', 'input')}nft=read\niptables=empty`, is: 'none' },
    { it: 'is none when nft does not filter input', text: `${chain('ip nat', 'post', 'postrouting')}nft=read`, is: 'none' },
    { it: 'is unknown to a plain user', text: 'nft=unread\niptables=unread', is: undefined },
    { it: 'is ufw to a plain user too', text: 'ENABLED=yes\nnft=unread\niptables=unread', is: 'ufw' },
  ])('$it', ({ text, is }) => expect(firewall.parse(text).firewall).toBe(is));
});
