import { addDays } from "../../domain/calendar.ts";
import type { ClusteredFacts, EngagementMeasureFacts } from "../../domain/roi/report/facts.ts";
import type { DayRange } from "../../domain/roi/report/figure.ts";
import type { QueryReader, Row } from "../../ports/warehouse.ts";
import { reportSql } from "./report-sql.ts";
import { count, dateOrNull, numberOrNull } from "./row-values.ts";

/** Shifts of the latest quarter: who started when this long ago is another roster. */
const shiftDays = 91;

const nothing: ClusteredFacts = { estimate: null, standardError: null, teams: 0 };

export const noMeasures: EngagementMeasureFacts = {
  velocity: { ...nothing, agents: 0, agentWeeks: 0, window: null },
  accrual: { agents: 0, window: null, correlation: nothing, slope: nothing },
  lags: [],
  shiftStarts: [],
};

/** A handful of rows: every sum, mean and error is the warehouse's. */
export async function readEngagementMeasures(warehouse: QueryReader, { from, to }: DayRange): Promise<EngagementMeasureFacts> {
  const [velocity] = await warehouse.rows(reportSql("roi-engagement-velocity"), [from, to]);
  const [accrual] = await warehouse.rows(reportSql("roi-accrual"), [to]);
  const lags = await warehouse.rows(reportSql("roi-trigger-lags"), [from, to]);
  const since = addDays(to, 1 - shiftDays);
  const shiftWindow = { from: since > from ? since : from, to };
  const shiftStarts = await warehouse.rows(reportSql("roi-shift-starts"), [shiftWindow.from, to]);
  return {
    velocity:
      velocity === undefined
        ? noMeasures.velocity
        : {
            ...clusteredOf(velocity, "estimate", "standard_error"),
            agents: count(velocity, "agents"),
            agentWeeks: count(velocity, "agent_weeks"),
            window: windowOf(velocity),
          },
    accrual:
      accrual === undefined
        ? noMeasures.accrual
        : {
            agents: count(accrual, "agents"),
            window: { from: addDays(to, -55), to },
            correlation: clusteredOf(accrual, "correlation", "correlation_error"),
            slope: clusteredOf(accrual, "slope", "slope_error"),
          },
    lags: lags.map((row) => ({
      ...clusteredOf(row, "correlation", "standard_error"),
      lagWeeks: count(row, "lag_weeks"),
      agents: count(row, "agents"),
      agentWeeks: count(row, "agent_weeks"),
      window: windowOf(row) ?? { from, to },
    })),
    shiftStarts: shiftStarts.map((row) => ({
      ...clusteredOf(row, "estimate", "standard_error"),
      fromHour: count(row, "from_hour"),
      agents: count(row, "agents"),
      agentDays: count(row, "agent_days"),
      window: shiftWindow,
    })),
  };
}

function clusteredOf(row: Row, estimate: string, error: string): ClusteredFacts {
  return { estimate: numberOrNull(row, estimate), standardError: numberOrNull(row, error), teams: count(row, "teams") };
}

function windowOf(row: Row): DayRange | null {
  const [from, to] = [dateOrNull(row, "first_day"), dateOrNull(row, "last_day")];
  return from === null || to === null ? null : { from, to };
}
