import { createHmac } from "node:crypto";
import type { Cells } from "./condition.ts";
import type { ResolvedMapping } from "./mapping.ts";

/** Replaces personal ids and blanks dropped columns, in a row as wide as the header. Doing it twice changes nothing more. */
export type Scrub = (cells: (string | null)[]) => Cells;

const cacheLimit = 50_000;

/**
 * Everything after it sees only scrubbed cells, so a row read from the archive maps exactly as it did when it came.
 * Null markers and `keep` values name nobody and stay.
 */
export function prepareScrub(resolved: ResolvedMapping, key: Buffer | null): Scrub {
  const { mapping, header } = resolved;
  const dropped = mapping.drop.map((column) => header.indexOf(column));
  const replaced = mapping.pseudonymise.map(({ column, keep }) => ({
    index: header.indexOf(column),
    replace: preparePseudonym(key, new Set([...keep, ...mapping.nulls, ...nullsOf(resolved, column)])),
  }));
  if (dropped.length === 0 && replaced.length === 0) return (cells) => cells;
  return (cells) => {
    for (const { index, replace } of replaced) cells[index] = replace(cells[index] ?? "");
    for (const index of dropped) cells[index] = null;
    return cells;
  };
}

/** The null markers of the fields that read a column directly. */
function nullsOf({ mapping }: ResolvedMapping, column: string): string[] {
  return Object.values(mapping.columns).flatMap((field) => (field.column === column ? (field.nulls ?? []) : []));
}

/** `p-` and the first 64 bits of an HMAC: the same for one id in all files of a project, and nothing without its key. */
export function preparePseudonym(key: Buffer | null, keep: ReadonlySet<string>): (value: string) => string {
  if (key === null) throw new RangeError("a mapping with pseudonymise needs the project's pseudonym key");
  const known = new Map<string, string>();
  return (value) => {
    if (keep.has(value) || isPseudonym(value)) return value;
    const found = known.get(value);
    if (found !== undefined) return found;
    if (known.size >= cacheLimit) known.clear();
    const pseudonym = `p-${createHmac("sha256", key).update(value).digest("hex").slice(0, 16)}`;
    known.set(value, pseudonym);
    return pseudonym;
  };
}

function isPseudonym(value: string): boolean {
  return value.length === 18 && /^p-[0-9a-f]{16}$/.test(value);
}
