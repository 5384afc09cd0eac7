import { VipctlError } from '../model/errors.ts';
import type { Outcome, RunEvent, ShownChange } from '../model/event.ts';
import { Secret } from '../shell/sh.ts';
import { maskAssignments } from './mask.ts';

/** Masks every secret it has been told about. */
export interface Redactor {
  /** Secrets of fewer than 4 characters are ignored: masking them would leave nothing legible. */
  add(secret: string | Secret): void;
  text(text: string): string;
}

const MASK = '***';
const SHORTEST = 4;

/** A redactor for these secrets; more may be added while the run learns them. */
export function createRedactor(secrets: Iterable<string | Secret> = []): Redactor {
  const forms = new Set<string>();
  let ordered: readonly string[] = [];
  const redactor: Redactor = {
    add(secret) {
      for (const form of formsOf(secret instanceof Secret ? secret.expose() : secret)) forms.add(form);
      ordered = [...forms].sort((a, b) => b.length - a.length);
    },
    text: (text) => ordered.reduce((masked, form) => masked.replaceAll(form, MASK), text),
  };
  for (const secret of secrets) redactor.add(secret);
  return redactor;
}

const inJson = (text: string) => JSON.stringify(text).slice(1, -1);
const inQuotes = (text: string) => text.replaceAll("'", `'\\''`);

/** The shapes a secret takes on its way through JSON, a shell, a URL or base64, whole and (keys, certificates) line by line. */
function formsOf(secret: string): string[] {
  const lines = secret.split('\n').map((line) => line.trim());
  const parts = lines.length > 1 ? [secret, secret.trim(), ...lines.filter((line) => line.length >= 8)] : [secret];
  const escaped = parts.flatMap((part) => [part, inJson(part), inQuotes(part), inJson(inQuotes(part)), inQuotes(inQuotes(part))]);
  const encoded = parts.flatMap((part) => [encodeURIComponent(Buffer.from(part).toString()), ...base64Forms(part)]);
  return [...escaped, ...encoded].filter((form) => form.length >= SHORTEST && !/^\**$/.test(form));
}

/** Base64 of the secret alone and, where long enough to be told from chance, of the secret inside a longer text (`user:secret`). */
function base64Forms(secret: string): string[] {
  const bytes = Buffer.from(secret);
  const inside = [0, 1, 2].flatMap((lead) => {
    const all = Buffer.concat([Buffer.alloc(lead), bytes]).toString('base64url');
    const settled = all.slice(Math.ceil((lead * 8) / 6), Math.floor(((lead + bytes.length) * 8) / 6));
    return settled.length >= 8 ? [settled] : [];
  });
  return [bytes.toString('base64'), ...[bytes.toString('base64url'), ...inside].flatMap((form) => [form, standard(form)])];
}

const standard = (base64url: string) => base64url.replaceAll('-', '+').replaceAll('_', '/');

/** The event with every free text in it masked; names of hosts and modules stay, for the report is keyed by them. */
export function redactEvent(event: RunEvent, redactor: Redactor): RunEvent {
  const { text } = redactor;
  switch (event.type) {
    case 'play':
      return { ...event, play: text(event.play) };
    case 'task':
      return { ...event, task: text(event.task) };
    case 'progress':
      return { ...event, line: text(event.line) };
    case 'warning':
    case 'note':
      return { ...event, message: text(event.message) };
    case 'outcome':
      return { ...event, outcome: redactOutcome(event.outcome, text) };
    case 'verified':
      return { ...event, checks: event.checks.map((c) => ({ ...c, check: text(c.check), detail: text(c.detail) })) };
    default:
      return event;
  }
}

function redactOutcome(outcome: Outcome, text: (text: string) => string): Outcome {
  const { message, hint, stdout, stderr } = outcome;
  return {
    ...outcome,
    changes: outcome.changes.map((change) => redactChange(change, text)),
    ...(message !== undefined && { message: text(message) }),
    ...(hint !== undefined && { hint: text(hint) }),
    ...(stdout !== undefined && { stdout: text(stdout) }),
    ...(stderr !== undefined && { stderr: text(stderr) }),
  };
}

const redactChange = ({ what, before, after, diff, commands }: ShownChange, text: (text: string) => string): ShownChange => ({
  what: text(what),
  before: maskAssignments(text(before)),
  after: maskAssignments(text(after)),
  ...(diff !== undefined && { diff: maskAssignments(text(diff)) }),
  commands: commands.map(text),
});

/** The same error with message and hint masked; the cause, which may hold anything, is left out. */
export const redactError = ({ message, exitCode, hint }: VipctlError, { text }: Redactor): VipctlError =>
  new VipctlError(text(message), { exitCode, hint: hint === undefined ? undefined : text(hint) });
