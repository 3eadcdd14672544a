import type {
  CommitTotals,
  DecisionPlan,
  LedgerEntry,
  Message,
  NewLedgerEntry,
  NewMessage,
  StoredDecision,
} from "../../../ports/decision-store.ts";
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
import type { Session } from "./driver.ts";
import { findMany, insertMany } from "./rows.ts";

/** Where one commit stands: its number, the time its rows carry, and the counters before it. */
interface Writing {
  readonly session: Session;
  readonly plan: DecisionPlan;
  readonly commitNo: number;
  readonly ledgerSeq: number;
  readonly messageId: number;
  readonly now: number;
}

/** Writes a whole plan; call it inside a transaction. The one row of `store` is locked first, so commits come one after another. */
export async function writePlan(session: Session, plan: DecisionPlan, clockNow: number): Promise<CommitTotals> {
  const { rows } = await session.query("update store set commit_no = commit_no + $1 returning commit_no, ledger_seq, message_id", [1]);
  // The ledger's times never go back, whatever the clock does. Asked behind the lock: what others committed meanwhile is seen.
  const last = await session.query("select posted_at from ledger where seq = $1", [rows[0]?.ledger_seq]);
  const writing: Writing = {
    session,
    plan,
    commitNo: Number(rows[0]?.commit_no),
    ledgerSeq: Number(rows[0]?.ledger_seq),
    messageId: Number(rows[0]?.message_id),
    now: Math.max(clockNow, Number(last.rows[0]?.posted_at ?? 0)),
  };
  const standing = await moveSnapshots(writing);
  await writeDefinitions(writing);
  const appended = await appendEntries(writing);
  // Somebody decided on the very same snapshots: only the same decision may be told again.
  if (appended > 0 && standing !== null) throw snapshotMoved(standing);
  const decisions = await writeDecisions(writing);
  await writeEntitlements(writing);
  await writeFlairVersions(writing);
  const enqueued = await enqueueMessages(writing);
  if (appended + enqueued > 0)
    await session.query("update store set ledger_seq = $1, message_id = $2", [writing.ledgerSeq + appended, writing.messageId + enqueued]);
  return { appended, duplicate: plan.entries.length - appended, decisions, enqueued };
}

/** Compare and set. Names a definition that stands at `after` already although `before` says otherwise, if there is one. */
async function moveSnapshots({ session, plan, commitNo, now }: Writing): Promise<string | null> {
  const ids = plan.snapshots.map(({ definitionId }) => definitionId);
  if (ids.length === 0) return null;
  const { rows } = await session.query("select definition_id, snapshot from decision_snapshots where definition_id = any($1::text[])", [
    ids,
  ]);
  const known = new Map(rows.map((row) => [String(row.definition_id), String(row.snapshot)]));
  let standing: string | null = null;
  for (const { definitionId, before, after } of plan.snapshots) {
    const stored = known.get(definitionId) ?? null;
    if (stored === (before === null ? null : snapshotText(before))) continue;
    if (stored !== snapshotText(after)) throw snapshotMoved(definitionId);
    standing = definitionId;
  }
  await insertMany(session, {
    table: "decision_snapshots",
    columns: { definition_id: "text", snapshot: "text", run_id: "text", decided_at: "bigint", commit_no: "bigint" },
    rows: plan.snapshots.map(({ definitionId, after }) => [definitionId, snapshotText(after), plan.runId, now, commitNo]),
    keyOf: ([definitionId]) => String(definitionId),
    conflict: `on conflict (definition_id) do update set
      snapshot = excluded.snapshot, run_id = excluded.run_id, decided_at = excluded.decided_at, commit_no = excluded.commit_no`,
  });
  return standing;
}

async function writeDefinitions({ session, plan, commitNo, now }: Writing): Promise<void> {
  await insertMany(session, {
    table: "definitions",
    columns: {
      kind: "text",
      definition_id: "text",
      rule_hash: "text",
      valid_from: "bigint",
      valid_to: "bigint",
      content: "text",
      recorded_at: "bigint",
      commit_no: "bigint",
    },
    rows: plan.definitions.map(({ kind, definitionId, ruleHash, validFrom, validTo, content }) => [
      kind,
      definitionId,
      ruleHash,
      validFrom,
      validTo,
      content,
      now,
      commitNo,
    ]),
    keyOf: (row) => JSON.stringify(row.slice(0, 4)),
    conflict: `on conflict (kind, definition_id, rule_hash, valid_from) do update set valid_to = excluded.valid_to, commit_no = excluded.commit_no
      where definitions.valid_to is distinct from excluded.valid_to`,
  });
}

async function appendEntries({ session, plan, commitNo, ledgerSeq, now }: Writing): Promise<number> {
  if (plan.entries.length === 0) return 0;
  const known = await storedEntries(session, plan.entries);
  const fresh: NewLedgerEntry[] = [];
  for (const entry of plan.entries) {
    const stored = known.byNumber.get(numberOf(entry));
    if (stored !== undefined) {
      if (!isSameEntry(stored, entry)) throw entryTaken(entry);
      continue;
    }
    if (entry.entryNo !== (known.last.get(entry.awardKey) ?? 0) + 1) throw entryLeftOut(entry);
    known.last.set(entry.awardKey, entry.entryNo);
    known.byNumber.set(numberOf(entry), { ...entry, seq: 0, postedAt: now, runId: plan.runId });
    fresh.push(entry);
  }
  await insertMany(session, {
    table: "ledger",
    columns: ledgerColumns,
    rows: fresh.map((entry, index) => [ledgerSeq + index + 1, ...entryValues(entry), now, plan.runId, commitNo]),
    keyOf: ([seq]) => String(seq),
    conflict: "",
  });
  return fresh.length;
}

const ledgerColumns = Object.fromEntries(
  [...entryColumns.split(", "), "commit_no"].map((name) => [
    name,
    ["seq", "entry_no", "amount", "occurred_at", "posted_at", "commit_no"].includes(name) ? ("bigint" as const) : ("text" as const),
  ]),
);

function numberOf({ awardKey, entryNo }: Pick<NewLedgerEntry, "awardKey" | "entryNo">): string {
  return `${awardKey} ${entryNo}`;
}

/** What the ledger has under these keys, and the last number of each award. */
async function storedEntries(session: Session, entries: readonly NewLedgerEntry[]) {
  const awards = [...new Set(entries.map(({ awardKey }) => awardKey))];
  const lastNumbers = await findMany(session, {
    types: ["text"],
    keys: awards.map((key) => [key]),
    sql: (keys) => `select award_key, max(entry_no) as entry_no from ledger where award_key in (select * from ${keys}) group by award_key`,
  });
  const last = new Map(lastNumbers.map((row) => [String(row.award_key), Number(row.entry_no)]));
  const there = entries.filter(({ awardKey, entryNo }) => entryNo <= (last.get(awardKey) ?? 0));
  const rows = await findMany(session, {
    types: ["text", "bigint"],
    keys: there.map(({ awardKey, entryNo }) => [awardKey, entryNo]),
    sql: (keys) => `select ${entryColumns} from ledger where (award_key, entry_no) in (select * from ${keys})`,
  });
  const byNumber = new Map<string, LedgerEntry>(rows.map(toEntry).map((entry) => [numberOf(entry), entry]));
  return { last, byNumber };
}

async function writeDecisions({ session, plan, commitNo }: Writing): Promise<number> {
  let written = 0;
  let part: StoredDecision[] = [];
  const write = async () => {
    written += await insertDecisions(session, part, commitNo);
    part = [];
  };
  for (const decision of plan.decisions) {
    part.push(decision);
    if (part.length === 1_000) await write();
  }
  await write();
  return written;
}

function insertDecisions(session: Session, decisions: readonly StoredDecision[], commitNo: number): Promise<number> {
  return insertMany(session, {
    table: "decisions",
    columns: {
      definition_id: "text",
      subject_id: "text",
      period_id: "text",
      rule_hash: "text",
      verdict: "text",
      commit_state: "text",
      decided_as_of: "bigint",
      since: "bigint",
      evidence: "text",
      commit_no: "bigint",
    },
    rows: decisions.map(({ definitionId, subjectId, periodId, ruleHash, verdict, commitState, decidedAsOf, evidence }) => [
      definitionId,
      subjectId,
      periodId,
      ruleHash,
      verdict,
      commitState,
      decidedAsOf,
      decidedAsOf,
      evidence,
      commitNo,
    ]),
    keyOf: (row) => JSON.stringify(row.slice(0, 3)),
    conflict: `on conflict (definition_id, subject_id, period_id) do update set
        rule_hash = excluded.rule_hash, verdict = excluded.verdict, commit_state = excluded.commit_state,
        decided_as_of = excluded.decided_as_of, evidence = excluded.evidence, commit_no = excluded.commit_no,
        since = case when decisions.verdict = excluded.verdict then decisions.since else excluded.since end
      where excluded.decided_as_of >= decisions.decided_as_of`,
  });
}

async function writeEntitlements({ session, plan, commitNo }: Writing): Promise<void> {
  await insertMany(session, {
    table: "entitlements",
    columns: {
      entitlement_id: "text",
      agent_id: "text",
      priority_class: "bigint",
      tier_rank: "bigint",
      earned_at: "bigint",
      valid_from: "bigint",
      valid_to: "bigint",
      flair: "text",
      revoked_at: "bigint",
      commit_no: "bigint",
    },
    rows: plan.entitlements.map((one) => [
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
    ]),
    keyOf: ([id]) => String(id),
    conflict: `on conflict (entitlement_id) do update set
        agent_id = excluded.agent_id, priority_class = excluded.priority_class, tier_rank = excluded.tier_rank, earned_at = excluded.earned_at,
        valid_from = excluded.valid_from, valid_to = excluded.valid_to, flair = excluded.flair, revoked_at = excluded.revoked_at,
        commit_no = excluded.commit_no`,
  });
}

async function writeFlairVersions({ session, plan }: Writing): Promise<void> {
  if (plan.flairVersions.length === 0) return;
  const placeOf = ({ host, agentId }: { readonly host: string; readonly agentId: string }) => JSON.stringify([host, agentId]);
  const rows = await findMany(session, {
    types: ["text", "text"],
    keys: plan.flairVersions.map(({ host, agentId }) => [host, agentId]),
    sql: (keys) => `select * from flair_versions where (host, agent_id) in (select * from ${keys})`,
  });
  const known = new Map(rows.map(toFlairVersion).map((version) => [placeOf(version), version]));
  for (const fresh of plan.flairVersions) {
    if (!mayFollow(fresh, known.get(placeOf(fresh)) ?? null)) throw flairMoved(fresh);
    known.set(placeOf(fresh), fresh);
  }
  await insertMany(session, {
    table: "flair_versions",
    columns: {
      host: "text",
      agent_id: "text",
      epoch: "bigint",
      version: "bigint",
      wanted: "text",
      delivered_version: "bigint",
      delivered_at: "bigint",
    },
    rows: plan.flairVersions.map(({ host, agentId, epoch, version, wanted, deliveredVersion, deliveredAt }) => [
      host,
      agentId,
      epoch,
      version,
      wanted,
      deliveredVersion,
      deliveredAt,
    ]),
    keyOf: (row) => JSON.stringify(row.slice(0, 2)),
    // What was delivered is not taken back by a plan made before it was.
    conflict: `on conflict (host, agent_id) do update set
        epoch = excluded.epoch, version = excluded.version, wanted = excluded.wanted,
        delivered_version = case when flair_versions.epoch = excluded.epoch
            then greatest(flair_versions.delivered_version, excluded.delivered_version) else excluded.delivered_version end,
        delivered_at = coalesce(excluded.delivered_at, flair_versions.delivered_at)`,
  });
}

async function enqueueMessages({ session, plan, commitNo, messageId, now }: Writing): Promise<number> {
  if (plan.messages.length === 0) return 0;
  const rows = await findMany(session, {
    types: ["text"],
    keys: plan.messages.map(({ idempotencyKey }) => [idempotencyKey]),
    sql: (keys) => `select ${messageColumns} from outbox where idempotency_key in (select * from ${keys})`,
  });
  const known = new Map<string, Message | NewMessage>(rows.map(toMessage).map((message) => [message.idempotencyKey, message]));
  const fresh: NewMessage[] = [];
  for (const message of plan.messages) {
    const stored = known.get(message.idempotencyKey);
    if (stored === undefined) {
      known.set(message.idempotencyKey, message);
      fresh.push(message);
    } else if (!isSameMessage(stored, message)) throw messageTaken(message);
  }
  await insertMany(session, {
    table: "outbox",
    columns: outboxColumns,
    rows: fresh.map((message, index) => [messageId + index + 1, ...messageValues(message, now), commitNo]),
    keyOf: ([id]) => String(id),
    conflict: "",
  });
  return fresh.length;
}

const outboxColumns = Object.fromEntries(
  [...messageColumns.split(", "), "commit_no"].map((name) => [
    name,
    ["idempotency_key", "host", "kind", "subject_id", "payload", "state", "last_answer"].includes(name)
      ? ("text" as const)
      : ("bigint" as const),
  ]),
);

function messageValues(message: NewMessage, now: number): unknown[] {
  const { idempotencyKey, host, kind, subjectId, priority, notBefore, version, payload } = message;
  return [idempotencyKey, host, kind, subjectId, priority, notBefore, version, payload, "pending", 0, now, notBefore ?? now, null, null, 0];
}
