import type { DatabaseSync, SQLInputValue } from "node:sqlite";
import type { FlairEntitlement } from "../../../domain/deliver/flair.ts";
import type { CommitTotals, DecisionPlan, FlairVersion, StoredDecision } from "../../../ports/decision-store.ts";
import {
  entryLeftOut,
  entryTaken,
  flairMoved,
  isSameEntry,
  isSameMessage,
  mayFollow,
  messageTaken,
  snapshotMoved,
} from "../decision-conflicts.ts";
import { entryColumns, entryValues, messageColumns, snapshotText, toEntry, toFlairVersion, toMessage } from "../decision-rows.ts";
import { prepared } from "./statements.ts";

/** Where one commit stands: its number, and the time its rows carry. */
interface Writing {
  readonly db: DatabaseSync;
  readonly plan: DecisionPlan;
  readonly commitNo: number;
  readonly now: number;
}

/** Writes a whole plan; call it inside a transaction. */
export function writePlan(db: DatabaseSync, plan: DecisionPlan, clockNow: number): CommitTotals {
  const commitNo = Number(prepared(db, "update store set commit_no = commit_no + 1 returning commit_no").get()?.commit_no);
  // The ledger's times never go back, whatever the clock does.
  const last = prepared(db, "select posted_at from ledger order by seq desc limit 1").get();
  const writing: Writing = { db, plan, commitNo, now: Math.max(clockNow, Number(last?.posted_at ?? 0)) };
  const standing = moveSnapshots(writing);
  writeDefinitions(writing);
  const appended = appendEntries(writing);
  // Somebody decided on the very same snapshots: only the same decision may be told again.
  if (appended > 0 && standing !== null) throw snapshotMoved(standing);
  const decisions = writeDecisions(writing);
  for (const entitlement of plan.entitlements) writeEntitlement(writing, entitlement);
  for (const version of plan.flairVersions) writeFlairVersion(writing, version);
  const enqueued = enqueueMessages(writing);
  return { appended, duplicate: plan.entries.length - appended, decisions, enqueued };
}

/** Compare and set. Names a definition that stands at `after` already although `before` says otherwise, if there is one. */
function moveSnapshots({ db, plan, commitNo, now }: Writing): string | null {
  const read = prepared(db, "select snapshot from decision_snapshots where definition_id = ?");
  const write = prepared(
    db,
    `insert into decision_snapshots (definition_id, snapshot, run_id, decided_at, commit_no) values (?, ?, ?, ?, ?)
     on conflict (definition_id) do update set
         snapshot = excluded.snapshot, run_id = excluded.run_id, decided_at = excluded.decided_at, commit_no = excluded.commit_no`,
  );
  let standing: string | null = null;
  for (const { definitionId, before, after } of plan.snapshots) {
    const stored = read.get(definitionId)?.snapshot ?? null;
    const next = snapshotText(after);
    if (stored !== (before === null ? null : snapshotText(before))) {
      if (stored !== next) throw snapshotMoved(definitionId);
      standing = definitionId;
    }
    write.run(definitionId, next, plan.runId, now, commitNo);
  }
  return standing;
}

function writeDefinitions({ db, plan, commitNo, now }: Writing): void {
  const write = prepared(
    db,
    `insert into definitions (kind, definition_id, rule_hash, valid_from, valid_to, content, recorded_at, commit_no) values (?, ?, ?, ?, ?, ?, ?, ?)
     on conflict (kind, definition_id, rule_hash, valid_from) do update set valid_to = excluded.valid_to, commit_no = excluded.commit_no
     where definitions.valid_to is not excluded.valid_to`,
  );
  for (const { kind, definitionId, ruleHash, validFrom, validTo, content } of plan.definitions)
    write.run(kind, definitionId, ruleHash, validFrom, validTo, content, now, commitNo);
}

function appendEntries({ db, plan, commitNo, now }: Writing): number {
  if (plan.entries.length === 0) return 0;
  const start = Number(prepared(db, "select ledger_seq from store").get()?.ledger_seq);
  let seq = start;
  const find = prepared(db, `select ${entryColumns} from ledger where award_key = ? and entry_no = ?`);
  find.setReadBigInts(true);
  const insert = prepared(
    db,
    `insert into ledger (${entryColumns}, commit_no) values (${marks(19)}) on conflict (award_key, entry_no) do nothing`,
  );
  for (const entry of plan.entries) {
    let isNew: boolean;
    try {
      isNew = insert.run(seq + 1, ...entryValues(entry), now, plan.runId, commitNo).changes === 1;
    } catch (error) {
      throw isTriggerAbort(error) ? entryLeftOut(entry) : error;
    }
    if (isNew) {
      seq += 1;
      continue;
    }
    const stored = find.get(entry.awardKey, entry.entryNo);
    if (stored === undefined || !isSameEntry(toEntry(stored), entry)) throw entryTaken(entry);
  }
  if (seq > start) prepared(db, "update store set ledger_seq = ?").run(seq);
  return seq - start;
}

function writeDecisions({ db, plan, commitNo }: Writing): number {
  const write = prepared(
    db,
    `insert into decisions (definition_id, subject_id, period_id, rule_hash, verdict, commit_state, decided_as_of, since, evidence, commit_no)
     values (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, ?8, ?9)
     on conflict (definition_id, subject_id, period_id) do update set
         rule_hash = excluded.rule_hash, verdict = excluded.verdict, commit_state = excluded.commit_state,
         decided_as_of = excluded.decided_as_of, evidence = excluded.evidence, commit_no = excluded.commit_no,
         since = case when decisions.verdict = excluded.verdict then decisions.since else excluded.since end
     where excluded.decided_as_of >= decisions.decided_as_of`,
  );
  let written = 0;
  for (const decision of plan.decisions) written += Number(write.run(...decisionValues(decision), commitNo).changes);
  return written;
}

function decisionValues(decision: StoredDecision): SQLInputValue[] {
  const { definitionId, subjectId, periodId, ruleHash, verdict, commitState, decidedAsOf, evidence } = decision;
  return [definitionId, subjectId, periodId, ruleHash, verdict, commitState, decidedAsOf, evidence];
}

function writeEntitlement({ db, commitNo }: Writing, one: FlairEntitlement): void {
  prepared(
    db,
    `insert into entitlements (entitlement_id, agent_id, priority_class, tier_rank, earned_at, valid_from, valid_to, flair, revoked_at, commit_no)
     values (${marks(10)})
     on conflict (entitlement_id) do update set
         agent_id = excluded.agent_id, priority_class = excluded.priority_class, tier_rank = excluded.tier_rank, earned_at = excluded.earned_at,
         valid_from = excluded.valid_from, valid_to = excluded.valid_to, flair = excluded.flair, revoked_at = excluded.revoked_at,
         commit_no = excluded.commit_no`,
  ).run(
    one.entitlementId,
    one.agentId,
    one.priorityClass,
    one.tierRank,
    one.earnedAt,
    one.validFrom,
    one.validTo,
    one.flair,
    one.revokedAt,
    commitNo,
  );
}

function writeFlairVersion({ db }: Writing, fresh: FlairVersion): void {
  const { host, agentId, epoch, version, wanted, deliveredVersion, deliveredAt } = fresh;
  const row = prepared(db, "select * from flair_versions where host = ? and agent_id = ?").get(host, agentId);
  if (!mayFollow(fresh, row === undefined ? null : toFlairVersion(row))) throw flairMoved(fresh);
  // What was delivered is not taken back by a plan made before it was.
  prepared(
    db,
    `insert into flair_versions (host, agent_id, epoch, version, wanted, delivered_version, delivered_at) values (${marks(7)})
     on conflict (host, agent_id) do update set
         epoch = excluded.epoch, version = excluded.version, wanted = excluded.wanted,
         delivered_version = case when flair_versions.epoch = excluded.epoch
             then coalesce(max(flair_versions.delivered_version, excluded.delivered_version), flair_versions.delivered_version, excluded.delivered_version)
             else excluded.delivered_version end,
         delivered_at = coalesce(excluded.delivered_at, flair_versions.delivered_at)`,
  ).run(host, agentId, epoch, version, wanted, deliveredVersion, deliveredAt);
}

function enqueueMessages({ db, plan, commitNo, now }: Writing): number {
  if (plan.messages.length === 0) return 0;
  const start = Number(prepared(db, "select message_id from store").get()?.message_id);
  let id = start;
  const find = prepared(db, `select ${messageColumns} from outbox where idempotency_key = ?`);
  const insert = prepared(db, `insert into outbox (${messageColumns}, commit_no) values (${marks(17)})`);
  for (const message of plan.messages) {
    const stored = find.get(message.idempotencyKey);
    if (stored !== undefined) {
      if (!isSameMessage(toMessage(stored), message)) throw messageTaken(message);
      continue;
    }
    const { idempotencyKey, host, kind, subjectId, priority, notBefore, version, payload } = message;
    id += 1;
    insert.run(
      id,
      idempotencyKey,
      host,
      kind,
      subjectId,
      priority,
      notBefore,
      version,
      payload,
      "pending",
      0,
      now,
      notBefore ?? now,
      null,
      null,
      0,
      commitNo,
    );
  }
  if (id > start) prepared(db, "update store set message_id = ?").run(id);
  return id - start;
}

function marks(count: number): string {
  return Array.from({ length: count }, () => "?").join(", ");
}

/** SQLITE_CONSTRAINT_TRIGGER */
function isTriggerAbort(error: unknown): boolean {
  return error instanceof Error && "errcode" in error && error.errcode === 1811;
}
