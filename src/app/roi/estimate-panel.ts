import { type Assessment, type AssessOptions, assessPanel, defaultDraws, refuse } from "../../domain/estimate/assess-panel.ts";
import { type Bracket, estimateBracket } from "../../domain/estimate/bracket.ts";
import { collectPanel, type PanelRow } from "../../domain/estimate/build-panel.ts";
import { countOf, type Finding, notes, refuses } from "../../domain/estimate/finding.ts";
import type { Allocation } from "../../domain/estimate/grade.ts";
import type { Design } from "../../domain/estimate/group-time.ts";
import { mergeCohorts } from "../../domain/estimate/merge-cohorts.ts";
import type { Panel } from "../../domain/estimate/panel.ts";
import { findPeriodScale, type PeriodScale } from "../../domain/estimate/period-scale.ts";
import { estimateSyntheticControls, type NoSyntheticControls, type SyntheticControls } from "../../domain/estimate/synthetic-control.ts";
import { UsageError, WarehouseError } from "../../errors.ts";
import type { OpenTableFile } from "../../ports/table-file.ts";
import type { QueryReader, Row, SqlValue } from "../../ports/warehouse.ts";
import { asSubquery, isSingleSelect } from "./single-select.ts";

/** Where the panel's rows come from. */
export type PanelSource = { readonly kind: "file"; readonly path: string } | { readonly kind: "query"; readonly sql: string };

export interface PanelColumns {
  readonly unit: string;
  readonly period: string;
  readonly outcome: string;
  readonly treatedFrom: string;
  readonly cluster: string | null;
  readonly weights: string | null;
}

export interface EstimateRequest {
  readonly source: PanelSource;
  readonly columns: PanelColumns;
  readonly design: Design;
  readonly allocation: Allocation | null;
  readonly holdoutShare: number | null;
  /** Cohorts of fewer units are merged with neighbours; 1 leaves all as they are. */
  readonly minCohort: number;
  readonly seed: number;
  readonly draws: number;
}

export interface EstimateDeps {
  readonly openTable: OpenTableFile;
  readonly warehouse: () => Promise<QueryReader>;
}

type TextRow = Readonly<Record<string, string>>;

/** A row before its periods are read: that takes all of them. */
interface RawRow {
  readonly unit: string;
  readonly period: string;
  readonly outcome: number | null;
  readonly treatedFrom: string;
  readonly cluster: string | null;
  readonly weight: number | null;
}

/**
 * Estimates the effect on any panel. Faults of the data come back as an assessment without figures and with reasons;
 * @throws UsageError for a column that is not there and a query that is no single select
 * @throws SourceBrokenError for a file that cannot be read
 */
export async function estimatePanel(deps: EstimateDeps, request: EstimateRequest): Promise<{ rows: number } & Assessed> {
  const rows: RawRow[] = [];
  const wordy: string[] = [];
  const keepOnce = rememberTexts();
  for await (const chunk of readRows(deps, request)) {
    for (const row of chunk) {
      rows.push(readRow(row, request.columns, keepOnce));
      wordy.push(...numbersMissed(row, request.columns));
    }
  }
  const assessed = wordy.length > 0 ? withoutFigure(null, [noNumbers(wordy)]) : assess(rows, request);
  return { rows: rows.length, ...assessed };
}

/** Cells that hold words where numbers belong, as they stand there. */
function numbersMissed(row: TextRow, { unit, period, outcome, weights }: PanelColumns): string[] {
  const isWord = (column: string) => Number.isNaN(readNumber((row[column] ?? "").trim()));
  const place = () => `${row[unit]} in period ${row[period]}`;
  return [outcome, ...(weights === null ? [] : [weights])]
    .filter(isWord)
    .map((column) => `${place()}: ${column} is "${(row[column] ?? "").slice(0, 40)}"`);
}

function noNumbers(cells: readonly string[]): Finding {
  const text = `${countOf(cells, "cell")} without a number in it. Write decimals with a point and without separators of thousands, and leave a missing value empty.`;
  return refuses("not-a-number", text);
}

/** The same few names stand in every row: one copy of each is enough, and the text of the file can go. */
function rememberTexts(): (text: string) => string {
  const known = new Map<string, string>();
  return (text) => {
    const kept = known.get(text);
    if (kept !== undefined) return kept;
    known.set(text, text);
    return text;
  };
}

export interface Assessed {
  readonly assessment: Assessment;
  /** Only where units were chosen by their results: what can be said then. */
  readonly bracket: Bracket | null;
  /** A cross-check where few clusters are treated. */
  readonly synthetic: SyntheticControls | NoSyntheticControls;
}

function assess(rows: readonly RawRow[], request: EstimateRequest): Assessed {
  const texts = periodTexts(rows);
  const scale = findPeriodScale(texts.periods);
  const isPlaced = scale !== null && [...texts.treatedFrom].every((text) => scale.place(text) !== null);
  if (rows.length > 0 && !isPlaced)
    return withoutFigure(null, [unreadablePeriods(texts, request.columns), ...flagFindings(texts, request.columns)]);
  const label = (period: number) => scale?.label(period) ?? period;
  const nameless = rows.flatMap(({ unit }, index) => (unit === "" ? [`row ${index + 1}`] : []));
  if (nameless.length > 0) return withoutFigure(null, [refuses("no-unit", `${countOf(nameless, "row")} without a unit.`)]);
  const collector = collectPanel();
  for (const row of rows) collector.add(placeRow(row, scale));
  const build = collector.finish(label);
  if (build.kind === "refused") return withoutFigure(null, [...build.findings, ...flagFindings(texts, request.columns)]);
  const rule = { minUnits: request.minCohort, minClusters: 1, maxGap: 4 };
  const merged = request.minCohort > 1 ? mergeCohorts(build.panel, rule, label) : { panel: build.panel, findings: [] };
  const findings = [...build.findings, ...merged.findings, ...dayFindings(scale, request.design)];
  if (merged.panel.cohorts.length === 0)
    return withoutFigure(build.panel, [...findings, refuses("nobody-treated", "No cohort is large enough.")]);
  const assessment = assessPanel(merged.panel, findings, optionsOf(request, label));
  if (assessment.aggregates === null) return { assessment, bracket: null, synthetic: noSynthetic };
  const bracket = request.allocation === "performance" ? estimateBracket(merged.panel) : null;
  const { anticipation } = request.design;
  return { assessment, bracket, synthetic: estimateSyntheticControls(merged.panel, { anticipation, label }) };
}

const noSynthetic = { kind: "none", reason: "The panel has no figure; the reasons stand beside the grade." } as const;

function withoutFigure(panel: Panel | null, findings: readonly Finding[]): Assessed {
  return { assessment: refuse(panel, findings), bracket: null, synthetic: noSynthetic };
}

/** A column of noughts and ones says that somebody was treated, not since when. */
function flagFindings({ treatedFrom }: PeriodTexts, columns: PanelColumns): Finding[] {
  if (treatedFrom.size !== 1 || !treatedFrom.has("1")) return [];
  const text = `${columns.treatedFrom} holds only 0 and 1: it must be the first treated period of the unit, the same in each of its rows.`;
  return [refuses("treated-flag", text)];
}

function dayFindings(scale: PeriodScale | null, { baseline, preWindow }: Design): Finding[] {
  if (scale?.kind !== "day" || baseline !== "mean") return [];
  const text = `Periods are single days, so the baseline is the mean of ${preWindow} days; add days up to weeks, or raise --pre-window.`;
  return [notes("daily-periods", text)];
}

function optionsOf({ design, allocation, holdoutShare, seed, draws }: EstimateRequest, label: AssessOptions["label"]): AssessOptions {
  return { ...defaultDraws, design, allocation, holdoutShare, seed, bandDraws: draws, placeboDraws: Math.ceil(draws / 2) - 1, label };
}

/** 0 or nothing is never treated. */
function isNever(text: string): boolean {
  return text === "" || text === "NA" || /^[+-]?0+(?:\.0+)?$/.test(text);
}

interface PeriodTexts {
  readonly periods: ReadonlySet<string>;
  readonly treatedFrom: ReadonlySet<string>;
}

function periodTexts(rows: readonly RawRow[]): PeriodTexts {
  const periods = new Set<string>();
  const starts = new Set<string>();
  for (const { period, treatedFrom } of rows) {
    periods.add(period);
    if (!isNever(treatedFrom)) starts.add(treatedFrom);
  }
  return { periods, treatedFrom: starts };
}

function unreadablePeriods({ periods, treatedFrom }: PeriodTexts, columns: PanelColumns): Finding {
  const examples = (texts: ReadonlySet<string>) =>
    [...texts]
      .slice(0, 3)
      .map((text) => `"${text}"`)
      .join(", ");
  const found = [`${columns.period} has ${examples(periods)}`, `${columns.treatedFrom} has ${examples(treatedFrom) || "nothing"}`];
  const text = `${columns.period} must be whole numbers, ISO weeks (2025-W07), months (2025-07) or dates (2025-02-10), all of one kind, and ${columns.treatedFrom} of the same kind or dates; ${found.join(", ")}.`;
  return refuses("unreadable-period", text);
}

function readRow(row: TextRow, columns: PanelColumns, keepOnce: (text: string) => string): RawRow {
  const cell = (column: string) => (row[column] ?? "").trim();
  const cluster = columns.cluster === null ? "" : keepOnce(cell(columns.cluster));
  return {
    unit: keepOnce(cell(columns.unit)),
    period: keepOnce(cell(columns.period)),
    outcome: readNumber(cell(columns.outcome)),
    treatedFrom: keepOnce(cell(columns.treatedFrom)),
    cluster: cluster === "" ? null : cluster,
    weight: columns.weights === null ? null : readNumber(cell(columns.weights)),
  };
}

/** The scale parses every text it was found from. */
function placeRow({ unit, period, outcome, treatedFrom, cluster, weight }: RawRow, scale: PeriodScale | null): PanelRow {
  const read = (text: string) => scale?.parse(text) ?? Number.NaN;
  return {
    unit,
    period: read(period),
    outcome,
    treatedFrom: isNever(treatedFrom) ? null : (scale?.place(treatedFrom) ?? Number.NaN),
    cluster,
    weight,
  };
}

/** Null for nothing; NaN for what is no number, which the panel then refuses. */
function readNumber(text: string): number | null {
  if (text === "" || text === "NA") return null;
  return /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text) ? Number(text) : Number.NaN;
}

async function* readRows({ openTable, warehouse }: EstimateDeps, { source, columns }: EstimateRequest): AsyncGenerator<readonly TextRow[]> {
  if (source.kind === "file") {
    const table = await openTable(source.path);
    requireColumns(columns, table.columns, source.path);
    yield* table.rows();
    return;
  }
  if (!isSingleSelect(source.sql)) {
    throw new UsageError("--query must be one select statement", {
      code: "QUERY_NOT_SELECT",
      hint: "give a single select, with, or from query",
    });
  }
  let isChecked = false;
  for await (const chunk of runQuery(await warehouse(), source.sql)) {
    if (!isChecked) requireColumns(columns, Object.keys(chunk[0] ?? {}), "the query");
    isChecked = true;
    yield chunk.map((row) => Object.fromEntries(wanted(columns).map((column) => [column, textOf(row[column] ?? null)])));
  }
}

async function* runQuery(warehouse: QueryReader, sql: string): AsyncGenerator<readonly Row[]> {
  try {
    yield* warehouse.stream(asSubquery(sql, "panel"));
  } catch (error) {
    // A failure the warehouse has no better name for is one of the text the user wrote.
    if (!(error instanceof WarehouseError) || error.code !== "WAREHOUSE_FAILED") throw error;
    const { cause } = error;
    const words = cause instanceof Error ? cause.message : error.message;
    throw new UsageError(`--query failed: ${words}`, { code: "QUERY_FAILED", hint: "try the query in the DuckDB shell first", cause });
  }
}

function wanted({ unit, period, outcome, treatedFrom, cluster, weights }: PanelColumns): string[] {
  return [unit, period, outcome, treatedFrom, cluster, weights].filter((column) => column !== null);
}

function requireColumns(columns: PanelColumns, present: readonly string[], place: string): void {
  const twice = wanted(columns).filter((column) => present.indexOf(column) !== present.lastIndexOf(column));
  if (twice.length > 0) {
    throw new UsageError(`${place} has more than one column ${quoted(twice)}`, {
      code: "COLUMN_TWICE",
      hint: "rename one of them, so that it is clear which is meant",
    });
  }
  const missing = wanted(columns).filter((column) => !present.includes(column));
  if (missing.length === 0) return;
  throw new UsageError(`${place} has no column ${quoted(missing)}; it has ${present.join(", ")}`, {
    code: "COLUMN_MISSING",
    hint: "name the columns as they stand in the header, which is the first line",
  });
}

function quoted(names: readonly string[]): string {
  return names.map((name) => `"${name}"`).join(", ");
}

function textOf(value: SqlValue): string {
  return value === null ? "" : String(value);
}
