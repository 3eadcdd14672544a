import { addDays, dayNumber } from "../../domain/calendar.ts";
import type { ChallengeFacts, StatusChangeFacts, WeeklyEngagement } from "../../domain/roi/report/facts.ts";
import type { DayRange } from "../../domain/roi/report/figure.ts";
import type { QueryReader, Row } from "../../ports/warehouse.ts";
import { milliOf } from "./read-programme.ts";
import { reportSql } from "./report-sql.ts";
import { count, dateOrNull, minorOrNull, numberOrNull, text, textOrNull } from "./row-values.ts";

/** `challenge` is an id or native id; null means all (the 200 with most points). */
export async function readChallenges(warehouse: QueryReader, window: DayRange, challenge: string | null): Promise<ChallengeFacts[]> {
  const weeks = Map.groupBy(await warehouse.rows(reportSql("roi-challenge-weeks"), [window.to]), (row) => text(row, "challenge_id"));
  const rows = await warehouse.rows(reportSql("roi-challenges"), [
    window.from.slice(0, 7),
    window.to.slice(0, 7),
    challenge ?? "",
    `${addDays(window.to, 1)} 00:00:00`,
  ]);
  return rows.map((row) => challengeOf(row, (weeks.get(text(row, "challenge_id")) ?? []).map(weekOf)));
}

function weekOf(row: Row): WeeklyEngagement {
  const week = count(row, "week");
  return {
    week,
    from: addDays(dateOrNull(row, "first_day") ?? "", 7 * week),
    meanPpm: numberOrNull(row, "mean_ppm"),
    agents: count(row, "agents"),
    workedDays: count(row, "worked_days"),
    pointsMilli: count(row, "points_milli"),
  };
}

function challengeOf(row: Row, weeklyEngagement: readonly WeeklyEngagement[]): ChallengeFacts {
  return {
    challengeId: text(row, "challenge_id"),
    name: textOrNull(row, "challenge_name"),
    status: textOrNull(row, "status"),
    startsOn: dateOrNull(row, "starts_on"),
    endsOn: dateOrNull(row, "ends_on"),
    participants: count(row, "participants"),
    actions: Math.round(count(row, "actions")),
    pointsPaidMilli: milliOf(row, "points_paid"),
    pointsUnweightedMilli: milliOf(row, "points_unweighted"),
    pointsWeightedMilli: milliOf(row, "points_weighted"),
    gainMinor: minorOrNull(row, "gain_minor"),
    gainWeightedMinor: minorOrNull(row, "gain_weighted_minor"),
    costMinor: minorOrNull(row, "cost_minor"),
    reason: textOrNull(row, "reason"),
    weeklyEngagement,
  };
}

export async function readStatusChanges(
  warehouse: QueryReader,
  { from, to }: DayRange,
  challenge: string | null,
): Promise<StatusChangeFacts[]> {
  const rows = await warehouse.rows(reportSql("roi-status-changes"), [from, to, challenge ?? ""]);
  const studies = Map.groupBy(rows, (row) => count(row, "change_no"));
  return [...studies.values()].flatMap((days) => {
    const [first] = days;
    return first === undefined ? [] : [studyOf(first, days, to)];
  });
}

function studyOf(first: Row, days: readonly Row[], lastDay: string): StatusChangeFacts {
  const changedOn = dateOrNull(first, "changed_on") ?? "";
  return {
    challengeId: text(first, "challenge_id"),
    name: textOrNull(first, "challenge_name"),
    kind: text(first, "kind") === "terms" ? "terms" : "status",
    status: textOrNull(first, "status") ?? changedTerms(first),
    changedOn,
    daysLoaded: Math.min(28, dayNumber(lastDay) - dayNumber(changedOn)),
    days: days.map((row) => ({
      offset: count(row, "day_offset"),
      group: count(row, "team_group"),
      agents: count(row, "agents"),
      engagementPpm: count(row, "engagement_ppm"),
      comparedAgents: count(row, "compared_agents"),
      deviationPpm: count(row, "deviation_ppm"),
    })),
  };
}

const terms = { multiplier: "multiplier", points_per_unit: "points per unit", threshold: "threshold" };

function changedTerms(row: Row): string {
  const said = Object.entries(terms).flatMap(([column, name]) => {
    const [before, after] = [numberOrNull(row, `old_${column}`), numberOrNull(row, column)];
    return before === after ? [] : [`${name} ${before ?? "none"} to ${after ?? "none"}`];
  });
  return said.join(", ");
}
