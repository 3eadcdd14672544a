import type { LastEntry } from "../../domain/recognise/plan-awards.ts";
import type { DecisionStore, LedgerEntry } from "../../ports/decision-store.ts";

export interface KnownEntry extends LastEntry {
  readonly agentId: string;
  readonly definitionId: string;
  readonly periodId: string;
}

/** By what an award's key is made of: a hash for each of half a million verdicts would cost more than judging them. */
export function entitlementPlace(agentId: string, definitionId: string, periodId: string): string {
  return `${agentId} ${definitionId} ${periodId}`;
}

/** What is granted now. Grows with awards, not with history: one short row each. */
export async function readLastEntries(store: DecisionStore, ids: readonly string[]): Promise<Map<string, KnownEntry>> {
  const known = new Map<string, KnownEntry>();
  if (ids.length === 0) return known;
  for await (const entries of store.lastEntries(ids))
    for (const entry of entries) known.set(entitlementPlace(entry.subjectId, entry.definitionId, entry.periodId), knownEntry(entry));
  return known;
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
