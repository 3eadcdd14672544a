/**
 * The metrics a definition may name. A name is resolved here and nowhere else, so no text of a definition reaches SQL.
 * Every value is a fraction of whole numbers, `numerator / denominator` in thousandths of the unit: divided last, compared exactly.
 */
export type Better = "lower" | "higher";
export type MetricUnit = "seconds" | "percent" | "interactions" | "points" | "share" | "days";
export type Aggregate = "ratio" | "total" | "mean_of_days" | "longest_run";
/** What its volume is counted in; each has its own minimum. */
export const volumes = ["interactions", "evaluations", "surveys", "days"] as const;
export type Volume = (typeof volumes)[number];
/** Which figures of a window decide it, as the evaluation's statement names them. */
export interface MetricSource {
  readonly numerator: SumName;
  /** Null: the numerator is the value. */
  readonly denominator: SumName | null;
  /** Brings numerator / denominator to thousandths of the unit. */
  readonly scale: bigint;
  /** The denominator's own scale. */
  readonly unitScale: bigint;
}

export interface Metric {
  readonly name: string;
  /** As a sentence begins with it. */
  readonly words: string;
  readonly unit: MetricUnit;
  readonly better: Better;
  readonly aggregate: Aggregate;
  readonly volume: Volume;
  readonly range: readonly [low: number, high: number | null];
  /** Handle time is final a day after its day, quality three days after the interaction (T38). */
  readonly finality: "handle" | "quality";
  /** Whether it can be told from the last n interactions, and for some queues only. */
  readonly isPerInteraction: boolean;
  readonly source: MetricSource;
}

/** Sums of one agent over one window: whole numbers. */
export const sumNames = [
  "handle_ms",
  "handle_count",
  "interactions",
  "quality_sum_milli",
  "quality_count",
  "csat_sum_milli",
  "csat_count",
  "adherent_ms",
  "scheduled_ms",
  "points_milli",
  "engagement_sum_ppm",
  "engagement_days",
  "active_days",
  "longest_run",
  "longest_shift_run",
] as const;
export type SumName = (typeof sumNames)[number];

const plain = { unitScale: 1n, scale: 1n } as const;

const list: readonly Metric[] = [
  {
    name: "handle_time",
    words: "Handle time per interaction",
    unit: "seconds",
    better: "lower",
    aggregate: "ratio",
    volume: "interactions",
    range: [0, null],
    finality: "handle",
    isPerInteraction: true,
    source: { numerator: "handle_ms", denominator: "handle_count", ...plain },
  },
  {
    name: "quality",
    words: "Quality score",
    unit: "percent",
    better: "higher",
    aggregate: "ratio",
    volume: "evaluations",
    range: [0, 100],
    finality: "quality",
    isPerInteraction: false,
    source: { numerator: "quality_sum_milli", denominator: "quality_count", ...plain },
  },
  {
    name: "csat",
    words: "Customer satisfaction",
    unit: "percent",
    better: "higher",
    aggregate: "ratio",
    volume: "surveys",
    range: [0, 100],
    finality: "quality",
    isPerInteraction: false,
    source: { numerator: "csat_sum_milli", denominator: "csat_count", ...plain },
  },
  {
    name: "adherence",
    words: "Adherence to the schedule",
    unit: "percent",
    better: "higher",
    aggregate: "ratio",
    volume: "days",
    range: [0, 100],
    finality: "handle",
    isPerInteraction: false,
    source: { numerator: "adherent_ms", denominator: "scheduled_ms", scale: 100_000n, unitScale: 1n },
  },
  {
    name: "interactions",
    words: "Interactions handled",
    unit: "interactions",
    better: "higher",
    aggregate: "total",
    volume: "interactions",
    range: [0, null],
    finality: "handle",
    isPerInteraction: true,
    source: { numerator: "interactions", denominator: null, scale: 1000n, unitScale: 1n },
  },
  {
    name: "points",
    words: "Points earned",
    unit: "points",
    better: "higher",
    aggregate: "total",
    volume: "days",
    range: [0, null],
    finality: "handle",
    isPerInteraction: false,
    source: { numerator: "points_milli", denominator: null, ...plain },
  },
  {
    name: "engagement",
    words: "Engagement",
    unit: "share",
    better: "higher",
    aggregate: "mean_of_days",
    volume: "days",
    range: [0, 1],
    finality: "handle",
    isPerInteraction: false,
    source: { numerator: "engagement_sum_ppm", denominator: "engagement_days", scale: 1n, unitScale: 1000n },
  },
  {
    name: "active_days",
    words: "Days with a handled interaction",
    unit: "days",
    better: "higher",
    aggregate: "total",
    volume: "days",
    range: [0, null],
    finality: "handle",
    isPerInteraction: false,
    source: { numerator: "active_days", denominator: null, scale: 1000n, unitScale: 1n },
  },
  {
    name: "day_streak",
    words: "Longest run of calendar days with a handled interaction",
    unit: "days",
    better: "higher",
    aggregate: "longest_run",
    volume: "days",
    range: [0, null],
    finality: "handle",
    isPerInteraction: false,
    source: { numerator: "longest_run", denominator: null, scale: 1000n, unitScale: 1n },
  },
  {
    name: "shift_streak",
    words: "Longest run of scheduled days with a handled interaction",
    unit: "days",
    better: "higher",
    aggregate: "longest_run",
    volume: "days",
    range: [0, null],
    finality: "handle",
    isPerInteraction: false,
    source: { numerator: "longest_shift_run", denominator: null, scale: 1000n, unitScale: 1n },
  },
];

const byName: ReadonlyMap<string, Metric> = new Map(list.map((metric) => [metric.name, metric]));

export const metricNames: readonly string[] = list.map(({ name }) => name);

export function findMetric(name: string): Metric | null {
  return byName.get(name) ?? null;
}

/** @throws RangeError: a definition whose metric is unknown never comes this far. */
export function metricNamed(name: string): Metric {
  const metric = byName.get(name);
  if (metric === undefined) throw new RangeError(`unknown metric ${name}`);
  return metric;
}

/** The figures that count a volume. */
export const volumeSums: Readonly<Record<Volume, SumName>> = {
  interactions: "interactions",
  evaluations: "quality_count",
  surveys: "csat_count",
  days: "active_days",
};
