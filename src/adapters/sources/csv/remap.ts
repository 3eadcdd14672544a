import type { FileRemapper } from "../../../ports/file-source.ts";
import type { SourceItem } from "../../../ports/source.ts";
import { checkHeader } from "./header.ts";
import { prepareMapRow } from "./map-row.ts";
import type { ResolvedMapping } from "./mapping.ts";
import { prepareScrub } from "./scrub.ts";

/**
 * Maps rows from the archive, by the mapping that read them or by a newer one, under the header the file had.
 * @throws ConfigError when the newer mapping names columns the file did not have.
 */
export function prepareRemapRow(resolved: ResolvedMapping, pseudonymKey: Buffer | null): FileRemapper["map"] {
  const { mapping, header } = resolved;
  checkHeader(mapping, header, { file: "the archived file", mapping: "the mapping" });
  const scrub = prepareScrub(resolved, pseudonymKey);
  const mapRow = prepareMapRow(resolved);
  return ({ place, payload }) => {
    const cells = cellsOf(payload);
    if (cells === null || cells.length !== header.length) return stillRefused(place, payload);
    const scrubbed = scrub(cells);
    return mapRow(scrubbed, place, JSON.stringify(scrubbed));
  };
}

/** The archived cells; null where the row never became cells. */
function cellsOf(payload: string): (string | null)[] | null {
  const value = parseJson(payload);
  if (!Array.isArray(value)) return null;
  const cells: (string | null)[] = [];
  for (const cell of value) {
    if (cell !== null && typeof cell !== "string") return null;
    cells.push(cell);
  }
  return cells;
}

/** A row that could not be cut into its columns stays refused for its old reason: only the file can be corrected. */
function stillRefused(place: string, payload: string): SourceItem {
  const value = parseJson(payload);
  const isObject = typeof value === "object" && value !== null;
  const reason = isObject && "reason" in value && typeof value.reason === "string" ? value.reason : "not_cells";
  return { kind: "reject", place, reject: { reason, field: null, value: null }, payload };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
