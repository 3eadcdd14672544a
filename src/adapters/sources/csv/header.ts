import { nearest } from "../../../config/nearest.ts";
import { ConfigError, SourceBrokenError } from "../../../errors.ts";
import type { Mapping } from "./mapping.ts";
import { fileColumns } from "./mapping-rules.ts";
import type { RawRow } from "./split-records.ts";

/**
 * The names of the columns: from the mapping, from the first record, or their numbers where there is no header.
 * @param first the first record of the file after the lines to skip; null when it has none
 * @throws SourceBrokenError when the file begins with something that is no header
 */
export function resolveHeader(mapping: Mapping, first: RawRow | null, file: string): string[] {
  if (first === null) {
    throw new SourceBrokenError(
      `${file} shows no record${mapping.skip_lines > 0 ? ` after the ${mapping.skip_lines} lines to skip` : ""}: expected at least a header line`,
      {
        code: "FILE_EMPTY",
        hint: "export the file again, or correct skip_lines in the mapping",
      },
    );
  }
  if (first.problem !== null) {
    throw new SourceBrokenError(`${file}, line ${first.line}: the first record cannot be read (${first.problem}): expected a header line`, {
      code: "HEADER_BROKEN",
      hint: "check delimiter, quote, encoding and line_ends in the mapping against the beginning of the file",
    });
  }
  if (Array.isArray(mapping.header)) return [...mapping.header];
  if (mapping.header) return first.cells.map((name) => name.trim());
  return first.cells.map((_cell, index) => String(index + 1));
}

/** @throws ConfigError naming every column of the mapping that the file does not have, or has twice. */
export function checkHeader(mapping: Mapping, header: readonly string[], files: { readonly file: string; readonly mapping: string }): void {
  const times = new Map<string, number>();
  for (const name of header) times.set(name, (times.get(name) ?? 0) + 1);
  const faults = new Set<string>();
  for (const { column, path } of fileColumns(mapping)) {
    const found = times.get(column) ?? 0;
    const place = `  ${path.join(".")}: column ${JSON.stringify(column)}`;
    if (found === 0) faults.add(`${place} is not in the file${suggestion(column, header)}`);
    if (found > 1) faults.add(`${place} is there ${found} times, so it is unclear which is meant`);
  }
  if (faults.size === 0) return;
  const names = header.map((name) => JSON.stringify(name)).join(", ");
  throw new ConfigError(
    `${files.mapping} does not fit ${files.file}:\n${[...faults].join("\n")}\n  the file has: ${names.length > 1000 ? `${names.slice(0, 1000)}...` : names}`,
    {
      code: "MAPPING_DOES_NOT_FIT",
      hint: "correct the names in the mapping; for a header with equal names write `header: [name, ...]` and `skip_lines: 1`",
    },
  );
}

function suggestion(column: string, header: readonly string[]): string {
  const near = nearest(column, header);
  return near === null ? "" : ` - did you mean ${JSON.stringify(near)}?`;
}
