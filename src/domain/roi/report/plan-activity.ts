import type { ActivityFacts, ChangeFacts, PeriodFacts } from "./facts.ts";
import { absent, type DayRange, type Figure, measured, ratioOfSums } from "./figure.ts";
import type { PeriodRow } from "./report.ts";

export interface ActivityFigures {
  readonly agents: Figure;
  readonly handledInteractions: Figure;
  readonly averageHandleTime: Figure;
  readonly averageQuality: Figure;
  readonly meanEngagement: Figure;
}

/** The same five figures for a week, a month, a comparison side and the whole window. */
export function describeActivity(activity: ActivityFacts, window: DayRange | null): ActivityFigures {
  const handled = { n: activity.handled, of: "handled interactions", window };
  const timed = { n: activity.timed, of: "handled interactions", window };
  const evaluations = { n: activity.qualityCount, of: "evaluations", window };
  const scored = { n: activity.engagementAgents, of: "agents with engagement scores", window };
  return {
    agents: measured(activity.agents, "count", { n: activity.agentDays, of: "agent-days", window }),
    handledInteractions: measured(activity.handled, "count", handled),
    averageHandleTime: ratioOfSums(activity.handleMs / 1000, activity.timed, "seconds", timed, "no handled interaction with a handle time"),
    averageQuality: ratioOfSums(activity.qualitySumMilli / 1000, activity.qualityCount, "points", evaluations, "no quality evaluation"),
    meanEngagement:
      activity.engagementPpm === null
        ? absent("no engagement score", "share", scored)
        : measured(activity.engagementPpm / 1e6, "share", scored),
  };
}

export function describePeriod(facts: PeriodFacts): PeriodRow {
  return {
    label: facts.label,
    range: facts.range,
    ...describeActivity(facts.activity, facts.range),
    daysUsed: facts.daysUsed,
    daysExpected: facts.daysExpected,
    isFinal: facts.isFinal,
  };
}

/** Mean change of handle time per interaction against the agents' own past; negative is faster. */
export function describeChange(change: ChangeFacts | null, window: DayRange | null, reason: string): Figure {
  const evidence = { n: change?.contacts ?? 0, of: `interactions of ${change?.agents ?? 0} agents with a baseline`, window };
  if (change === null || change.contacts === 0) return absent(reason, "seconds", evidence);
  return measured(-change.savedMs / 1000 / change.contacts, "seconds", evidence);
}
