import { createHash } from "node:crypto";

/** The columns of an entry the chain covers, in this order: all that the ledger holds of it. */
export const chainedColumns = [
  "seq",
  "award_key",
  "entry_no",
  "kind",
  "action",
  "subject_id",
  "definition_id",
  "period_id",
  "rule_hash",
  "tier",
  "amount",
  "unit",
  "commit_state",
  "occurred_at",
  "reason",
  "evidence",
  "posted_at",
  "run_id",
  "commit_no",
] as const;

/** Two ledgers are compared by these: neither the clock, nor the run, nor the place in the ledger counts. */
const businessColumns = chainedColumns.filter((name) => !["seq", "posted_at", "run_id", "commit_no"].includes(name));

export type ChainedRow = Readonly<Record<string, string | number | null>>;

/** The hash of an entry and of every one before it: whoever changes or takes out an entry would have to write all later hashes anew. */
export function chainHash(before: string | null, row: ChainedRow): string {
  return createHash("sha256")
    .update(`${before ?? ""}\n${textOf(row, chainedColumns)}`)
    .digest("hex");
}

/** Equal for two ledgers that say the same, in whatever order and by how many runs it was written. */
export function createContentHash() {
  const lines: string[] = [];
  return {
    add: (row: ChainedRow) => void lines.push(createHash("sha256").update(textOf(row, businessColumns)).digest("hex")),
    digest: () => createHash("sha256").update(lines.toSorted().join("\n")).digest("hex"),
  };
}

/** As JSON of texts, so that a null, an empty text and a text with separators in it all differ. */
function textOf(row: ChainedRow, columns: readonly string[]): string {
  return JSON.stringify(columns.map((name) => (row[name] === null || row[name] === undefined ? null : String(row[name]))));
}
