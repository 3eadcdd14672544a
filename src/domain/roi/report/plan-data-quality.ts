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
    duplicateRate: rate(facts.rawEvents - facts.distinctEvents, facts.rawEvents, "events received", noEvents),
    overlapRate: rate(
      facts.distinctEvents - facts.distinctActions,
      facts.distinctEvents,
      "distinct events that credit an action",
      noEvents,
    ),
    weakKeyRate: rate(facts.weakKeys, facts.distinctActions, "actions", "no action"),
    scoreCoverage: rate(facts.eventsWithScore, facts.eventsScorable, "events", noEvents),
    overflowRate: rate(facts.overflowDays, facts.engagementDays, "agent-days with engagement", "no engagement score"),
    daysUsed: measured(facts.days.filter(({ agents }) => agents > 0).length, "days", {
      n: window === null ? 0 : lengthInDays(window),
      of: "days in the window",
      window,
    }),
    unmappedRate: rate(facts.interactionsWithoutAgent, facts.interactions, "interactions", "no interaction"),
    provisionalRate: rate(facts.provisionalDays, facts.engagementDays + facts.provisionalDays, "agent-days", "no agent-day"),
    quarantineRate: rate(facts.quarantined, facts.received, "records received", "nothing was loaded"),
    days: facts.days,
  };
}
