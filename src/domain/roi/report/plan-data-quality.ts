import type { DataQualityFacts } from "./facts.ts";
import { type DayRange, type Figure, measured } from "./figure.ts";
import { lengthInDays } from "./period.ts";
import { shareFigure } from "./rates.ts";
import type { DataQuality } from "./report.ts";

/** How far the numbers can be trusted: transport duplicates and overlap are two rates, never one. */
export function planDataQuality(facts: DataQualityFacts, window: DayRange | null): DataQuality {
  const rate = (count: number, n: number, of: string, reason: string): Figure => shareFigure(count, n, of, window, reason);
  const noEvents = "no gamification event";
  return {
    duplicateRate: rate(facts.eventsRepeated, facts.eventsSent, "events received", noEvents),
    overlapRate: rate(facts.overlappingEvents, facts.pointEvents, "events that pay points", "no event pays points"),
    weakKeyRate: rate(facts.weakKeyEvents, facts.events, "events", noEvents),
    scoreCoverage: rate(facts.scoredEvents, facts.events, "events", noEvents),
    overflowRate: rate(facts.overflowAgentDays, facts.scoredAgentDays, "agent-days with engagement", "no engagement score"),
    daysUsed: measured(facts.daysUsed, "days", {
      n: window === null ? 0 : lengthInDays(window),
      of: "days in the window",
      window,
    }),
    leftOutRate: rate(facts.interactionsLeftOut, facts.interactions + facts.interactionsLeftOut, "interactions", "no interaction"),
    namelessRate: rate(facts.answeredByNobody, facts.answered, "answered interactions", "no answered interaction"),
    provisionalRate: rate(facts.provisionalAgentDays, facts.agentDays, "agent-days with work", "no agent-day"),
    quarantineRate: rate(facts.quarantined, facts.received, "records received", "nothing was loaded"),
    days: facts.days,
  };
}
