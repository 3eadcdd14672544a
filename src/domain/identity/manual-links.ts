import { accountKey, type Link } from "./plan-links.ts";

/** A row of the crosswalk somebody keeps by hand; every cell is text. */
export type ManualRow = Readonly<Record<string, string>>;

export const manualColumns = ["source", "agent_native_id", "person", "from", "to"] as const;
const required = ["source", "agent_native_id", "person"] as const;

/** One sentence per fault, each with its line; the links only when there is none. */
export function parseManualLinks(
  columns: readonly string[],
  rows: readonly ManualRow[],
  sinceEver: number,
): { readonly links: readonly Link[]; readonly faults: readonly string[] } {
  const missing = required.filter((name) => !columns.includes(name));
  if (missing.length > 0) return { links: [], faults: [`the header lacks ${missing.join(", ")} - expected ${manualColumns.join(",")}`] };
  const faults: string[] = [];
  const links = rows.map((row, index): Link => {
    const line = `line ${index + 2}`;
    for (const name of required) if (cell(row, name) === "") faults.push(`${line}: ${name} is empty`);
    const effectiveAt = cell(row, "from") === "" ? sinceEver : parseDay(cell(row, "from"));
    const endsAt = cell(row, "to") === "" ? null : parseDay(cell(row, "to"));
    if (effectiveAt === null) faults.push(`${line}: from "${cell(row, "from")}" - expected a day like 2026-01-01, or an instant with Z`);
    if (cell(row, "to") !== "" && endsAt === null) {
      faults.push(`${line}: to "${cell(row, "to")}" - expected a day like 2026-01-01, or an instant with Z`);
    }
    if (effectiveAt !== null && endsAt !== null && endsAt <= effectiveAt) faults.push(`${line}: it ends before it begins`);
    return {
      source: cell(row, "source"),
      nativeId: cell(row, "agent_native_id"),
      personId: cell(row, "person"),
      effectiveAt: effectiveAt ?? sinceEver,
      endsAt,
      method: "manual",
    };
  });
  return { links, faults: [...faults, ...overlaps(links)] };
}

/** One account stands for one person at a time. */
function overlaps(links: readonly Link[]): string[] {
  const numbered = links.map((link, index) => ({ ...link, line: index + 2 }));
  return [...Map.groupBy(numbered, accountKey).values()].flatMap((ofAccount) => {
    const inOrder = ofAccount.toSorted((one, other) => one.effectiveAt - other.effectiveAt);
    return inOrder.flatMap((link, index) => {
      const next = inOrder[index + 1];
      if (next === undefined || (link.endsAt !== null && link.endsAt <= next.effectiveAt)) return [];
      return [`lines ${link.line} and ${next.line}: ${link.source} ${link.nativeId} would be two people at once`];
    });
  });
}

function cell(row: ManualRow, name: string): string {
  return (row[name] ?? "").trim();
}

/** A day begins at 00:00 UTC. */
function parseDay(text: string): number | null {
  if (!/^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z)?$/.test(text)) return null;
  const instant = Date.parse(text);
  const isReal = !Number.isNaN(instant) && new Date(instant).toISOString().slice(0, 10) === text.slice(0, 10);
  return isReal ? instant : null;
}
