import { LockHeldError } from "../../errors.ts";
import type { Snapshot } from "../../ports/decision-store.ts";
import type { QueryReader } from "../../ports/warehouse.ts";
import { count, dateOrNull, text, textOrNull } from "../roi/row-values.ts";
import { recogniseSql } from "./recognise-sql.ts";

const tablesNeeded = 8;

/** What the marts stand for, read together with what is decided on it. */
export interface MartsSnapshot {
  readonly snapshot: Snapshot;
  /** The last day with data, and the last one whose handle time is final. */
  readonly lastDate: string;
  readonly finalDate: string;
}

/**
 * The batches the marts stand for.
 * @throws LockHeldError (try again) when they were never built, are half built, failed their tests, or disagree with each other: nobody is awarded from such marts.
 */
export async function readMarts(warehouse: QueryReader): Promise<MartsSnapshot> {
  const [state] = await warehouse.rows(recogniseSql("build-state"));
  if (state === undefined || textOrNull(state, "invocation_id") === null || count(state, "tables_present") < tablesNeeded) {
    throw notReady("MARTS_MISSING", "the marts are not there yet: dbt has not built them in this warehouse");
  }
  if (count(state, "failed") > 0) {
    throw notReady(
      "BUILD_FAILED",
      `the last dbt build failed in ${count(state, "failed")} models or tests: nothing is decided on its marts`,
    );
  }
  if (count(state, "applied_since") > 0) {
    throw notReady("MARTS_HALF_BUILT", "a dbt run began after the last whole one and did not end: the marts are half built");
  }
  const streams = await warehouse.rows(recogniseSql("snapshot"));
  const apart = streams.filter((row) => count(row, "least") !== count(row, "furthest") || count(row, "seq") !== count(row, "furthest"));
  if (apart.length > 0) {
    const [first] = apart;
    const example =
      first === undefined ? "" : `${text(first, "stream")}: from batch ${count(first, "least")} to ${count(first, "furthest")}`;
    throw notReady("MARTS_DISAGREE", `the models stand for different batches (${example}): some of them were built alone`);
  }
  const [loaded] = await warehouse.rows(recogniseSql("days-loaded"));
  const lastDate = loaded === undefined ? null : dateOrNull(loaded, "last_date");
  const finalDate = loaded === undefined ? null : dateOrNull(loaded, "final_date");
  if (lastDate === null || finalDate === null)
    throw notReady("MARTS_EMPTY", "the marts hold no day yet: no data was loaded before they were built");
  return { snapshot: Object.fromEntries(streams.map((row) => [text(row, "stream"), count(row, "seq")])), lastDate, finalDate };
}

function notReady(code: string, message: string): LockHeldError {
  return new LockHeldError(message, { code, hint: "run 'gami dbt build', then the same command again" });
}

/** Beside the batches a definition's snapshot keeps the last day decided, so that a night that was missed is caught up with. */
const lastDayKey = "gami.last_day";

export function lastDayOf(snapshot: Snapshot | undefined): number | null {
  return snapshot?.[lastDayKey] ?? null;
}

export function withLastDay(snapshot: Snapshot, day: number): Snapshot {
  return { ...snapshot, [lastDayKey]: day };
}

/** Streams of which `now` knows less than `before`: deciding on them would take back what was known. */
export function streamsBehind(before: Snapshot, now: Snapshot): string[] {
  return Object.entries(before)
    .filter(([stream, seq]) => stream !== lastDayKey && (now[stream] ?? 0) < seq)
    .map(([stream, seq]) => `${stream} (batch ${now[stream] ?? 0}, decided on ${seq})`);
}

/** @throws LockHeldError when the warehouse stands behind what was decided on last, after a restore for example. */
export function refuseOlderSnapshot(last: ReadonlyMap<string, Snapshot>, now: Snapshot): void {
  for (const [definitionId, before] of last) {
    const behind = streamsBehind(before, now);
    if (behind.length === 0) continue;
    throw new LockHeldError(`the warehouse stands behind the last decisions on ${definitionId}: ${behind.join(", ")}`, {
      code: "SNAPSHOT_BEHIND",
      hint: "bring the warehouse up to date ('gami warehouse rebuild' or another load, then 'gami dbt build')",
    });
  }
}
