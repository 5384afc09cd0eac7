import type { NodePlan } from '../cluster/derive.ts';
import type { Facts } from '../facts/facts.ts';
import type { Section } from '../facts/section.ts';
import { LOADED_PROPERTIES, type Loaded, loadedQuery, parseLoaded } from '../modules/loaded.ts';
import { parseUnits, type Unit, unitQuery } from '../modules/unit.ts';
import { matchFamily } from '../os/match.ts';
import { lines, sh } from '../shell/sh.ts';

export const KEEPALIVED_CONF = '/etc/keepalived/keepalived.conf';

/** A service of a node, the files it has to read, and when it read them. */
export type ServiceState = Unit & { readonly service: string; readonly files: readonly string[]; readonly loaded: Loaded };

const MARK = '== ';

/** How proxy and keepalived stand. */
export function services(plan: NodePlan, facts: Facts): Section<readonly ServiceState[]> {
  const { init } = facts;
  const { places } = matchFamily(facts);
  const query = (service: string) =>
    lines(
      sh`echo ${MARK + service}`,
      sh`(${unitQuery([service], init, LOADED_PROPERTIES)})`,
      loadedQuery(service, filesOf(plan, service), init, places),
    );
  return {
    command: lines(...plan.services.map(query)),
    parse: (text) => {
      const [, ...parts] = `\n${text}`.split(`\n${MARK}`);
      return plan.services.flatMap((service) => {
        const answer = {
          exitCode: 0,
          stdout: parts.find((part) => part.startsWith(`${service}\n`))?.slice(service.length + 1) ?? '',
          stderr: '',
        };
        return parseUnits([service], answer).map((unit) => ({
          ...unit,
          service,
          files: filesOf(plan, service),
          loaded: parseLoaded(answer),
        }));
      });
    },
  };
}

const filesOf = ({ engine, haproxy, nginx }: NodePlan, service: string): readonly string[] =>
  service === 'keepalived' ? [KEEPALIVED_CONF] : engine === 'haproxy' ? haproxy.reads : nginx.reads;

/** Whether keepalived is among the services that run. */
export const runsKeepalived = (units: readonly ServiceState[]): boolean => units.some((u) => u.service === 'keepalived' && u.running);
