import { addDays, dayNumber } from "../../domain/calendar.ts";
import type { BinFacts, DataQualityFacts, RoiFacts, RoiSettings } from "../../domain/roi/report/facts.ts";
import type { DayRange } from "../../domain/roi/report/figure.ts";
import { lengthInDays, overlapOf, parseComparison, parseMonth } from "../../domain/roi/report/period.ts";
import type { ReportScope } from "../../domain/roi/report/report.ts";
import { UsageError } from "../../errors.ts";
import type { QueryReader } from "../../ports/warehouse.ts";
import { assessProgramme } from "./assess-programme.ts";
import { type ActivityRow, noActivity, periodFacts, readActivity, readComparison, readTotal } from "./read-activity.ts";
import { readChallenges, readStatusChanges } from "./read-challenges.ts";
import { noMeasures, readEngagementMeasures } from "./read-engagement.ts";
import { readEnrolment, readHorizons, readMonths, readRisk } from "./read-programme.ts";
import { reportSql } from "./report-sql.ts";
import { count, dateOrNull } from "./row-values.ts";

const mostDays = 400;
const binCount = 20;
/** Engagement is shown over the latest four weeks of the window: long enough to be steady, short enough to be now. */
const engagementDays = 28;

/**
 * Everything the report is made of, aggregated in the warehouse: what comes back grows with months and challenges, not with history.
 * @throws UsageError when the scope names a month, a period or a challenge that is not there.
 */
export async function readRoiFacts(warehouse: QueryReader, settings: RoiSettings, scope: ReportScope): Promise<RoiFacts> {
  const [found] = await warehouse.rows(reportSql("roi-window"));
  const first = found === undefined ? null : dateOrNull(found, "first_day");
  const last = found === undefined ? null : dateOrNull(found, "last_day");
  const asOf = found === undefined ? null : dateOrNull(found, "final_day");
  if (first === null || last === null) return emptyFacts(settings);
  const window = windowOf(scope, { from: first, to: last });
  const total = await readTotal(warehouse, window);
  const enrolment = await readEnrolment(warehouse, window);
  const horizons = await readHorizons(warehouse, enrolment, last);
  const challenges = await readChallenges(warehouse, window, scope.challenge);
  refuseUnknownChallenge(scope, challenges.length);
  return {
    asOf,
    window,
    settings,
    total: total.activity,
    weeks: (await readActivity(warehouse, window, "week")).map((row) => periodFacts(row, window)),
    months: await readMonths(warehouse, window),
    challenges,
    enrolment,
    horizons,
    engagementBins: await readBins(warehouse, window, settings),
    measures: await readEngagementMeasures(warehouse, { from: window.from, to: asOf ?? window.to }),
    statusChanges: await readStatusChanges(warehouse, window, scope.challenge),
    risk: await readRisk(warehouse, window.to),
    quality: await readQuality(warehouse, window, total, scope),
    comparison: scope.compare === null ? null : await readComparison(warehouse, comparedPeriods(scope.compare)),
    programme: isWhole(scope)
      ? await assessProgramme(warehouse, { first, final: asOf }, { settings, allocations: enrolment.allocations, horizons })
      : null,
  };
}

/** An effect is estimated for the programme as a whole: a month or one challenge has no comparison group of its own here. */
function isWhole({ month, challenge, compare }: ReportScope): boolean {
  return month === null && challenge === null && compare === null;
}

/** A month narrows the window to its part that holds data. */
function windowOf(scope: ReportScope, loaded: DayRange): DayRange {
  if (scope.month === null) return loaded;
  const month = parseMonth(scope.month);
  if (month === null)
    throw new UsageError(`--month ${scope.month} is no month`, { code: "MONTH", hint: "write it as YYYY-MM, like --month 2026-03" });
  const window = overlapOf(month, loaded);
  if (window.from <= window.to) return window;
  throw new UsageError(`--month ${scope.month} lies outside the loaded days, ${loaded.from} to ${loaded.to}`, {
    code: "MONTH_WITHOUT_DATA",
    hint: "choose a month inside them, or import the data of that month and run 'gami dbt build'",
  });
}

export function comparedPeriods(text: string) {
  const periods = parseComparison(text);
  if (periods !== null) return periods;
  throw new UsageError(`--compare ${text} does not name two periods, the earlier one first`, {
    code: "COMPARE",
    hint: "write two ISO weeks, months, days or ranges, like --compare 1999-W05:1999-W08 or 2026-01:2026-03",
  });
}

function refuseUnknownChallenge({ challenge }: ReportScope, found: number): void {
  if (challenge === null || found > 0) return;
  throw new UsageError(`--challenge ${challenge} has no event, effect or cost in this window`, {
    code: "CHALLENGE_UNKNOWN",
    hint: "run 'gami roi report --json' and take a challengeId from its challenges",
  });
}

async function readBins(warehouse: QueryReader, window: DayRange, { riskThresholdPpm }: RoiSettings): Promise<BinFacts[]> {
  const from = lengthInDays(window) > engagementDays ? addDays(window.to, 1 - engagementDays) : window.from;
  const rows = await warehouse.rows(reportSql("roi-engagement-bins"), [from, window.to, String(riskThresholdPpm)]);
  if (rows.length === 0) return [];
  const found = new Map(rows.map((row) => [count(row, "bin"), { agents: count(row, "agents"), belowRisk: count(row, "below_risk") }]));
  const nobody = { agents: 0, belowRisk: 0 };
  const width = 1_000_000 / binCount;
  return Array.from({ length: binCount }, (_, bin) => ({
    fromPpm: bin * width,
    toPpm: (bin + 1) * width,
    ...(found.get(bin) ?? nobody),
  }));
}

async function readQuality(warehouse: QueryReader, window: DayRange, total: ActivityRow, scope: ReportScope): Promise<DataQualityFacts> {
  const months = scope.month === null ? ["0000-00", "9999-99"] : [scope.month, scope.month];
  const [row] = await warehouse.rows(reportSql("roi-quality"), [...months, window.from, window.to]);
  const number = (column: string): number => (row === undefined ? 0 : count(row, column));
  return {
    eventsSent: number("events_sent"),
    eventsRepeated: number("events_repeated"),
    events: number("event_count"),
    scoredEvents: number("scored_events"),
    weakKeyEvents: number("weak_key_events"),
    pointEvents: number("point_events"),
    overlappingEvents: number("overlapping_events"),
    scoredAgentDays: number("scored_agent_days"),
    overflowAgentDays: number("overflow_agent_days"),
    agentDays: total.activity.agentDays,
    provisionalAgentDays: total.provisionalAgentDays,
    interactions: number("interactions"),
    interactionsLeftOut: number("interactions_left_out"),
    answered: number("answered"),
    answeredByNobody: number("answered_by_nobody"),
    costsLeftOut: number("costs_left_out"),
    quarantined: number("quarantined"),
    received: number("received"),
    daysUsed: total.daysUsed,
    days: await readDays(warehouse, window),
  };
}

/** Every day of the window, those without a row included: a gap must be visible. */
async function readDays(warehouse: QueryReader, window: DayRange): Promise<DataQualityFacts["days"]> {
  const from = lengthInDays(window) > mostDays ? addDays(window.to, 1 - mostDays) : window.from;
  const rows = await warehouse.rows(reportSql("roi-days"), [from, window.to]);
  const found = new Map(
    rows.map((row) => [dateOrNull(row, "work_date"), { agents: count(row, "agents"), handled: count(row, "handled") }]),
  );
  const length = dayNumber(window.to) - dayNumber(from) + 1;
  return Array.from({ length }, (_, day) => {
    const date = addDays(from, day);
    return { date, ...(found.get(date) ?? { agents: 0, handled: 0 }) };
  });
}

function emptyFacts(settings: RoiSettings): RoiFacts {
  return {
    asOf: null,
    window: null,
    settings,
    total: noActivity,
    weeks: [],
    months: [],
    challenges: [],
    enrolment: { enrolledAgents: 0, withBaseline: 0, neverEnrolled: 0, firstOn: null, allocations: [] },
    horizons: [],
    engagementBins: [],
    measures: noMeasures,
    statusChanges: [],
    risk: [],
    quality: {
      eventsSent: 0,
      eventsRepeated: 0,
      events: 0,
      scoredEvents: 0,
      weakKeyEvents: 0,
      pointEvents: 0,
      overlappingEvents: 0,
      scoredAgentDays: 0,
      overflowAgentDays: 0,
      agentDays: 0,
      provisionalAgentDays: 0,
      interactions: 0,
      interactionsLeftOut: 0,
      answered: 0,
      answeredByNobody: 0,
      costsLeftOut: 0,
      quarantined: 0,
      received: 0,
      daysUsed: 0,
      days: [],
    },
    comparison: null,
    programme: null,
  };
}
