/** Aligns cells in columns two blanks apart: the columns named in `left` to the left, all others, being numbers, to the right. */
export function table(rows: readonly (readonly (string | number)[])[], left: readonly number[]): string[] {
  const cells = rows.map((row) => row.map(String));
  const widths = (cells[0] ?? []).map((_, column) => Math.max(...cells.map((row) => row[column]?.length ?? 0)));
  const aligned = (cell: string, column: number) =>
    left.includes(column) ? cell.padEnd(widths[column] ?? 0) : cell.padStart(widths[column] ?? 0);
  return cells.map((row) => row.map(aligned).join('  ').trimEnd());
}
