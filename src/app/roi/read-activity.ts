import type { ActivityFacts, ComparisonFacts, PeriodFacts } from "../../domain/roi/report/facts.ts";
import type { DayRange } from "../../domain/roi/report/figure.ts";
import { type ComparedPeriods, lengthInDays, parsePeriod } from "../../domain/roi/report/period.ts";
import type { QueryReader, Row } from "../../ports/warehouse.ts";
import { reportSql } from "./report-sql.ts";
import { count, numberOrNull, text } from "./row-values.ts";

/** One week, one month or the whole window as the warehouse sums it. */
export interface ActivityRow {
  readonly label: string;
  readonly activity: ActivityFacts;
  readonly daysUsed: number;
  readonly provisionalDays: number;
  readonly provisionalAgentDays: number;
}

export async function readActivity(
  warehouse: QueryReader,
  { from, to }: DayRange,
  grain: "week" | "month" | "all",
): Promise<ActivityRow[]> {
  return (await warehouse.rows(reportSql("roi-activity"), [from, to, grain])).map((row) => ({
    label: text(row, "label"),
    activity: activityOf(row),
    daysUsed: count(row, "days_used"),
    provisionalDays: count(row, "provisional_days"),
    provisionalAgentDays: count(row, "provisional_agent_days"),
  }));
}

function activityOf(row: Row): ActivityFacts {
  return {
    agents: count(row, "agents"),
    agentDays: count(row, "agent_days"),
    handled: count(row, "handled"),
    timed: count(row, "timed"),
    handleMs: count(row, "handle_ms"),
    qualitySumMilli: count(row, "quality_sum_milli"),
    qualityCount: count(row, "quality_count"),
    engagementPpm: numberOrNull(row, "engagement_ppm"),
    engagementAgents: count(row, "engagement_agents"),
    engagementDays: count(row, "engagement_days"),
  };
}

export const noActivity: ActivityFacts = {
  agents: 0,
  agentDays: 0,
  handled: 0,
  timed: 0,
  handleMs: 0,
  qualitySumMilli: 0,
  qualityCount: 0,
  engagementPpm: null,
  engagementAgents: 0,
  engagementDays: 0,
};

const nothing: ActivityRow = { label: "all", activity: noActivity, daysUsed: 0, provisionalDays: 0, provisionalAgentDays: 0 };

export async function readTotal(warehouse: QueryReader, range: DayRange): Promise<ActivityRow> {
  const [total] = await readActivity(warehouse, range, "all");
  return total ?? nothing;
}

/** A week or month of the window; its days count from the part of it that lies inside. */
export function periodFacts({ label, activity, daysUsed, provisionalDays }: ActivityRow, window: DayRange): PeriodFacts {
  const period = parsePeriod(label);
  const range = period === null ? window : { from: period.from, to: period.to };
  return { label, range, activity, daysUsed, daysExpected: lengthInDays(range), isFinal: provisionalDays === 0 };
}

export async function readComparison(warehouse: QueryReader, { before, after }: ComparedPeriods): Promise<ComparisonFacts> {
  const [first, second] = [await readTotal(warehouse, before), await readTotal(warehouse, after)];
  return {
    before,
    after,
    activityBefore: first.activity,
    activityAfter: second.activity,
    daysBefore: first.daysUsed,
    daysAfter: second.daysUsed,
    provisionalDays: first.provisionalDays + second.provisionalDays,
  };
}
