import type { MilestoneDefinition } from "./definition.ts";
import type { PlannedEntry } from "./plan-awards.ts";

/** An award as one set of definitions would give it. */
export interface WouldBe {
  readonly agentId: string;
  readonly definitionId: string;
  readonly periodId: string;
  /** Exclusive; null for ever. */
  readonly periodUntil: string | null;
  readonly tier: MilestoneDefinition["tier"];
  readonly asOf: string;
  readonly value: string | null;
  readonly costMilli: number;
}

export interface AwardChange {
  readonly kind: "gain" | "lose" | "earlier" | "later";
  readonly agentId: string;
  readonly definitionId: string;
  readonly periodId: string;
  readonly before: WouldBe | null;
  readonly after: WouldBe | null;
}

/** From nothing or a tier to nothing or a tier: how many agents, by their best award in force at the end. */
export interface TierMove {
  readonly from: string | null;
  readonly to: string | null;
  readonly agents: number;
}

export interface AwardsCompared {
  readonly before: number;
  readonly after: number;
  readonly changes: readonly AwardChange[];
  readonly tierMoves: readonly TierMove[];
  /** What the awards after cost more than those before; negative when less. */
  readonly costMilli: number;
}

export function wouldBe(agentId: string, { definition, periodId, periodUntil, evidence }: PlannedEntry): WouldBe {
  const { id, tier, costMilli = 0 } = definition;
  return { agentId, definitionId: id, periodId, periodUntil, tier, asOf: evidence.asOf, value: evidence.value, costMilli };
}

/** Who would gain, who would lose, and who would have it on another day; by definition, period and agent. */
export function compareAwards(before: readonly WouldBe[], after: readonly WouldBe[], lastDay: string): AwardsCompared {
  const [old, fresh] = [byKey(before), byKey(after)];
  const keys = [...new Set([...old.keys(), ...fresh.keys()])].toSorted();
  return {
    before: before.length,
    after: after.length,
    changes: keys.flatMap((key) => changeOf(old.get(key) ?? null, fresh.get(key) ?? null)),
    tierMoves: tierMoves(before, after, lastDay),
    costMilli: costOf(after) - costOf(before),
  };
}

function byKey(awards: readonly WouldBe[]): Map<string, WouldBe> {
  return new Map(awards.map((one) => [[one.definitionId, one.periodId, one.agentId].join(" "), one]));
}

function changeOf(before: WouldBe | null, after: WouldBe | null): AwardChange[] {
  const one = after ?? before;
  if (one === null || (before !== null && after !== null && before.asOf === after.asOf)) return [];
  const { agentId, definitionId, periodId } = one;
  const kind = before === null ? "gain" : after === null ? "lose" : after.asOf < before.asOf ? "earlier" : "later";
  return [{ kind, agentId, definitionId, periodId, before, after }];
}

function tierMoves(before: readonly WouldBe[], after: readonly WouldBe[], lastDay: string): TierMove[] {
  const [old, fresh] = [bestTiers(before, lastDay), bestTiers(after, lastDay)];
  const moves = [...new Set([...old.keys(), ...fresh.keys()])]
    .map((agentId) => ({ from: old.get(agentId)?.name ?? null, to: fresh.get(agentId)?.name ?? null }))
    .filter(({ from, to }) => from !== to);
  return [...Map.groupBy(moves, ({ from, to }) => JSON.stringify([from, to])).values()]
    .flatMap((same) => same.slice(0, 1).map((move) => ({ ...move, agents: same.length })))
    .toSorted((one, other) => other.agents - one.agents);
}

function bestTiers(awards: readonly WouldBe[], lastDay: string): Map<string, WouldBe["tier"]> {
  const best = new Map<string, WouldBe["tier"]>();
  for (const { agentId, tier, periodUntil } of awards) {
    if (periodUntil !== null && periodUntil <= lastDay) continue;
    const known = best.get(agentId);
    if (known === undefined || known.rank < tier.rank) best.set(agentId, tier);
  }
  return best;
}

function costOf(awards: readonly WouldBe[]): number {
  return awards.reduce((sum, { costMilli }) => sum + costMilli, 0);
}
