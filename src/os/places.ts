/** Where one release of a family keeps what surrounds a balancer. */
export interface Places {
  /** The shell of users who never log in. */
  readonly nologin: string;
  /** Folder of the variables that init scripts and units read at their start. */
  readonly variables: '/etc/default' | '/etc/sysconfig';
  /** Folder of sockets and pid files. */
  readonly run: '/run' | '/var/run';
  /** Pid files that do not bear the name of their service, nor that name with a d. */
  readonly pidFiles: Readonly<Record<string, string>>;
  /** The file that takes HAProxy's log, by the name the distribution's own package gives it; `legacy`: rsyslog 5 knows only `$` directives. */
  readonly rsyslog: { readonly file: string; readonly legacy: boolean };
  /** Folder whose files stand in for the headers of init scripts (insserv(8)); undefined where a script's own say enough. */
  readonly initOrder: string | undefined;
}
