import type { MilestoneDefinition } from "../../src/domain/recognise/definition.ts";

/** Under 240 seconds over 30 days, of more than 50 interactions. */
export function aMilestone(changes: Partial<MilestoneDefinition> = {}): MilestoneDefinition {
  return {
    id: "aht_gold",
    name: "Gold",
    goal: { metric: "handle_time", direction: "lower", thresholdMilli: 240_000, unit: "seconds", isStrict: true },
    window: { unit: "days", last: 30 },
    minimum: { interactions: 51 },
    floorMilli: 60_000,
    guards: [],
    scope: { site: [], team: [], role: [], employment: [], queue: [] },
    tier: { name: "TIER_3", rank: 3 },
    reset: "quarter",
    valid: { from: "2024-01-01", to: null },
    onChange: "prospective",
    flair: null,
    ...changes,
  };
}
