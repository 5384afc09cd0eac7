/** What the cluster of the captures under test/fixtures/firewall wants let through. */
export const SHOP = {
  owner: 'shop',
  rules: [
    { comment: 'VRRP shop from lb2', protocol: 'vrrp', source: '10.131.0.12', destination: '224.0.0.18' },
    { comment: 'VRRP shop to its group', direction: 'out', protocol: 'vrrp', source: '10.131.0.11', destination: '224.0.0.18' },
    { comment: 'VRRP6 shop from lb2', protocol: 'vrrp', source: 'fe80::12', destination: 'ff02::12' },
    { comment: 'clients on 80', protocol: 'tcp', port: 80 },
    { comment: 'clients on 80 over IPv6', ip_version: 6, protocol: 'tcp', port: 80 },
    { comment: 'statistics from 10.0.0.0/8', protocol: 'tcp', port: 8404, source: '10.0.0.0/8' },
  ],
} as const;

/** What stands between the answers about IPv4 and IPv6. */
export const BETWEEN = '\n--- vipctl ---\n';
