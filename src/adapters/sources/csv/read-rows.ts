import { createHash } from "node:crypto";
import type { SourceItem } from "../../../ports/source.ts";
import type { CsvReason } from "./convert.ts";
import { type MapRow, prepareMapRow } from "./map-row.ts";
import type { ResolvedMapping } from "./mapping.ts";
import { prepareScrub } from "./scrub.ts";
import type { RawRow } from "./split-records.ts";

/** From a record of the file to what it is made into. */
export type ReadRow = (row: RawRow) => SourceItem;
/** The payload a row leaves in the archive when it never became cells: why, and as much of its text as may be kept. */
export interface BrokenPayload {
  readonly reason: CsvReason | "header_again";
  readonly text: string | null;
  readonly sha256: string;
}

const maximumEvidence = 200;

export function prepareReadRow(resolved: ResolvedMapping, pseudonymKey: Buffer | null): ReadRow {
  const { header, mapping } = resolved;
  const scrub = prepareScrub(resolved, pseudonymKey);
  const mapRow: MapRow = prepareMapRow(resolved);
  // Where columns are personal, a row whose columns cannot be told apart may show none of its text.
  const isPersonal = mapping.pseudonymise.length > 0 || mapping.drop.length > 0;
  // A dropped cell is null, which has no quotes around it.
  const isPlain = mapping.drop.length === 0;
  const refuse = (row: RawRow, reason: BrokenPayload["reason"], text: string, value: string | null): SourceItem => {
    const payload: BrokenPayload = { reason, text: isPersonal ? null : text, sha256: createHash("sha256").update(text).digest("hex") };
    const evidence = isPersonal && row.problem !== null ? null : value;
    return { kind: "reject", place: String(row.line), reject: { reason, field: null, value: evidence }, payload: JSON.stringify(payload) };
  };
  return (row) => {
    if (row.problem !== null) return refuse(row, row.problem, row.text, row.text.slice(0, maximumEvidence));
    const { cells, line } = row;
    const width = header.length;
    if (cells.length > width) dropEmptyTail(cells, width);
    if (cells.length !== width) {
      const few = row.isCutOff ? "cut_off" : "too_few_columns";
      return refuse(
        row,
        cells.length < width ? few : "too_many_columns",
        cells.join(mapping.delimiter),
        `${cells.length} columns instead of ${width}`,
      );
    }
    if (cells[0] === header[0] && isHeaderAgain(cells, header)) return refuse(row, "header_again", cells.join(mapping.delimiter), null);
    const scrubbed = scrub(cells);
    return mapRow(scrubbed, String(line), isPlain && row.isPlain ? `["${scrubbed.join('","')}"]` : JSON.stringify(scrubbed));
  };
}

/** A delimiter at the end of a line makes one more cell, with nothing in it. */
function dropEmptyTail(cells: string[], width: number): void {
  if (cells.slice(width).every((cell) => cell === "")) cells.length = width;
}

/** Files that were put together from several keep the header lines of each. */
function isHeaderAgain(cells: readonly string[], header: readonly string[]): boolean {
  return cells.every((cell, index) => cell.trim() === header[index]);
}
