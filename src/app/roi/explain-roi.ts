import { nearest } from "../../config/nearest.ts";
import { dayNumber } from "../../domain/calendar.ts";
import { gainFromHandleTime, gainFromQuality } from "../../domain/estimate/roi-money.ts";
import { type ComparedPanel, explainCell, explainDraw, explainEffect, explainLeavers } from "../../domain/roi/explain/explain-effect.ts";
import type { Explainable, Origin } from "../../domain/roi/explain/explainable.ts";
import { type Decomposition, type Explanation, holdAgainst, type Input, numberOf } from "../../domain/roi/explain/explanation.ts";
import { outcomeKeys } from "../../domain/roi/explain/list-effects.ts";
import { listExplainable } from "../../domain/roi/explain/list-explainable.ts";
import { prepareOutcome } from "../../domain/roi/programme/assess-outcome.ts";
import type { OutcomeName } from "../../domain/roi/programme/programme-facts.ts";
import type { RoiSettings } from "../../domain/roi/report/facts.ts";
import type { DayRange } from "../../domain/roi/report/figure.ts";
import type { ReportScope, RoiReport } from "../../domain/roi/report/report.ts";
import { UsageError } from "../../errors.ts";
import type { QueryReader } from "../../ports/warehouse.ts";
import { type ProgrammeSize, readEmployments, readPanels, readSize } from "./assess-programme.ts";
import type { RoiDeps } from "./build-roi.ts";
import {
  explainActivity,
  explainChallenge,
  explainComparison,
  explainContacts,
  explainCosts,
  explainHorizon,
  explainOwnPast,
  explainPoints,
  explainTurnover,
  pointInput,
  rateInputs,
} from "./explain-marts.ts";
import { currentReport } from "./report-roi.ts";
import { nameOfSql, reportSql } from "./report-sql.ts";

/** A statement as it was run: the rows can be had again by anybody with the warehouse. */
export interface Statement {
  readonly file: string;
  readonly parameters: readonly string[];
  readonly text: string;
}

export interface Explained {
  readonly report: RoiReport;
  readonly explanation: Explanation;
  readonly statements: readonly Statement[];
}

export interface Listed {
  readonly report: RoiReport;
  readonly settings: RoiSettings;
  readonly figures: readonly Explainable[];
}

/** What can be explained of the report as it is now. */
export async function listRoi(deps: RoiDeps, scope: ReportScope): Promise<Listed> {
  const { report, settings } = await currentReport(deps, scope);
  return { report, settings, figures: listExplainable(report) };
}

/**
 * One number of the report, with the rows, weights and SQL behind it, held against what the report says.
 * @throws UsageError when the report has no such number.
 */
export async function explainRoi(deps: RoiDeps, scope: ReportScope, name: string): Promise<Explained> {
  const listed = await listRoi(deps, scope);
  const wanted = listed.figures.find((figure) => figure.name === name);
  if (wanted === undefined) throw unknownFigure(name, listed.figures);
  return explainFigure(deps.warehouse, listed, wanted);
}

export async function explainFigure(warehouse: QueryReader, { report, settings }: Listed, wanted: Explainable): Promise<Explained> {
  if (numberOf(wanted.figure) === null) return { report, explanation: holdAgainst(wanted, nothing), statements: [] };
  const statements: Statement[] = [];
  const decomposition = await decompose({ warehouse: noting(warehouse, statements), report, settings }, wanted);
  return { report, explanation: holdAgainst(wanted, decomposition), statements };
}

function unknownFigure(name: string, figures: readonly Explainable[]): UsageError {
  const meant = nearest(
    name,
    figures.map((figure) => figure.name),
  );
  return new UsageError(`the report has no figure ${name}${meant === null ? "" : `; did you mean ${meant}?`}`, {
    code: "FIGURE_UNKNOWN",
    hint: "run 'gami roi explain' without a name: it lists what can be explained",
  });
}

/** Keeps what was asked, so that the reader sees the very statements the rows come from. */
function noting(warehouse: QueryReader, statements: Statement[]): QueryReader {
  const note = (sql: string, values: readonly unknown[] = []) => {
    statements.push({ file: `sql/reports/${nameOfSql(sql)}.sql`, parameters: values.map(String), text: warehouse.spelled(sql) });
  };
  return {
    spelled: warehouse.spelled,
    rows(sql, values) {
      note(sql, values);
      return warehouse.rows(sql, values);
    },
    stream(sql, values) {
      note(sql, values);
      return warehouse.stream(sql, values);
    },
    columns(sql, values) {
      note(sql, values);
      return warehouse.columns(sql, values);
    },
  };
}

interface Setting {
  readonly warehouse: QueryReader;
  readonly report: RoiReport;
  readonly settings: RoiSettings;
}

async function decompose(setting: Setting, { origin }: Explainable): Promise<Decomposition> {
  const { warehouse, report, settings } = setting;
  const ask = (statement: string, values: readonly string[]) => warehouse.rows(reportSql(statement), values);
  switch (origin.kind) {
    case "terms":
      return origin;
    case "activity":
      return explainActivity(ask, origin);
    case "costs":
      return explainCosts(ask, origin);
    case "own-past":
      return explainOwnPast(ask, origin, settings, report.months.length);
    case "points":
      return explainPoints(ask, origin);
    case "challenge":
      return explainChallenge(ask, origin);
    case "horizon":
      return explainHorizon(ask, origin);
    case "turnover":
      return explainTurnover(ask, origin, report.window?.to ?? "");
    case "comparison":
      return explainComparison(ask, origin);
    case "contacts":
      return explainContacts(ask, finalDays(report));
    case "leavers":
      return explainAttrition(setting, origin.isGain);
    case "effect":
      return explainOutcome(setting, origin.outcome, (compared) => explainEffect(compared, origin.cells));
    case "effect-gain":
      return explainOutcome(setting, origin.outcome, (compared, size) =>
        explainEffect(compared, origin.cells, priceOf(origin, size, settings)),
      );
    case "cell":
      return explainOutcome(setting, origin.outcome, (compared) => explainCell(compared, origin.cohort, origin.week) ?? nothing);
    case "draw":
      return explainOutcome(setting, origin.outcome, (compared) => explainDraw(compared, origin.isAdjusted));
  }
}

const nothing: Decomposition = { formula: "", inputs: [], rows: [] };

/** What the report estimates from: everything loaded up to the last final day. */
function finalDays({ window, asOf }: RoiReport): DayRange {
  return { from: window?.from ?? "", to: asOf ?? window?.to ?? "" };
}

async function explainOutcome(
  { warehouse, report, settings }: Setting,
  outcome: OutcomeName,
  explain: (compared: ComparedPanel, size: ProgrammeSize) => Decomposition,
): Promise<Decomposition> {
  const days = finalDays(report);
  const { panels, window } = await readPanels(warehouse, days.from, days.to);
  const size = await readSize(warehouse, days, window);
  const found = panels.find(({ name }) => name === outcome);
  if (found === undefined || found.build.kind === "refused") return nothing;
  return explain({ name: outcome, ...prepareOutcome(found.build.panel, size, settings) }, size);
}

/** Gains are linear in an effect, so each cell has its part of the money. */
function priceOf({ outcome, cells }: Extract<Origin, { readonly kind: "effect-gain" }>, size: ProgrammeSize, settings: RoiSettings) {
  if (outcome === "quality") {
    const price = settings.minorPerQualityPoint ?? 0n;
    const months = { name: "agent-months after enrolment", value: String(size.treatedAgentMonths), explain: null };
    return {
      perUnit: gainFromQuality({
        effectPoints: 1,
        standardErrorPoints: 0,
        agentMonths: size.treatedAgentMonths,
        minorPerQualityPoint: price,
      }).amountMinor,
      formula: "effect x agent-months x price of a point; each row is the part of one enrolment week in one week",
      inputs: [effectInput(outcome, cells), months, pointInput(settings)],
    };
  }
  const contacts = cells === "all" ? size.treatedContacts : size.operationalContacts;
  const counted = { name: "interactions of enrolled agents", value: String(contacts), explain: cells === "all" ? "contacts" : null };
  const rates = { loadedRateMinorPerHour: settings.loadedRateMinorPerHour ?? 0n, realisationPpm: settings.realisationPpm };
  return {
    perUnit: gainFromHandleTime({ effectSeconds: 1, standardErrorSeconds: 0, contacts, ...rates }).amountMinor,
    formula: "-effect x interactions / 3600 x loaded rate x realisation; each row is the part of one enrolment week in one week",
    inputs: [effectInput(outcome, cells), counted, ...rateInputs(settings)],
  };
}

function effectInput(outcome: OutcomeName, cells: "all" | "first-weeks"): Input {
  const explain = `effect.${outcomeKeys[outcome]}${cells === "all" ? "" : ".first-weeks"}`;
  return { name: "effect", value: "sum of weight x the cells' effects", explain };
}

async function explainAttrition({ warehouse, report, settings }: Setting, isGain: boolean): Promise<Decomposition> {
  const { to } = finalDays(report);
  const employments = await readEmployments(warehouse, to);
  const perLeaver = isGain ? Number(settings.replacementCostMinor ?? 0n) : null;
  return explainLeavers(employments, { horizonDays: 90, dataEnd: dayNumber(to) }, perLeaver);
}
