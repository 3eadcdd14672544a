/** The tables a backup holds, alike in every kind of store. */
export interface KeptTable {
  readonly name: string;
  readonly columns: readonly string[];
  /** Those of them that are whole numbers. */
  readonly integers: readonly string[];
  /** What names a row. */
  readonly key: readonly string[];
  /** Its rows carry the commit that wrote them, and go into the archive. */
  readonly isArchived: boolean;
  /** A later commit may write a row anew; of an entry or a message the first word stands. */
  readonly isRewritten: boolean;
}

const integers =
  "one epoch commit_no ledger_seq message_id archived_commit first_commit valid_from valid_to recorded_at seq entry_no amount occurred_at posted_at decided_at decided_as_of since replaced_as_of priority_class tier_rank earned_at revoked_at version delivered_version delivered_at priority not_before attempts enqueued_at next_attempt_at settled_at fence claimed_until started_at ended_at exit_code pid".split(
    " ",
  );

function kept(name: string, key: string, columns: string, more: Partial<Pick<KeptTable, "isArchived" | "isRewritten">> = {}): KeptTable {
  const names = columns.split(" ");
  const isInteger = (column: string) => integers.includes(column) || (name === "outbox" && column === "id");
  return { name, key: key.split(" "), columns: names, integers: names.filter(isInteger), isArchived: false, isRewritten: false, ...more };
}

/** In an order in which they may be written: an entry never before the one it follows. */
export const keptTables: readonly KeptTable[] = [
  kept("store", "one", "one id epoch commit_no ledger_seq message_id archived_commit", { isRewritten: true }),
  kept("epochs", "epoch", "epoch first_commit", { isRewritten: true }),
  kept(
    "definitions",
    "kind definition_id rule_hash valid_from",
    "kind definition_id rule_hash valid_from valid_to content recorded_at commit_no",
    { isArchived: true, isRewritten: true },
  ),
  kept(
    "ledger",
    "seq",
    "seq award_key entry_no kind action subject_id definition_id period_id rule_hash tier amount unit commit_state occurred_at reason evidence posted_at run_id commit_no",
    { isArchived: true },
  ),
  kept("ledger_chain", "seq", "seq hash"),
  kept("decision_snapshots", "definition_id", "definition_id snapshot run_id decided_at commit_no", {
    isArchived: true,
    isRewritten: true,
  }),
  kept(
    "decisions",
    "definition_id subject_id period_id",
    "definition_id subject_id period_id rule_hash verdict commit_state decided_as_of since evidence commit_no",
  ),
  kept(
    "decision_history",
    "definition_id subject_id period_id decided_as_of since",
    "definition_id subject_id period_id rule_hash verdict commit_state decided_as_of since evidence replaced_as_of",
  ),
  kept(
    "entitlements",
    "entitlement_id",
    "entitlement_id agent_id priority_class tier_rank earned_at valid_from valid_to flair revoked_at commit_no",
    { isArchived: true, isRewritten: true },
  ),
  kept("flair_versions", "host agent_id", "host agent_id epoch version wanted delivered_version delivered_at"),
  kept(
    "outbox",
    "id",
    "id idempotency_key host kind subject_id priority not_before version payload state attempts enqueued_at next_attempt_at settled_at last_answer fence claimed_by claimed_until commit_no",
    { isArchived: true },
  ),
  kept("runs", "id", "id command argv started_at ended_at status exit_code totals error host pid"),
];

/** Left out on purpose: leases belong to living processes, tokens are made anew by the next login, the version by the migrations. */
export const tablesLeftOut = ["leases", "tokens", "schema_version"];

export function keptTable(name: string): KeptTable {
  const table = keptTables.find((one) => one.name === name);
  if (table === undefined) throw new RangeError(`${name} is no table of the operational store`);
  return table;
}
