import type { FlairEntitlement } from "../../src/domain/deliver/flair.ts";
import { LockHeldError } from "../../src/errors.ts";
import type {
  DecisionInTime,
  DecisionStore,
  FlairVersion,
  LedgerEntry,
  NewMessage,
  Snapshot,
  StoredDecision,
  StoredDefinition,
} from "../../src/ports/decision-store.ts";

/** What lies in the store, to be looked at. */
export interface MemoryDecisions extends DecisionStore {
  readonly ledger: readonly LedgerEntry[];
  readonly messages: readonly NewMessage[];
  readonly latest: ReadonlyMap<string, StoredDecision>;
  readonly flairs: ReadonlyMap<string, FlairEntitlement>;
}

/** A store in memory with the rules of the port, but for the outbox's leases. */
export function openMemoryDecisions(now: () => number = () => 0): MemoryDecisions {
  const ledger: LedgerEntry[] = [];
  const messages: NewMessage[] = [];
  const definitions: StoredDefinition[] = [];
  const snapshots = new Map<string, Snapshot>();
  const latest = new Map<string, StoredDecision>();
  /** As of when the standing verdict was reached, and the verdicts before it. */
  const since = new Map<string, number>();
  const replacements: DecisionInTime[] = [];
  let commits = 0;
  const writtenBy = new Map<string, number>();
  const flairs = new Map<string, FlairEntitlement>();
  const versions = new Map<string, FlairVersion>();
  const find = (awardKey: string, entryNo: number) => ledger.find((one) => one.awardKey === awardKey && one.entryNo === entryNo);
  return {
    ledger,
    messages,
    latest,
    flairs,
    async commit(plan) {
      for (const { definitionId, before } of plan.snapshots) {
        if (sorted(snapshots.get(definitionId) ?? null) !== sorted(before)) throw moved(`the snapshot of ${definitionId}`);
      }
      const fresh = plan.entries.filter((entry) => {
        const there = find(entry.awardKey, entry.entryNo);
        if (there === undefined) return true;
        if (there.action === entry.action && there.evidence === entry.evidence) return false;
        throw moved(`entry ${entry.entryNo} of ${entry.awardKey}`);
      });
      for (const { definitionId, after } of plan.snapshots) snapshots.set(definitionId, after);
      for (const one of plan.definitions) {
        if (!definitions.some((there) => there.ruleHash === one.ruleHash && there.definitionId === one.definitionId))
          definitions.push({ ...one, recordedAt: now() });
      }
      for (const entry of fresh) ledger.push({ ...entry, seq: ledger.length + 1, postedAt: now(), runId: plan.runId });
      commits += 1;
      let decided = 0;
      for (const one of plan.decisions) {
        decided += 1;
        const key = [one.definitionId, one.subjectId, one.periodId].join(" ");
        const before = latest.get(key);
        if (before !== undefined && before.decidedAsOf > one.decidedAsOf) continue;
        const replaced = before !== undefined && before.verdict !== one.verdict;
        if (before !== undefined && replaced) {
          replacements.push({ ...before, since: since.get(key) ?? before.decidedAsOf, replacedAsOf: one.decidedAsOf });
        }
        if (before === undefined || replaced) since.set(key, one.decidedAsOf);
        latest.set(key, one);
        writtenBy.set(key, commits);
      }
      for (const one of plan.entitlements) flairs.set(one.entitlementId, one);
      for (const one of plan.flairVersions) versions.set(`${one.agentId} ${one.host}`, one);
      const enqueued = plan.messages.filter((one) => !messages.some(({ idempotencyKey }) => idempotencyKey === one.idempotencyKey));
      messages.push(...enqueued);
      return {
        appended: fresh.length,
        duplicate: plan.entries.length - fresh.length,
        decisions: decided,
        enqueued: enqueued.length,
      };
    },
    async definitions(kind) {
      return definitions.filter((one) => one.kind === kind);
    },
    async lastSnapshots() {
      return new Map(snapshots);
    },
    async *decisions({ definitionIds, subjectId }) {
      yield [...latest.values()].filter(
        (one) => definitionIds.includes(one.definitionId) && (subjectId === undefined || one.subjectId === subjectId),
      );
    },
    async *decidedBetween({ after, upTo }) {
      yield [...latest].flatMap(([key, one]) => {
        const commit = writtenBy.get(key) ?? 0;
        return commit > after && commit <= upTo ? [one] : [];
      });
    },
    async lastCommit() {
      return commits;
    },
    async decisionHistory({ definitionIds, subjectId }) {
      const isAsked = (one: StoredDecision) => definitionIds.includes(one.definitionId) && one.subjectId === subjectId;
      const standing = [...latest].flatMap(([key, one]) =>
        isAsked(one) ? [{ ...one, since: since.get(key) ?? one.decidedAsOf, replacedAsOf: null }] : [],
      );
      return [...replacements.filter(isAsked), ...standing];
    },
    async *entries({ afterSeq = 0, definitionIds, subjectId, kind }) {
      yield ledger.filter(
        (one) =>
          one.seq > afterSeq &&
          (definitionIds === undefined || definitionIds.includes(one.definitionId)) &&
          (subjectId === undefined || one.subjectId === subjectId) &&
          (kind === undefined || one.kind === kind),
      );
    },
    async *lastEntries(definitionIds) {
      const last = new Map(ledger.filter((one) => definitionIds.includes(one.definitionId)).map((one) => [one.awardKey, one]));
      yield [...last.values()];
    },
    async entitlements({ agentIds }) {
      return [...flairs.values()].filter(({ agentId }) => agentIds === undefined || agentIds.includes(agentId));
    },
    async flairVersions(host) {
      return [...versions.values()].filter((one) => one.host === host);
    },
    outbox: {
      claim: async () => [],
      settle: async () => false,
      list: async () => [],
      find: async (keys) =>
        messages.flatMap((message, index) =>
          keys.includes(message.idempotencyKey)
            ? [
                {
                  ...message,
                  id: index + 1,
                  state: "pending",
                  attempts: 0,
                  enqueuedAt: 0,
                  nextAttemptAt: 0,
                  settledAt: null,
                  lastAnswer: null,
                },
              ]
            : [],
        ),
      counts: async () => [],
      replay: async () => 0,
    },
    epoch: async () => 1,
    id: async () => "memory",
  };
}

function moved(what: string): LockHeldError {
  return new LockHeldError(`${what} is another one by now`, { code: "DECIDED_MEANWHILE", hint: "run the command again" });
}

function sorted(snapshot: Snapshot | null): string {
  return JSON.stringify(snapshot === null ? null : Object.entries(snapshot).toSorted(([one], [other]) => (one < other ? -1 : 1)));
}
