import { businessKey } from "../../src/domain/business-key.ts";
import type { FlairEntitlement } from "../../src/domain/deliver/flair.ts";
import type {
  DecisionPlan,
  DecisionStore,
  FlairVersion,
  LedgerEntry,
  Message,
  NewLedgerEntry,
  NewMessage,
  StoredDecision,
} from "../../src/ports/decision-store.ts";

/** Plans and their parts for tests of whatever decides, tells or keeps. */

export function aPlan(parts: Partial<DecisionPlan> = {}): DecisionPlan {
  return {
    runId: "run-1",
    snapshots: [],
    definitions: [],
    entries: [],
    decisions: [],
    entitlements: [],
    flairVersions: [],
    messages: [],
    ...parts,
  };
}

export function anEntry(agent: string, entryNo = 1, more: Partial<NewLedgerEntry> = {}): NewLedgerEntry {
  return {
    awardKey: awardKey(agent),
    entryNo,
    kind: "award",
    action: entryNo === 1 ? "grant" : "confirm",
    subjectId: agent,
    definitionId: "aht-gold",
    periodId: "2024-Q1",
    ruleHash: "r1",
    tier: "gold",
    amount: 1n,
    unit: "award",
    commitState: "final",
    occurredAt: 900_000,
    reason: "Average Handle Time < 240 s over 30 days",
    evidence: '{"value":"228.4"}',
    ...more,
  };
}

export function awardKey(agent: string, definitionId = "aht-gold"): string {
  return businessKey("award", "gami", definitionId, agent, "2024-Q1");
}

export function aDecision(agent: string, decidedAsOf: number, more: Partial<StoredDecision> = {}): StoredDecision {
  return {
    definitionId: "aht-gold",
    subjectId: agent,
    periodId: "2024-Q1",
    ruleHash: "r1",
    verdict: "not_met",
    commitState: "final",
    decidedAsOf,
    evidence: '{"value":"251.0"}',
    ...more,
  };
}

export function aMessage(agent: string, more: Partial<NewMessage> = {}): NewMessage {
  const host = more.host ?? "genesys";
  return {
    idempotencyKey: businessKey("message", host, agent, String(more.version ?? 1), more.kind ?? "award"),
    host,
    kind: "award",
    subjectId: agent,
    priority: 0,
    notBefore: null,
    version: null,
    payload: `{"agent":"${agent}"}`,
    ...more,
  };
}

export function anEntitlement(agent: string, more: Partial<FlairEntitlement> = {}): FlairEntitlement {
  return {
    entitlementId: awardKey(agent),
    agentId: agent,
    priorityClass: 1,
    tierRank: 3,
    earnedAt: 900_000,
    validFrom: 900_000,
    validTo: null,
    flair: '{"flair_tier":"TIER_3"}',
    revokedAt: null,
    ...more,
  };
}

export function aFlairVersion(agent: string, version: number, more: Partial<FlairVersion> = {}): FlairVersion {
  return {
    agentId: agent,
    host: "genesys",
    epoch: 1,
    version,
    wanted: `{"v":${version}}`,
    deliveredVersion: null,
    deliveredAt: null,
    ...more,
  };
}

export async function allEntries(
  store: Pick<DecisionStore, "entries">,
  filter: Parameters<DecisionStore["entries"]>[0] = {},
): Promise<LedgerEntry[]> {
  return flat(store.entries(filter));
}

export async function flat<T>(chunks: AsyncIterable<readonly T[]>): Promise<T[]> {
  const all: T[] = [];
  for await (const chunk of chunks) all.push(...chunk);
  return all;
}

export async function allMessages(store: Pick<DecisionStore, "outbox">): Promise<Message[]> {
  return (await store.outbox.list({ limit: 1_000_000 })).reverse();
}
