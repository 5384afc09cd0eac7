import { FILE_HEADERS_ONLY, formatPatch, structuredPatch } from 'diff';
import { maskAssignments } from './mask.ts';

/** Beyond this many characters, or this time, a diff is no use to a reader and a burden on the run. */
const LARGEST = 2_000_000;
const PATIENCE_MS = 1000;

/** The unified diff of two texts, what looks like a secret masked; '' when they agree, one line when either is binary or too large. */
export function unifiedDiff(path: string, before: string, after: string): string {
  if (before === after) return '';
  if (isBinary(before) || isBinary(after)) return `binary content of ${path} differs${sizes(before, after)}\n`;
  const patch =
    before.length + after.length > LARGEST
      ? undefined
      : structuredPatch(path, path, before, after, 'before', 'after', { context: 3, timeout: PATIENCE_MS });
  if (!patch) return `${path} differs, too much to show${sizes(before, after)}\n`;
  return maskAssignments(formatPatch(patch, FILE_HEADERS_ONLY));
}

const isBinary = (text: string) => text.includes('\0') || text.includes('\uFFFD');
const sizes = (before: string, after: string) => `: ${before.length} → ${after.length} characters`;
