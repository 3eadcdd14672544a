import { createHash } from "node:crypto";
import type { MilestoneDefinition } from "../../domain/recognise/definition.ts";
import { versionsInForce } from "../../domain/recognise/versions-in-force.ts";
import type { CanonicalRecord } from "../../domain/records/record.ts";
import type { StreamName } from "../../domain/records/streams.ts";
import { ChecksFailedError, WarehouseError } from "../../errors.ts";
import type { DecisionStore, LedgerEntry, StoredDefinition } from "../../ports/decision-store.ts";
import type { SourceItem, SourceRead } from "../../ports/source.ts";
import type { Warehouse } from "../../ports/warehouse.ts";
import { type LoadDeps, type LoadResult, loadRead } from "../ingest/load-read.ts";
import { type ArchiveDeps, archiveLedger } from "./archive-ledger.ts";
import { requireOwner } from "./require-owner.ts";

export interface ExportDeps extends LoadDeps, Pick<ArchiveDeps, "keeping" | "ledgerArchive"> {
  readonly store: Pick<DecisionStore, "definitions" | "entries" | "id" | "epoch">;
}

export interface ExportReport extends LoadResult {
  /** How far the ledger is in the warehouse now. */
  readonly ledgerSeq: number;
}

/** How far the ledger was exported, and which definitions went with it. Commits with the rows. */
interface Position {
  readonly ledgerSeq: number;
  readonly definitions: string;
}

/** Change with every change of how an entry or a definition is mapped: it is part of each batch's identity. */
const mapperVersion = "ledger-3";
const streams: readonly StreamName[] = ["milestone", "ledger_entry"];

/**
 * Brings the ledger and the definitions it names into the warehouse, as batches of source `gami` from where the last export
 * ended. Repeating it adds nothing: the place in the ledger commits with the rows.
 * @throws ConfigError when another store owns the warehouse. LockHeldError when another process exports at once. WarehouseError when the ledger ends before what was exported already.
 */
export async function exportLedger(deps: ExportDeps, { signal }: { readonly signal?: AbortSignal } = {}): Promise<ExportReport> {
  await requireOwner(deps);
  // What the warehouse holds must outlive the store: nothing is exported that the archive lacks.
  await archiveLedger(deps);
  let reached: Position = { ledgerSeq: 0, definitions: "" };
  const read: SourceRead = {
    source: "gami",
    streams,
    mapperVersion,
    zone: null,
    datedBy: null,
    position: () => JSON.stringify(reached),
    async *items() {
      // Asked behind the claim: whoever exported before it is in, and nobody else can be.
      reached = await exportedSoFar(deps.warehouse);
      await refuseShorterLedger(deps.store, reached);
      for await (const entries of entriesToExport(deps.store, reached.ledgerSeq)) {
        // Read after the entries, so that no entry goes out before the definition it names.
        const definitions = await deps.store.definitions("milestone");
        const fingerprint = fingerprintOf(definitions);
        const items = [...(fingerprint === reached.definitions ? [] : definitionItems(definitions)), ...entries.map(entryItem)];
        reached = { ledgerSeq: entries.at(-1)?.seq ?? reached.ledgerSeq, definitions: fingerprint };
        yield items;
      }
    },
  };
  // A definition that takes an earlier form again is news, although gami has said the very same before.
  const loaded = await loadRead(deps, read, { again: true, ...(signal === undefined ? {} : { signal }) });
  requireWhole(loaded);
  return { ...loaded, ledgerSeq: reached.ledgerSeq };
}

/** The entries that are due, and at least one chunk, so that a definition is seen that nothing was decided by yet. */
async function* entriesToExport(store: ExportDeps["store"], afterSeq: number): AsyncIterable<readonly LedgerEntry[]> {
  let chunks = 0;
  for await (const entries of store.entries({ afterSeq })) {
    chunks += 1;
    yield entries;
  }
  if (chunks === 0) yield [];
}

async function exportedSoFar(warehouse: Warehouse): Promise<Position> {
  const cursor = (await warehouse.cursors()).find(({ family, stream }) => family === "gami" && stream === "ledger_entry");
  const position: Partial<Position> = cursor === undefined || cursor.position === null ? {} : JSON.parse(cursor.position);
  return { ledgerSeq: position.ledgerSeq ?? 0, definitions: position.definitions ?? "" };
}

/** What went out cannot have come from a ledger that ends before it. */
async function refuseShorterLedger(store: ExportDeps["store"], { ledgerSeq }: Position): Promise<void> {
  if (ledgerSeq === 0) return;
  for await (const [entry] of store.entries({ afterSeq: ledgerSeq - 1 })) if (entry?.seq === ledgerSeq) return;
  throw new WarehouseError(
    `the ledger ends before entry ${ledgerSeq}, which the warehouse holds already: the operational store lost entries`,
    {
      code: "LEDGER_BEHIND_WAREHOUSE",
      hint: "run 'gami state restore' with the latest backup: it replays what was archived since",
    },
  );
}

/** One refused entry would be missing from every mart. */
function requireWhole({ totals, rejects }: LoadResult): void {
  if (totals.quarantined === 0) return;
  const [first] = rejects;
  throw new ChecksFailedError(
    `${totals.quarantined} entries of the ledger were refused on their way into the warehouse: ${first?.reason ?? "?"} in ${first?.field ?? "?"}`,
    { code: "LEDGER_NOT_EXPORTED", hint: "run 'gami quarantine list --source gami' and report what it says" },
  );
}

function fingerprintOf(definitions: readonly StoredDefinition[]): string {
  return createHash("sha256").update(JSON.stringify(definitions)).digest("hex").slice(0, 32);
}

function definitionItems(definitions: readonly StoredDefinition[]): SourceItem[] {
  return versionsInForce(definitions).map((version) => {
    const { definitionId, ruleHash, content, validFrom, validTo } = version;
    const { name, goal, tier }: MilestoneDefinition = JSON.parse(content);
    const record = {
      definition_id: definitionId,
      rule_hash: ruleHash,
      name,
      metric: goal.metric,
      direction: goal.direction,
      threshold_milli: goal.thresholdMilli,
      tier: tier.name,
      definition: content,
      valid_from: validFrom,
      valid_to: validTo,
    };
    return itemOf("milestone", `${definitionId}/${ruleHash}`, record, version);
  });
}

function entryItem(entry: LedgerEntry): SourceItem {
  const isAboutChallenge = entry.kind === "adjustment";
  const record = {
    award_key: entry.awardKey,
    entry_no: entry.entryNo,
    agent_id: isAboutChallenge ? null : entry.subjectId,
    definition_id: entry.definitionId,
    period_id: entry.periodId,
    tier: entry.tier,
    kind: entry.kind,
    action: entry.action,
    amount: Number(entry.amount),
    unit: entry.unit,
    commit_state: entry.commitState,
    occurred_at: entry.occurredAt,
    posted_at: entry.postedAt,
    rule_hash: entry.ruleHash,
    reason: entry.reason,
    ...(isAboutChallenge ? challengeIn(entry) : { challenge_native_id: null, challenge_source: null }),
  };
  return itemOf("ledger_entry", String(entry.seq), record, { ...entry, amount: String(entry.amount) });
}

/** As its platform knows the challenge, which the evidence of an adjustment says. */
function challengeIn({ subjectId, evidence }: LedgerEntry) {
  const { nativeId, source }: { readonly nativeId?: string; readonly source?: string } = JSON.parse(evidence);
  return { challenge_native_id: nativeId ?? subjectId, challenge_source: source ?? null };
}

function itemOf(stream: StreamName, place: string, record: CanonicalRecord, original: unknown): SourceItem {
  return { kind: "record", place, stream, record, payload: JSON.stringify(original) };
}
