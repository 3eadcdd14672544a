import type { FlairEntitlement } from "../../domain/deliver/flair.ts";
import {
  type ClaimedMessage,
  type DecisionInTime,
  definitionKinds,
  type FlairVersion,
  type LedgerEntry,
  type Message,
  messageStates,
  type NewLedgerEntry,
  type Settlement,
  type Snapshot,
  type StoredDecision,
  type StoredDefinition,
  verdicts,
} from "../../ports/decision-store.ts";

/** A row of either database: SQLite gives numbers or bigints, PostgreSQL gives 64-bit integers as text. */
export type StateRow = Readonly<Record<string, unknown>>;

export const entryColumns =
  "seq, award_key, entry_no, kind, action, subject_id, definition_id, period_id, rule_hash, tier, amount, unit, commit_state, occurred_at, reason, evidence, posted_at, run_id";
export const decisionColumns = "definition_id, subject_id, period_id, rule_hash, verdict, commit_state, decided_as_of, evidence";
export const messageColumns =
  "id, idempotency_key, host, kind, subject_id, priority, not_before, version, payload, state, attempts, enqueued_at, next_attempt_at, settled_at, last_answer, fence";

const entryKinds = ["award", "points", "reward", "adjustment"] as const;
const entryActions = ["grant", "confirm", "reverse", "correct"] as const;
const commitStates = ["provisional", "final"] as const;
const messageKinds = ["award", "revocation", "flair", "adjustment", "points"] as const;
const decisionVerdicts = [...verdicts, "proposed", "held"] as const;

export function toDefinition(row: StateRow): StoredDefinition {
  return {
    kind: oneOf(definitionKinds, row.kind),
    definitionId: String(row.definition_id),
    ruleHash: String(row.rule_hash),
    content: String(row.content),
    validFrom: Number(row.valid_from),
    validTo: numberOrNull(row.valid_to),
    recordedAt: Number(row.recorded_at),
  };
}

export function toEntry(row: StateRow): LedgerEntry {
  return {
    seq: Number(row.seq),
    awardKey: String(row.award_key),
    entryNo: Number(row.entry_no),
    kind: oneOf(entryKinds, row.kind),
    action: oneOf(entryActions, row.action),
    subjectId: String(row.subject_id),
    definitionId: String(row.definition_id),
    periodId: String(row.period_id),
    ruleHash: String(row.rule_hash),
    tier: textOrNull(row.tier),
    amount: BigInt(String(row.amount)),
    unit: String(row.unit),
    commitState: oneOf(commitStates, row.commit_state),
    occurredAt: Number(row.occurred_at),
    reason: String(row.reason),
    evidence: String(row.evidence),
    postedAt: Number(row.posted_at),
    runId: String(row.run_id),
  };
}

export function toDecision(row: StateRow): StoredDecision {
  return {
    definitionId: String(row.definition_id),
    subjectId: String(row.subject_id),
    periodId: String(row.period_id),
    ruleHash: String(row.rule_hash),
    verdict: oneOf(decisionVerdicts, row.verdict),
    commitState: oneOf(commitStates, row.commit_state),
    decidedAsOf: Number(row.decided_as_of),
    evidence: String(row.evidence),
  };
}

export function toDecisionInTime(row: StateRow): DecisionInTime {
  return { ...toDecision(row), since: Number(row.since), replacedAsOf: numberOrNull(row.replaced_as_of) };
}

export function toEntitlement(row: StateRow): FlairEntitlement {
  return {
    entitlementId: String(row.entitlement_id),
    agentId: String(row.agent_id),
    priorityClass: Number(row.priority_class),
    tierRank: Number(row.tier_rank),
    earnedAt: Number(row.earned_at),
    validFrom: Number(row.valid_from),
    validTo: numberOrNull(row.valid_to),
    flair: String(row.flair),
    revokedAt: numberOrNull(row.revoked_at),
  };
}

export function toFlairVersion(row: StateRow): FlairVersion {
  return {
    agentId: String(row.agent_id),
    host: String(row.host),
    epoch: Number(row.epoch),
    version: Number(row.version),
    wanted: textOrNull(row.wanted),
    deliveredVersion: numberOrNull(row.delivered_version),
    deliveredAt: numberOrNull(row.delivered_at),
  };
}

export function toMessage(row: StateRow): Message {
  return {
    id: Number(row.id),
    idempotencyKey: String(row.idempotency_key),
    host: String(row.host),
    kind: oneOf(messageKinds, row.kind),
    subjectId: String(row.subject_id),
    priority: Number(row.priority),
    notBefore: numberOrNull(row.not_before),
    version: numberOrNull(row.version),
    payload: String(row.payload),
    state: oneOf(messageStates, row.state),
    attempts: Number(row.attempts),
    enqueuedAt: Number(row.enqueued_at),
    nextAttemptAt: Number(row.next_attempt_at),
    settledAt: numberOrNull(row.settled_at),
    lastAnswer: textOrNull(row.last_answer),
  };
}

export function toClaimedMessage(row: StateRow): ClaimedMessage {
  return { ...toMessage(row), fence: Number(row.fence) };
}

/** What a settlement leaves of a message. */
export function settled(message: Message, settlement: Settlement, now: number) {
  switch (settlement.kind) {
    case "retry":
      return { state: "pending", nextAttemptAt: settlement.nextAttemptAt, settledAt: null, attemptsTaken: 0 } as const;
    case "returned":
      return { state: "pending", nextAttemptAt: now, settledAt: null, attemptsTaken: 1 } as const;
    default:
      return { state: settlement.kind, nextAttemptAt: message.nextAttemptAt, settledAt: now, attemptsTaken: 0 } as const;
  }
}

/** One text per snapshot, whatever order its streams were named in. */
export function snapshotText(snapshot: Snapshot): string {
  return JSON.stringify(Object.fromEntries(Object.entries(snapshot).sort(([a], [b]) => (a < b ? -1 : 1))));
}

export function toSnapshot(text: unknown): Snapshot {
  const value: unknown = JSON.parse(String(text));
  if (typeof value !== "object" || value === null) throw new TypeError(`a snapshot is a map of batch numbers, not ${String(text)}`);
  return Object.fromEntries(Object.entries(value).map(([stream, seq]) => [stream, Number(seq)]));
}

export function toCount(row: StateRow) {
  return { host: String(row.host), state: oneOf(messageStates, row.state), messages: Number(row.messages) };
}

function numberOrNull(value: unknown): number | null {
  return value === null || value === undefined ? null : Number(value);
}

function textOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}

function oneOf<T extends string>(known: readonly T[], value: unknown): T {
  const found = known.find((one) => one === value);
  if (found === undefined) throw new TypeError(`the operational store holds ${String(value)} where one of ${known.join(", ")} is expected`);
  return found;
}

/** What is known of an entry before it has its place: the columns both stores insert, in their order. */
export function entryValues(entry: NewLedgerEntry): (string | number | bigint | null)[] {
  const { awardKey, entryNo, kind, action, subjectId, definitionId, periodId, ruleHash, tier } = entry;
  const { amount, unit, commitState, occurredAt, reason, evidence } = entry;
  return [
    awardKey,
    entryNo,
    kind,
    action,
    subjectId,
    definitionId,
    periodId,
    ruleHash,
    tier,
    amount,
    unit,
    commitState,
    occurredAt,
    reason,
    evidence,
  ];
}
