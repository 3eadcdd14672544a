import { createHash } from "node:crypto";
import { dayNumber } from "../../domain/calendar.ts";
import { ChecksFailedError, LockHeldError } from "../../errors.ts";
import type { Snapshot } from "../../ports/decision-store.ts";
import type { QueryReader } from "../../ports/warehouse.ts";
import { count, dateOrNull, text } from "../roi/row-values.ts";
import { recogniseSql } from "./recognise-sql.ts";

const tablesNeeded = 9;

/** What the marts stand for, read together with what is decided on it. */
export interface MartsSnapshot {
  readonly snapshot: Snapshot;
  /** The last day with data, and the last one whose handle time is final. */
  readonly lastDate: string;
  readonly finalDate: string;
  /** By source, the last day that is final there, as a day number: one that comes once a week is behind. */
  readonly finalDays: ReadonlyMap<string, number>;
}

/**
 * The batches the marts stand for.
 * @throws LockHeldError (try again) when they were never built as a whole, failed their tests, or a later run saw more than they show: nobody is awarded from such marts.
 * ChecksFailedError when there are none.
 */
export async function readMarts(warehouse: QueryReader): Promise<MartsSnapshot> {
  const snapshot = await requireBuiltMarts(warehouse);
  const loaded = await warehouse.rows(recogniseSql("days-loaded"));
  const latest = (column: string) =>
    loaded
      .flatMap((row) => dateOrNull(row, column) ?? [])
      .toSorted()
      .at(-1);
  const [lastDate, finalDate] = [latest("last_date"), latest("final_date")];
  if (lastDate === undefined || finalDate === undefined)
    throw notThere("MARTS_EMPTY", "the marts hold no day yet: no data was loaded before they were built");
  const finalDays = new Map(
    loaded.flatMap((row) => {
      const day = dateOrNull(row, "final_date");
      return day === null ? [] : [[text(row, "source"), dayNumber(day)] as const];
    }),
  );
  return { snapshot, lastDate, finalDate, finalDays };
}

/** The batches the marts stand for, whether or not they hold a day. @throws as `readMarts`. */
export async function requireBuiltMarts(warehouse: QueryReader): Promise<Snapshot> {
  const [state] = await warehouse.rows(recogniseSql("build-state"));
  if (state === undefined || count(state, "tables_present") < tablesNeeded) {
    throw notThere("MARTS_MISSING", "the marts are not there yet: dbt has not built them in this warehouse");
  }
  if (count(state, "failed") > 0) {
    throw notReady("BUILD_FAILED", `${count(state, "failed")} models or tests of dbt failed: nothing is decided on such marts`);
  }
  if (state.is_built !== true)
    throw notReady("MARTS_HALF_BUILT", "no dbt run has built every model yet: nothing is decided on half of the marts");
  const streams = await warehouse.rows(recogniseSql("snapshot"));
  const ahead = streams.find((row) => count(row, "seq") !== count(row, "furthest"));
  if (ahead !== undefined) {
    const where = `${text(ahead, "stream")}: batch ${count(ahead, "seq")}, and ${count(ahead, "furthest")} of a later run`;
    throw notReady(
      "MARTS_DISAGREE",
      `a later dbt run built a part of the models, or did not end: they stand for different batches (${where})`,
    );
  }
  return Object.fromEntries(streams.map((row) => [text(row, "stream"), count(row, "seq")]));
}

/** Waiting does not help here, a build does: a scheduler would try for ever. */
function notThere(code: string, message: string): ChecksFailedError {
  return new ChecksFailedError(message, { code, hint: "load data and run 'gami dbt build' first" });
}

function notReady(code: string, message: string): LockHeldError {
  return new LockHeldError(message, { code, hint: "run 'gami dbt build', then the same command again" });
}

/** Beside the batches a definition's snapshot keeps the last day decided, so that a night that was missed is caught up with. */
const lastDayKey = "gami.last_day";
/** And which versions decided, each from which day on: the text in force is what decided last, not what was ever seen. */
const versionKey = "gami.version.";
/** And which day was the last final one of each source. */
const finalKey = "gami.final.";

export function lastDayOf(snapshot: Snapshot | undefined): number | null {
  return snapshot?.[lastDayKey] ?? null;
}

/** By `ruleHash`, the first day a version decided. */
export type VersionDays = ReadonlyMap<string, number>;

export function versionDaysIn(snapshot: Snapshot | undefined): VersionDays {
  return marksIn(snapshot, versionKey);
}

/** By source. */
export function finalDaysIn(snapshot: Snapshot | undefined): ReadonlyMap<string, number> {
  return marksIn(snapshot, finalKey);
}

export interface DecidedDays {
  readonly lastDay: number;
  readonly versionDays: VersionDays;
  readonly finalDays: ReadonlyMap<string, number>;
}

export function withDecidedDays(snapshot: Snapshot, { lastDay, versionDays, finalDays }: DecidedDays): Snapshot {
  const marks = (key: string, days: ReadonlyMap<string, number>) => [...days].map(([name, day]) => [`${key}${name}`, day]);
  return { ...snapshot, ...Object.fromEntries([...marks(versionKey, versionDays), ...marks(finalKey, finalDays)]), [lastDayKey]: lastDay };
}

function marksIn(snapshot: Snapshot | undefined, key: string): Map<string, number> {
  const marks = Object.entries(snapshot ?? {}).filter(([name]) => name.startsWith(key));
  return new Map(marks.map(([name, day]) => [name.slice(key.length), day]));
}

function isStream(name: string): boolean {
  return name !== lastDayKey && !name.startsWith(versionKey) && !name.startsWith(finalKey);
}

/** A run of several commits marks the first of them, and moves on with the last: what it was decided on stands until all of it is in. */
const begunKey = "gami.begun";

/** The mark tells runs on different marts apart: of two at once only one goes on. */
export function withBegun(before: Snapshot, after: Snapshot): Snapshot {
  const content = JSON.stringify(Object.entries(after).toSorted(([one], [other]) => (one < other ? -1 : 1)));
  return { ...before, [begunKey]: createHash("sha256").update(content).digest().readUIntBE(0, 6) };
}

/** What was decided on last, whether or not a run that began since ever ended. */
export function withoutBegun(snapshot: Snapshot): Snapshot {
  return Object.fromEntries(Object.entries(snapshot).filter(([key]) => key !== begunKey));
}

/** Streams of which `now` knows less than `before`: deciding on them would take back what was known. */
export function streamsBehind(before: Snapshot, now: Snapshot): string[] {
  return Object.entries(before)
    .filter(([stream, seq]) => isStream(stream) && (now[stream] ?? 0) < seq)
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
