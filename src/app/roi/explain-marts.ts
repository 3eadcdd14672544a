import type { ActivityMeasure, ChallengeMeasure, MonthRange, Origin, PointsMeasure } from "../../domain/roi/explain/explainable.ts";
import { type Decomposition, type ExplainedRow, type Input, rowOf } from "../../domain/roi/explain/explanation.ts";
import type { RoiSettings } from "../../domain/roi/report/facts.ts";
import { type DayRange, roundFigure } from "../../domain/roi/report/figure.ts";
import type { Row } from "../../ports/warehouse.ts";
import { count, dateOrNull, numberOrNull, text } from "./row-values.ts";

/** Runs one statement of sql/reports and keeps its text for the reader. */
export type Ask = (statement: string, values: readonly string[]) => Promise<Row[]>;

type OriginOf<Kind extends Origin["kind"]> = Extract<Origin, { readonly kind: Kind }>;

/** How each activity figure is made of its agents. */
const activityFormulas: Readonly<Record<ActivityMeasure, string>> = {
  agents: "count of agents with a handled interaction, an event, an evaluation or a scheduled day",
  interactions: "sum over agents",
  "handle-time": "sum of handle seconds / sum of interactions whose handle time is known",
  quality: "sum of scores / number of evaluations",
  engagement: "mean over agents of each one's mean over days with a score",
};

export async function explainActivity(ask: Ask, { measure, range }: OriginOf<"activity">): Promise<Decomposition> {
  const agents = await ask("explain-activity", [range.from, range.to]);
  return { formula: activityFormulas[measure], inputs: [], rows: byWeight(activityRows(agents, measure)) };
}

function activityRows(agents: readonly Row[], measure: ActivityMeasure): ExplainedRow[] {
  if (measure === "agents") return agents.filter((row) => count(row, "is_active") > 0).map((row) => rowOf(agentOf(row), 1, 1));
  if (measure === "interactions") return agents.map((row) => rowOf(agentOf(row), 1, count(row, "handled")));
  if (measure === "handle-time") return ratioRows(agents, "handle_seconds", "timed", "interactions");
  if (measure === "quality") return ratioRows(agents, "quality_sum", "quality_count", "evaluations");
  const scored = agents.filter((row) => numberOrNull(row, "engagement") !== null);
  return scored.map((row) => rowOf({ ...agentOf(row), days: count(row, "engagement_days") }, 1 / scored.length, count(row, "engagement")));
}

/** Numerators and denominators of each agent: the mean over all is weighted by the denominators, never one of means. */
function ratioRows(agents: readonly Row[], sum: string, n: string, label: string): ExplainedRow[] {
  const all = agents.reduce((total, row) => total + count(row, n), 0);
  return agents
    .filter((row) => count(row, n) > 0)
    .map((row) => rowOf({ ...agentOf(row), [label]: count(row, n) }, count(row, n) / all, count(row, sum) / count(row, n)));
}

function agentOf(row: Row): { agent: string } {
  return { agent: text(row, "agent_id") };
}

/** The largest parts first; equal ones stay in the statement's order. */
function byWeight(rows: readonly ExplainedRow[]): ExplainedRow[] {
  return rows.toSorted((left, right) => Math.abs(right.contribution) - Math.abs(left.contribution));
}

export async function explainCosts(ask: Ask, { months, costKind }: OriginOf<"costs">): Promise<Decomposition> {
  const costs = await ask("explain-costs", [months.from, months.to, costKind ?? ""]);
  const rows = costs.map((row) =>
    rowOf(
      { cost: text(row, "cost_key"), kind: text(row, "kind"), "incurred on": dateOrNull(row, "incurred_on") },
      1,
      count(row, "amount_minor"),
    ),
  );
  return { formula: `sum of the cost entries of ${monthsText(months)}`, inputs: [], rows };
}

function monthsText({ from, to }: MonthRange): string {
  return from === to ? from : `${from} to ${to}`;
}

export async function explainOwnPast(
  ask: Ask,
  { months, measure }: OriginOf<"own-past">,
  settings: RoiSettings,
  monthCount: number,
): Promise<Decomposition> {
  const agents = await ask("explain-own-past", [months.from, months.to]);
  const contacts = agents.reduce((sum, row) => sum + count(row, "contacts"), 0);
  const perSecond = valuePerSecond(settings);
  const perPoint = Number(settings.minorPerQualityPoint ?? 0n);
  const worth = (row: Row): ExplainedRow => {
    const seconds = measure === "quality-gain" ? 0 : count(row, "saved_seconds") * perSecond;
    const points = measure === "handle-gain" ? 0 : count(row, "quality_agent_months") * perPoint;
    return rowOf(pastOf(row), 1, seconds + points);
  };
  const change = (row: Row): ExplainedRow => {
    const own = count(row, "contacts");
    return rowOf(pastOf(row), own / contacts, -count(row, "saved_seconds") / own);
  };
  const compared = agents.filter((row) => measure !== "change" || count(row, "contacts") > 0);
  return {
    formula: ownPastFormulas[measure],
    inputs: measure === "change" ? [] : priceInputs(settings, measure),
    rows: byWeight(compared.map(measure === "change" ? change : worth)),
    roundings: measure === "change" ? 1 : monthCount * (measure === "gain" ? 2 : 1),
  };
}

function pastOf(row: Row): ExplainedRow["of"] {
  const contacts = count(row, "contacts");
  const baseline = numberOrNull(row, "baseline_seconds");
  return {
    ...agentOf(row),
    interactions: contacts,
    "baseline seconds": baseline === null ? null : roundFigure(baseline),
    "saved seconds": roundFigure(count(row, "saved_seconds")),
    "quality points x months": roundFigure(count(row, "quality_agent_months")),
  };
}

const handleGain = "(own baseline x interactions - handle seconds) / 3600 x loaded rate x realisation";
const qualityGain = "(quality - own baseline) x agent-months x price of a point";
const ownPastFormulas: Readonly<Record<OriginOf<"own-past">["measure"], string>> = {
  gain: `sum over enrolled agents with a baseline of ${handleGain} + ${qualityGain}`,
  "handle-gain": `sum over enrolled agents with a baseline of ${handleGain}`,
  "quality-gain": `sum over enrolled agents with a baseline of ${qualityGain}`,
  change: "-(own baseline x interactions - handle seconds) / interactions, over enrolled agents with a baseline",
};

function valuePerSecond({ loadedRateMinorPerHour, realisationPpm }: RoiSettings): number {
  return (Number(loadedRateMinorPerHour ?? 0n) * (realisationPpm / 1_000_000)) / 3600;
}

export function rateInputs({ loadedRateMinorPerHour, realisationPpm }: RoiSettings): Input[] {
  return [
    { name: "loaded rate per hour in minor units", value: String(loadedRateMinorPerHour ?? "not configured"), explain: null },
    { name: "realisation", value: String(realisationPpm / 1_000_000), explain: null },
  ];
}

export function pointInput({ minorPerQualityPoint }: RoiSettings): Input {
  return { name: "price of a quality point in minor units", value: String(minorPerQualityPoint ?? 0n), explain: null };
}

function priceInputs(settings: RoiSettings, measure: OriginOf<"own-past">["measure"]): Input[] {
  if (measure === "handle-gain") return rateInputs(settings);
  return measure === "quality-gain" ? [pointInput(settings)] : [...rateInputs(settings), pointInput(settings)];
}

const columns: Readonly<Record<ChallengeMeasure, string>> = {
  gain: "gain",
  "gain-weighted": "gain_weighted",
  cost: "cost",
  "points-paid": "points_paid",
  "points-unweighted": "points_unweighted",
  "points-weighted": "points_weighted",
};

/** What is credited leaves out the unattributed rest; what was paid does not. */
export async function explainPoints(ask: Ask, { month, measure }: OriginOf<"points">): Promise<Decomposition> {
  const challenges = await ask("explain-points", [month]);
  const counted = challenges.filter((row) => measure === "points-paid" || text(row, "is_unattributed") === "false");
  const rows = counted.map((row) => {
    const id = text(row, "challenge_id");
    const of = { challenge: text(row, "challenge_name"), id };
    return rowOf(of, 1, count(row, columns[measure]), text(row, "is_unattributed") === "true" ? null : `challenge.${id}.${measure}`);
  });
  return { formula: `sum over challenges${pointsFormulas[measure]}`, inputs: [], rows: byWeight(rows) };
}

const pointsFormulas: Readonly<Record<PointsMeasure, string>> = {
  "points-paid": "; an action that two challenges paid is paid twice",
  "points-unweighted": " of credited points, each action once, split equally over the challenges that paid it",
  "points-weighted": " of credited points, each action once, split by lifecycle weight",
};

export async function explainChallenge(ask: Ask, { challengeId, months, measure }: OriginOf<"challenge">): Promise<Decomposition> {
  const found = await ask("explain-challenge", [months.from, months.to, challengeId]);
  const rows = found.map((row) =>
    rowOf({ month: text(row, "year_month"), agents: count(row, "active_agents") }, 1, count(row, columns[measure])),
  );
  return { formula: `sum over the months ${monthsText(months)}`, inputs: [], rows };
}

export async function explainHorizon(ask: Ask, { amount }: OriginOf<"horizon">): Promise<Decomposition> {
  const months = await ask("explain-horizons", []);
  const column = amount.replace("-", "_");
  const rows = months
    .filter((row) => numberOrNull(row, column) !== null)
    .map((row) => rowOf({ month: text(row, "year_month") }, 1, count(row, column)));
  return { formula: "sum over months; the month's cost by the share of enrolled agent-days inside the horizon", inputs: [], rows };
}

export async function explainTurnover(ask: Ask, { thresholdPpm }: OriginOf<"turnover">, lastDay: string): Promise<Decomposition> {
  const agents = await ask("explain-turnover", [lastDay.slice(0, 7), String(thresholdPpm)]);
  // Two thresholds may be set alike: they are the same rows twice, and the report shows them as two lines.
  const [{ threshold_name: first } = { threshold_name: null }] = agents;
  const rows = agents
    .filter((row) => row.threshold_name === first)
    .map((row) => {
      const shown = ["risk_exposure", "employed_fraction", "leave_probability"] as const;
      const of = Object.fromEntries(shown.map((name) => [name.replace("_", " "), roundFigure(count(row, name))]));
      return rowOf({ ...agentOf(row), ...of }, 1, count(row, "risk_cost_minor"));
    });
  const formula =
    "sum over agents of replacement cost x (exp(-l x f) - exp(-l x f x (1 + (H - 1) x r))), r exposure, f employed part of the month";
  return { formula, inputs: [], rows: byWeight(rows) };
}

export async function explainContacts(ask: Ask, { from, to }: DayRange): Promise<Decomposition> {
  const agents = await ask("explain-contacts", [from, to]);
  const rows = agents.map((row) => rowOf({ ...agentOf(row), "enrolled on": dateOrNull(row, "enrolled_on") }, 1, count(row, "contacts")));
  return { formula: "sum over enrolled agents with a past, whole weeks from the week of enrolment on", inputs: [], rows: byWeight(rows) };
}

/** Hours of each day, brought to the later period's volume. */
export async function explainComparison(ask: Ask, { before, after }: OriginOf<"comparison">): Promise<Decomposition> {
  const [earlier, later] = [await ask("explain-days", [before.from, before.to]), await ask("explain-days", [after.from, after.to])];
  const sum = (days: readonly Row[], column: string) => days.reduce((total, row) => total + count(row, column), 0);
  const volume = sum(later, "handled");
  const rowsOf = (days: readonly Row[], sign: 1 | -1) => {
    const weight = (sign * volume) / sum(days, "timed");
    const side = sign === 1 ? "before" : "after";
    return days.map((row) =>
      rowOf({ day: dateOrNull(row, "work_date"), side, interactions: count(row, "timed") }, weight, count(row, "handle_seconds") / 3600),
    );
  };
  return {
    formula: "(handle time per interaction before - after) x interactions after / 3600: hours of each day at the later volume",
    inputs: [{ name: "interactions after", value: String(volume), explain: null }],
    rows: [...rowsOf(earlier, 1), ...rowsOf(later, -1)],
  };
}
