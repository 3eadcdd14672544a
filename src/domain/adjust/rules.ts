/** What an organisation allows; the guide's figures are the defaults. */
export interface AdjustRules {
  /** Engagement below it in two whole ISO weeks is a reason to look (millionths). */
  readonly triggerPpm: number;
  /** A week at or above it makes the trigger sharp again. */
  readonly rearmPpm: number;
  /** Share of the participants whose engagement has to be known. */
  readonly leastCoveragePpm: number;
  /** Absolute, never a factor on what is there (T68). */
  readonly multiplierMilli: number;
  readonly mostMultiplierMilli: number;
  readonly boostDays: number;
  readonly cooldownDays: number;
  /** Boosts of one challenge in 90 days. */
  readonly mostBoosts: number;
  readonly stability: number;
  readonly leastAgents: number;
  readonly leastEvaluations: number;
  /** What a boost has to have brought: relative change of engagement per relative change of the multiplier. */
  readonly leastElasticity: number;
  /** Days since the end of the second week: older evidence says nothing about today. */
  readonly mostDaysAgo: number;
}

export const defaultRules: Omit<AdjustRules, "triggerPpm" | "multiplierMilli" | "mostMultiplierMilli" | "boostDays" | "cooldownDays"> = {
  rearmPpm: 550_000,
  leastCoveragePpm: 700_000,
  mostBoosts: 3,
  stability: 0.8,
  leastAgents: 10,
  leastEvaluations: 30,
  leastElasticity: 0.1,
  mostDaysAgo: 14,
};

/** The rules as one text, the same for the same rules. */
export function canonicalRules(rules: AdjustRules): string {
  return JSON.stringify(Object.fromEntries(Object.entries(rules).toSorted(([one], [other]) => (one < other ? -1 : 1))));
}
