import type { LaunchRequest, Telling } from '../engine/launch.ts';
import type { Report } from '../model/report.ts';
import { type ConnectionArgs, toConnection } from './connection.ts';
import type { Io } from './io.ts';
import { createSinks, type Format, tell } from './sinks.ts';

/** What the options of `run` and `bootstrap` parse to. */
export interface PlayArgs extends ConnectionArgs {
  readonly inventory: readonly string[];
  readonly limit: string | undefined;
  readonly tags: readonly string[] | undefined;
  readonly 'skip-tags': readonly string[] | undefined;
  readonly 'extra-vars': readonly string[] | undefined;
  readonly check: boolean;
  readonly diff: boolean;
  readonly format: Format;
  readonly profile: boolean;
  readonly verbose: boolean;
}

/** What is to be run, as the engine takes it. */
export async function toRequest(command: string, playbook: string, args: PlayArgs, io: Io): Promise<LaunchRequest> {
  return {
    command,
    playbook,
    inventory: args.inventory,
    limit: args.limit,
    tags: args.tags ?? [],
    skipTags: args['skip-tags'] ?? [],
    extraVars: args['extra-vars'] ?? [],
    check: args.check,
    connection: await toConnection(args, io),
  };
}

type UseCase = (request: LaunchRequest, io: Telling) => Promise<void>;

/** Has a use case carry out a request, and tells about it in the format asked for. */
export async function perform(useCase: UseCase, request: LaunchRequest, args: PlayArgs, io: Io): Promise<Report> {
  const sinks = await createSinks(args.format, args, io);
  const { report } = await tell(sinks, io, (told) => useCase(request, { ...io, ...told }));
  return report;
}
