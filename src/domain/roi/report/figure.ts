/** What a number is measured in. Ratios and shares are plain numbers (0.2 is 20 %). */
export type Unit = "seconds" | "hours" | "days" | "points" | "ratio" | "share" | "count" | "probability";

/** Both days are inside. ISO dates, the organisation's `work_date`. */
export interface DayRange {
  readonly from: string;
  readonly to: string;
}

/**
 * One number of the report with what a reader needs to judge it: how many observations stand behind it, over which days,
 * its 95 % interval where one can be given, and in words why it is absent where it is. Never NaN, never a silent null.
 */
export interface Figure {
  readonly value: number | null;
  readonly unit: Unit;
  readonly n: number;
  /** What `n` counts. */
  readonly of: string;
  readonly window: DayRange | null;
  readonly interval: readonly [low: number, high: number] | null;
  /** Why a figure that is there has no interval. */
  readonly intervalReason: string | null;
  readonly reason: string | null;
}

/** As `Figure`, in integer minor units of the report's currency. */
export interface MoneyFigure {
  readonly amountMinor: bigint | null;
  readonly n: number;
  readonly of: string;
  readonly window: DayRange | null;
  /** 95 %. */
  readonly interval: MoneyRange | null;
  readonly intervalReason: string | null;
  readonly reason: string | null;
}

export interface MoneyRange {
  readonly fromMinor: bigint;
  readonly toMinor: bigint;
}

export interface Evidence {
  readonly n: number;
  readonly of: string;
  readonly window: DayRange | null;
}

/** Derived figures carry five decimals: enough for every use, and the same text on every machine. */
export function roundFigure(value: number): number {
  const rounded = Number(`${Math.round(Number(`${value}e5`))}e-5`);
  if (Number.isNaN(rounded)) return Math.abs(value) < 1e-5 ? 0 : value;
  return rounded === 0 ? 0 : rounded;
}

export function measured(
  value: number,
  unit: Unit,
  evidence: Evidence,
  interval: readonly [low: number, high: number] | null = null,
  intervalReason: string = withoutInterval[unit],
): Figure {
  if (!Number.isFinite(value)) return absent("the data gives no finite number here", unit, evidence);
  if (evidence.window === null) return absent(nothingLoaded, unit, evidence);
  const rounded = interval === null ? null : ([roundFigure(interval[0]), roundFigure(interval[1])] as const);
  return {
    value: roundFigure(value),
    unit,
    ...plain(evidence),
    interval: rounded,
    intervalReason: rounded === null ? intervalReason : null,
    reason: null,
  };
}

export function absent(reason: string, unit: Unit, evidence: Evidence): Figure {
  return { value: null, unit, ...plain(evidence), interval: null, intervalReason: null, reason };
}

/** Evidence often comes from another figure: its value stays there. */
function plain({ n, of, window }: Evidence): Evidence {
  return { n, of, window };
}

/** A number that is about no day is about nothing. */
const nothingLoaded = "no day it could be about is loaded";

const counted = "counted in full, not estimated";
const described = "describes all that was recorded; as such it has no error";
const unknown = "how far off it may be is not known";

/** What is counted or averaged over everything recorded estimates nothing; what compares does, and may lack its error. */
const withoutInterval: Readonly<Record<Unit, string>> = {
  count: counted,
  days: counted,
  hours: unknown,
  points: described,
  seconds: described,
  share: described,
  ratio: unknown,
  probability: "it is itself a statement about the error",
};

export const recorded = "recorded amounts, not estimated";
export const associated = "an association: how far off it may be is not known";

export function money(
  amountMinor: bigint,
  evidence: Evidence,
  interval: MoneyRange | null = null,
  intervalReason: string = associated,
): MoneyFigure {
  if (evidence.window === null) return noMoney(nothingLoaded, evidence);
  return { amountMinor, ...plain(evidence), interval, intervalReason: interval === null ? intervalReason : null, reason: null };
}

export function noMoney(reason: string, evidence: Evidence): MoneyFigure {
  return { amountMinor: null, ...plain(evidence), interval: null, intervalReason: null, reason };
}

/** `sum / count`, or the reason there is none. Numerators are divided last, so it is never an average of averages. */
export function ratioOfSums(sum: number, count: number, unit: Unit, evidence: Evidence, reason: string): Figure {
  return count > 0 ? measured(sum / count, unit, evidence) : absent(reason, unit, evidence);
}
