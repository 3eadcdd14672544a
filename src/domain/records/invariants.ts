import { prepareCheckValue } from "./check-value.ts";
import type { CanonicalRecord, CanonicalValue } from "./record.ts";
import { type Refusal, refusal } from "./refusal.ts";
import type { StreamDefinition, StreamName } from "./streams.ts";

/**
 * The checks of the boundary (records.md, "Invariants checked at the boundary"): one function per stream, made once.
 * It says null for a good record, and the first fault of a bad one; a good record costs no allocation.
 */
export type CheckRecord = (record: CanonicalRecord) => Refusal | null;

export function prepareCheckRecord(stream: StreamDefinition): CheckRecord {
  const columns = stream.columns.map((column) => ({ name: column.name, check: prepareCheckValue(stream, column) }));
  const checkWhole = wholeChecks[stream.name];
  return (record) => {
    for (const { name, check } of columns) {
      const fault = check(record[name]);
      if (fault !== null) return fault;
    }
    return checkWhole === undefined ? null : checkWhole(record);
  };
}

/** A deletion names its key; the rest of it is not looked at. */
export function prepareCheckDeletion(stream: StreamDefinition): CheckRecord {
  const columns = stream.columns.map((column) => ({ name: column.name, check: prepareCheckValue(stream, column) }));
  const keys = new Set(stream.key.map(({ column }) => column));
  const looked = columns.filter(({ name }) => keys.has(name) || name === stream.revisedAt || name === stream.subject);
  return (record) => {
    for (const { name, check } of looked) {
      const fault = check(record[name]);
      if (fault !== null) return fault;
    }
    return null;
  };
}

const wholeChecks: Partial<Record<StreamName, CheckRecord>> = {
  interaction: (record) =>
    checkNotNegative(record, "talk_ms", "hold_ms", "after_call_ms", "other_ms", "handle_ms") ??
    checkHandle(record) ??
    checkOrder(record, "entered_at", "started_at", "ended_at") ??
    checkDay(record, "started_at", "entered_at"),
  shift: (record) => checkOrder(record, "starts_at", "ends_at") ?? checkDay(record, "starts_at"),
  adherence: (record) =>
    checkOrder(record, "starts_at", "ends_at") ?? checkNotNegative(record, "scheduled_ms", "adherent_ms") ?? checkDay(record, "starts_at"),
  enrolment: (record) => checkOrder(record, "enrolled_at", "ends_at"),
  challenge: (record) => checkOrder(record, "starts_at", "ends_at"),
  identity: (record) => checkOrder(record, "effective_at", "ends_at"),
  milestone: (record) => checkOrder(record, "valid_from", "valid_to"),
  evaluation: (record) => checkScale(record, "score_milli", 0, record.max_score_milli) ?? checkDay(record, "evaluated_at"),
  survey: (record) => checkScale(record, "score_milli", record.scale_min_milli, record.scale_max_milli) ?? checkDay(record, "answered_at"),
  performance_day: (record) =>
    checkNotNegative(
      record,
      "interactions",
      "talk_ms",
      "hold_ms",
      "after_call_ms",
      "handle_ms",
      "quality_count",
      "csat_count",
      "scheduled_ms",
    ) ?? checkDay(record, "work_date"),
  cost: (record) => checkGiven(record, "kind", "incurred_on", "amount_minor"),
  gamification_event: (record) => {
    const engagement = numberOf(record.engagement_ppm);
    // Above one million is kept: overlapping challenges pay one action twice, and the marts flag it.
    if (engagement !== null && engagement < 0) return refusal("negative_engagement", "engagement_ppm", engagement);
    return checkGiven(record, "occurred_at") ?? checkDay(record, "occurred_at") ?? checkPoints(record);
  },
};

/** `handle = talk + hold + after-call + other` with an unknown part as 0, where any part is known. */
function checkHandle(record: CanonicalRecord): Refusal | null {
  const handle = numberOf(record.handle_ms);
  const talk = numberOf(record.talk_ms);
  const hold = numberOf(record.hold_ms);
  const afterCall = numberOf(record.after_call_ms);
  const other = numberOf(record.other_ms);
  if (talk === null && hold === null && afterCall === null && other === null) return null;
  const sum = (talk ?? 0) + (hold ?? 0) + (afterCall ?? 0) + (other ?? 0);
  return handle === sum ? null : refusal("handle_mismatch", "handle_ms", `${handle} for parts of ${sum}`);
}

/** The instants that are known never go backwards in the order given. */
function checkOrder(record: CanonicalRecord, ...columns: readonly string[]): Refusal | null {
  let last: number | null = null;
  for (const column of columns) {
    const instant = numberOf(record[column]);
    if (instant === null) continue;
    if (last !== null && instant < last) return refusal("out_of_order", column, new Date(instant).toISOString());
    last = instant;
  }
  return null;
}

/** A record without its day or instant would be in no month; a cost without a kind in a sum and in none of its parts. */
function checkGiven(record: CanonicalRecord, ...columns: readonly string[]): Refusal | null {
  for (const column of columns) {
    const value = record[column];
    if (value === null || value === undefined) return refusal("missing_value", column, "");
  }
  return null;
}

/** The days of the marts (of UTC; `int_dates` of dbt has the local days beyond too). */
const [firstDay, endOfDays] = ["1970-01-01", "2070-01-01"];
const [firstDayInstant, endOfDaysInstant] = [Date.parse(firstDay), Date.parse(endOfDays)];

/** Work lies on a day of the marts: one dated 1900 would fail them, and is a source's word for no date. */
function checkDay(record: CanonicalRecord, ...columns: readonly string[]): Refusal | null {
  for (const column of columns) {
    const value = record[column];
    if (typeof value === "number" && (value < firstDayInstant || value >= endOfDaysInstant))
      return refusal("bad_instant", column, new Date(value).toISOString());
    if (typeof value === "string" && (value < firstDay || value >= endOfDays)) return refusal("bad_date", column, value);
  }
  return null;
}

/** A thousand million points: more are a fault of the source, and a few of them more than the sums of the marts hold. */
const mostPointsMilli = 1_000_000_000_000;

function checkPoints(record: CanonicalRecord): Refusal | null {
  const points = numberOf(record.points_milli);
  return points !== null && Math.abs(points) > mostPointsMilli ? refusal("too_many_points", "points_milli", points) : null;
}

function checkNotNegative(record: CanonicalRecord, ...columns: readonly string[]): Refusal | null {
  for (const column of columns) {
    const value = numberOf(record[column]);
    if (value !== null && value < 0) return refusal("negative_duration", column, value);
  }
  return null;
}

function checkScale(
  record: CanonicalRecord,
  column: string,
  lowest: CanonicalValue | undefined,
  highest: CanonicalValue | undefined,
): Refusal | null {
  const score = numberOf(record[column]);
  if (score === null) return null;
  const isBelow = typeof lowest === "number" && score < lowest;
  const isAbove = typeof highest === "number" && score > highest;
  return isBelow || isAbove ? refusal("out_of_scale", column, `${score} in ${lowest ?? "?"}..${highest ?? "?"}`) : null;
}

function numberOf(value: CanonicalValue | undefined): number | null {
  return typeof value === "number" ? value : null;
}
