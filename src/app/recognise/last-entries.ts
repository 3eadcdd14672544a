import { isLive, type LastEntry } from "../../domain/recognise/plan-awards.ts";
import type { DecisionStore, LedgerEntry } from "../../ports/decision-store.ts";

export interface KnownEntry extends LastEntry {
  readonly agentId: string;
  readonly definitionId: string;
  readonly periodId: string;
}

/** By agent, then by `entitlementPlace`. */
export type KnownEntries = ReadonlyMap<string, ReadonlyMap<string, KnownEntry>>;

/** By what an award's key is made of, beside its agent: a hash for each of half a million verdicts would cost more than judging them. */
export function entitlementPlace(definitionId: string, periodId: string): string {
  return `${definitionId} ${periodId}`;
}

/** What is granted now. Grows with awards, not with history: one short row each. */
export async function readLastEntries(store: DecisionStore, ids: readonly string[]): Promise<KnownEntries> {
  const known = new Map<string, Map<string, KnownEntry>>();
  if (ids.length === 0) return known;
  for await (const entries of store.lastEntries(ids)) {
    for (const entry of entries) {
      const ofAgent = known.get(entry.subjectId) ?? new Map<string, KnownEntry>();
      known.set(entry.subjectId, ofAgent);
      ofAgent.set(entitlementPlace(entry.definitionId, entry.periodId), knownEntry(entry));
    }
  }
  return known;
}

export function liveAwards(known: KnownEntries): KnownEntry[] {
  return [...known.keys()].flatMap((agentId) => liveAwardsOf(known, agentId));
}

export function liveAwardsOf(known: KnownEntries, agentId: string): KnownEntry[] {
  return [...(known.get(agentId)?.values() ?? [])].filter(isLive);
}

function knownEntry({
  awardKey,
  entryNo,
  action,
  ruleHash,
  tier,
  occurredAt,
  evidence,
  subjectId,
  definitionId,
  periodId,
}: LedgerEntry): KnownEntry {
  const finding: LastEntry["finding"] = JSON.parse(evidence);
  const { asOf, valueMilli, n } = finding;
  return {
    awardKey,
    entryNo,
    action,
    ruleHash,
    tier,
    occurredAt,
    finding: { asOf, valueMilli, n },
    agentId: subjectId,
    definitionId,
    periodId,
  };
}
