import { addDays, dateOfDay, dayNumber } from "../../domain/calendar.ts";
import type { Employment } from "../../domain/estimate/attrition.ts";
import { collectPanel } from "../../domain/estimate/build-panel.ts";
import type { Participation } from "../../domain/estimate/challenge-effects.ts";
import { weekLabel } from "../../domain/roi/programme/assess-outcome.ts";
import {
  assessProgramme as assessFacts,
  type ProgrammeAssessment,
  type ProgrammeInput,
} from "../../domain/roi/programme/assess-programme.ts";
import type { OutcomePanel, ProgrammeFacts } from "../../domain/roi/programme/programme-facts.ts";
import type { DayRange } from "../../domain/roi/report/figure.ts";
import type { QueryReader, Row } from "../../ports/warehouse.ts";
import { reportSql } from "./report-sql.ts";
import { count, dateOrNull, minorOrNull, numberOrNull, text, textOrNull } from "./row-values.ts";

/** Evaluations may arrive for two days longer than handle time (final at D+3 and D+1). */
const qualityLagDays = 2;

/** The effect of the whole programme on those enrolled, from the marts; null when nobody is enrolled. */
export async function assessProgramme(
  warehouse: QueryReader,
  loaded: { readonly first: string; readonly final: string | null },
  input: ProgrammeInput,
): Promise<ProgrammeAssessment | null> {
  const { first, final } = loaded;
  if (final === null) return null;
  const facts = await readProgramme(warehouse, first, final);
  return facts.launchedOn === null ? null : assessFacts(facts, input);
}

async function readProgramme(warehouse: QueryReader, first: string, final: string): Promise<ProgrammeFacts> {
  const panels = await readPanels(warehouse, first, final);
  return {
    ...panels,
    ...(await readSize(warehouse, { from: first, to: final }, panels.window)),
    employments: await readEmployments(warehouse, final),
    participations: await readParticipations(warehouse, first, final),
    lastDay: dayNumber(final),
  };
}

type Panels = Pick<ProgrammeFacts, "panels" | "window" | "movers" | "agentsInPanel" | "hasTeams">;
export type ProgrammeSize = Omit<ProgrammeFacts, keyof Panels | "employments" | "participations" | "lastDay">;

/** Counts and cost of the programme over the days; costs end with the month of the last week compared. */
export async function readSize(warehouse: QueryReader, { from, to }: DayRange, compared: DayRange | null): Promise<ProgrammeSize> {
  const [size] = await warehouse.rows(reportSql("roi-panel-size"), [from, to, compared?.to ?? to]);
  const number = (column: string): number => (size === undefined ? 0 : count(size, column));
  return {
    launchedOn: size === undefined ? null : dateOrNull(size, "launch_week"),
    agentsAfterLaunch: number("agents_after_launch"),
    enrolledWithoutPast: number("enrolled_without_past"),
    treatedContacts: number("treated_contacts"),
    operationalContacts: number("operational_contacts"),
    treatedAgents: number("treated_agents"),
    treatedAgentMonths: number("treated_agent_months"),
    costMinor: size === undefined ? 0n : (minorOrNull(size, "cost_minor") ?? 0n),
    costEntries: number("cost_entries"),
  };
}

/** Row by row, since a year of a large centre is half a million agent-weeks. */
export async function readPanels(warehouse: QueryReader, first: string, final: string): Promise<Panels> {
  const handleTime = collectPanel();
  const quality = collectPanel();
  const lastQualityWeek = weekOf(addDays(final, -qualityLagDays - 6));
  const agents = new Set<string>();
  const movers = new Set<string>();
  let hasTeams = false;
  const weeks = { first: Number.POSITIVE_INFINITY, last: Number.NEGATIVE_INFINITY };
  for await (const chunk of warehouse.stream(reportSql("roi-panel"), [first, final])) {
    for (const row of chunk) {
      const unit = text(row, "agent_id");
      const period = count(row, "week_no");
      const cluster = textOrNull(row, "team");
      agents.add(unit);
      if (count(row, "teams") > 1) movers.add(unit);
      hasTeams ||= cluster !== null;
      weeks.first = Math.min(weeks.first, period);
      weeks.last = Math.max(weeks.last, period);
      const common = { unit, period, cluster, weight: count(row, "weight"), treatedFrom: numberOrNull(row, "treated_from") };
      handleTime.add({ ...common, outcome: ratio(row, "handle_ms", "handle_count") });
      if (period <= lastQualityWeek) quality.add({ ...common, outcome: ratio(row, "quality_milli", "quality_count") });
    }
  }
  const panels: OutcomePanel[] = [
    { name: "handle_time", build: handleTime.finish(weekLabel) },
    { name: "quality", build: quality.finish(weekLabel) },
  ];
  return { panels, window: windowOf(weeks), movers: [...movers].sort(), agentsInPanel: agents.size, hasTeams };
}

const firstMonday = 4;

/** The latest week whose Monday is not after the day. */
function weekOf(date: string): number {
  return Math.floor((dayNumber(date) - firstMonday) / 7);
}

function windowOf({ first, last }: { readonly first: number; readonly last: number }): DayRange | null {
  return first > last ? null : { from: dateOfDay(firstMonday + 7 * first), to: dateOfDay(firstMonday + 7 * last + 6) };
}

/** Thousandths over a count, as the outcome's own unit; nothing observed is nothing, not zero. */
function ratio(row: Row, sum: string, n: string): number | null {
  const total = numberOrNull(row, sum);
  return total === null || count(row, n) === 0 ? null : total / 1000 / count(row, n);
}

export async function readEmployments(warehouse: QueryReader, final: string): Promise<Employment[]> {
  return (await warehouse.rows(reportSql("roi-employment"))).map((row) => employmentOf(row, dayNumber(final)));
}

async function readParticipations(warehouse: QueryReader, first: string, final: string): Promise<Participation[]> {
  return (await warehouse.rows(reportSql("roi-participations"), [first, final])).map((row) => ({
    challenge: text(row, "challenge_id"),
    unit: text(row, "agent_id"),
    from: count(row, "first_week"),
    to: count(row, "last_week"),
  }));
}

/** A transfer ends the observation and is no leaving; a leaving after the last final day is not known yet. */
function employmentOf(row: Row, lastDay: number): Employment {
  const left = numberOrNull(row, "left_day");
  const isOver = left !== null && left <= lastDay;
  const agent = text(row, "agent_id");
  return {
    agent,
    cluster: textOrNull(row, "team") ?? agent,
    hired: count(row, "hired_day"),
    until: isOver ? left : lastDay,
    hasLeft: isOver && textOrNull(row, "left_reason") !== "transfer",
    enrolled: numberOrNull(row, "enrolled_day"),
  };
}
