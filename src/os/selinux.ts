/** What a release's SELinux policy has for a balancer. */
export interface SelinuxTable {
  /** Packages that bring semanage. */
  readonly tools: readonly string[];
  /** Booleans that let a program use ports its policy does not name, by program. */
  readonly booleans: Readonly<Record<'haproxy' | 'keepalived' | 'nginx', readonly string[]>>;
  /** The type by which keepalived may run scripts, where the policy does not give it to /usr/libexec/keepalived by itself. */
  readonly scripts: string | undefined;
}
