import { dayNumber } from "../../domain/calendar.ts";
import type { CostFacts, EnrolmentFacts, HorizonFacts, MonthFacts, RiskFacts } from "../../domain/roi/report/facts.ts";
import type { DayRange } from "../../domain/roi/report/figure.ts";
import type { QueryReader, Row } from "../../ports/warehouse.ts";
import { noActivity, periodFacts, readActivity } from "./read-activity.ts";
import { reportSql } from "./report-sql.ts";
import { count, dateOrNull, minorOrNull, numberOrNull, text, textOrNull } from "./row-values.ts";

/** Months from the first to the last of the window, with what the programme mart says of each. */
export async function readMonths(warehouse: QueryReader, window: DayRange): Promise<MonthFacts[]> {
  const range = [window.from.slice(0, 7), window.to.slice(0, 7)];
  const activities = new Map((await readActivity(warehouse, window, "month")).map((row) => [row.label, row]));
  const costs = Map.groupBy(await warehouse.rows(reportSql("roi-costs"), range), (row) => text(row, "year_month"));
  const months = await warehouse.rows(reportSql("roi-months"), range);
  return months.map((row) => {
    const label = text(row, "year_month");
    const activity = activities.get(label) ?? { label, activity: noActivity, daysUsed: 0, provisionalDays: 0, provisionalAgentDays: 0 };
    return { ...periodFacts(activity, window), ...programmeOf(row), costs: (costs.get(label) ?? []).map(costOf) };
  });
}

function costOf(row: Row): CostFacts {
  return { kind: text(row, "kind"), amountMinor: minorOrNull(row, "amount_minor") ?? 0n, entries: count(row, "entries") };
}

function programmeOf(row: Row) {
  const contacts = count(row, "compared_contacts");
  const savedMs = numberOrNull(row, "saved_ms");
  return {
    employedAtStart: count(row, "agents_employed_at_start"),
    pointsPaidMilli: milliOf(row, "points_paid"),
    pointsUnweightedMilli: milliOf(row, "points_unweighted"),
    pointsWeightedMilli: milliOf(row, "points_weighted"),
    handleTime: contacts === 0 || savedMs === null ? null : { agents: count(row, "compared_agents"), contacts, savedMs },
    handleTimeReason: textOrNull(row, "handle_reason"),
    handleGainMinor: minorOrNull(row, "handle_gain_minor"),
    qualityPointMonths: numberOrNull(row, "quality_agent_months_gained"),
    qualityGainMinor: minorOrNull(row, "quality_gain_minor"),
  };
}

/** Points of the marts as whole thousandths. */
export function milliOf(row: Row, column: string): number {
  return Math.round(count(row, column) * 1000);
}

export async function readEnrolment(warehouse: QueryReader, window: DayRange): Promise<EnrolmentFacts> {
  const [row] = await warehouse.rows(reportSql("roi-enrolment"), [window.from, window.to]);
  if (row === undefined) return { enrolledAgents: 0, withBaseline: 0, neverEnrolled: 0, firstOn: null, allocations: [] };
  return {
    enrolledAgents: count(row, "enrolled_agents"),
    withBaseline: count(row, "with_baseline"),
    neverEnrolled: count(row, "never_enrolled"),
    firstOn: dateOrNull(row, "first_on"),
    allocations: (textOrNull(row, "allocations") ?? "").split(",").filter((allocation) => allocation !== ""),
  };
}

/** Both horizons over everything loaded: `lastDay` says how far the follow-up reaches. */
export async function readHorizons(warehouse: QueryReader, enrolment: EnrolmentFacts, lastDay: string): Promise<HorizonFacts[]> {
  const [row] = await warehouse.rows(reportSql("roi-horizons"));
  if (row === undefined || enrolment.firstOn === null) return [];
  const followUpDays = Math.max(0, dayNumber(lastDay) - dayNumber(enrolment.firstOn) + 1);
  const contacts = count(row, "contacts");
  const savedMs = numberOrNull(row, "saved_ms");
  return [
    {
      days: 14,
      followUpDays,
      change: contacts === 0 || savedMs === null ? null : { agents: count(row, "agents"), contacts, savedMs },
      changeReason: textOrNull(row, "reason"),
      gainMinor: minorOrNull(row, "operational_gain_minor"),
      costMinor: minorOrNull(row, "operational_cost_minor"),
      agents: enrolment.enrolledAgents,
      leavers: null,
      expectedLeavers: null,
    },
    {
      days: 90,
      followUpDays,
      change: null,
      changeReason: textOrNull(row, "stability_reason"),
      gainMinor: minorOrNull(row, "stability_gain_minor"),
      costMinor: minorOrNull(row, "stability_cost_minor"),
      agents: count(row, "stability_agents"),
      leavers: count(row, "stability_agents") === 0 ? null : numberOrNull(row, "stability_leavers"),
      expectedLeavers: numberOrNull(row, "stability_expected_leavers"),
    },
  ];
}

export async function readRisk(warehouse: QueryReader, lastDay: string): Promise<RiskFacts[]> {
  return (await warehouse.rows(reportSql("roi-risk"), [lastDay.slice(0, 7)])).map((row) => ({
    thresholdPpm: count(row, "threshold_ppm"),
    yearMonth: text(row, "year_month"),
    agents: count(row, "agents"),
    atRiskPpm: count(row, "at_risk_ppm"),
    expectedLeavers: numberOrNull(row, "expected_leavers"),
    riskCostMinor: minorOrNull(row, "risk_cost_minor"),
  }));
}
