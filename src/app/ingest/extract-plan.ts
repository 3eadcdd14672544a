import { type ExtractPosition, noPosition, planSlices, type SlicePlan } from "../../domain/extract/slices.ts";
import { UsageError } from "../../errors.ts";
import type { Platform, ReadDescription } from "../../ports/platform.ts";
import type { Warehouse } from "../../ports/warehouse.ts";
import { parsePosition } from "./platform-read.ts";

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

/** What of time is wanted, and how what is known already counts. All instants are epoch milliseconds. */
export interface ExtractWish {
  readonly since: number | null;
  /** Exclusive. */
  readonly until: number | null;
  /** Reads the day that is not over, too. */
  readonly isOpenDayAllowed: boolean;
  /** Reads everything from `since` on again, whatever was read before. */
  readonly isFullRefresh: boolean;
}

export interface ReadPlan {
  readonly read: ReadDescription;
  readonly before: ExtractPosition;
  readonly plan: SlicePlan;
}

/** Where a read stands: the position of its first stream, with which its others are committed. */
export async function positionOf(
  warehouse: Pick<Warehouse, "cursors">,
  platform: Platform,
  read: ReadDescription,
): Promise<ExtractPosition> {
  const cursors = await warehouse.cursors();
  const own = cursors.find(({ family, stream }) => family === platform.source && stream === read.streams[0]);
  return parsePosition(own?.position ?? null);
}

/**
 * What of a wish can be refused before anybody is asked anything.
 * @throws UsageError when nothing says where to begin, it lies ahead, or the interval reaches into the running day.
 */
export function checkWish(platform: Platform, read: ReadDescription, known: ExtractPosition, wish: ExtractWish, now: number): void {
  if (read.kind === "snapshot") return;
  const today = startOfDay(now);
  if (wish.since !== null && wish.since > now) throw liesAhead(wish.since, today);
  if (wish.until !== null && wish.until > today && !wish.isOpenDayAllowed) throw dayNotOver(wish.until, today);
  const hasBeginning = wish.since !== null || (wish.isFullRefresh ? known.covered.length > 0 : known.watermark !== null);
  if (!hasBeginning) throw noBeginning(platform, read);
}

/** The slices a read is to read now. Days end at 00:00 UTC; one that is not over is left for tomorrow. @throws as checkWish. */
export async function planRead(
  platform: Platform,
  read: ReadDescription,
  known: ExtractPosition,
  wish: ExtractWish,
  now: number,
): Promise<ReadPlan> {
  if (read.kind === "snapshot") return snapshotPlan(read, known, now);
  checkWish(platform, read, known, wish, now);
  const before = wish.isFullRefresh ? { ...noPosition, covered: known.covered } : known;
  const available = await platform.available(read);
  const end = wish.isOpenDayAllowed ? available : Math.min(available, startOfDay(now));
  const since = wish.since ?? (wish.isFullRefresh ? (known.covered[0]?.from ?? null) : null);
  const rhythm = { sliceMs: read.sliceHours * hourMs, latenessMs: read.latenessHours * hourMs };
  return { read, before, plan: planSlices(before, { since, until: wish.until }, rhythm, end) };
}

/** Everything there is, each time: its position says only when that was. */
function snapshotPlan(read: ReadDescription, before: ExtractPosition, now: number): ReadPlan {
  return { read, before: { ...noPosition, watermark: before.watermark }, plan: { slices: [{ from: 0, to: now }], isBackfill: false } };
}

function startOfDay(instant: number): number {
  return Math.floor(instant / dayMs) * dayMs;
}

function text(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 16)}Z`;
}

function liesAhead(since: number, today: number): UsageError {
  return new UsageError(`--since ${text(since)} lies ahead: there is nothing to read yet, today is ${text(today).slice(0, 10)}`, {
    code: "SINCE_AHEAD",
    hint: "give the first day you need, like --since 2026-01-01",
  });
}

function dayNotOver(until: number, today: number): UsageError {
  return new UsageError(`--until ${text(until)} lies in a day that is not over: expected ${text(today)} at most`, {
    code: "DAY_NOT_OVER",
    hint: "leave --until out to read up to the last whole day, or add --allow-open-day",
  });
}

function noBeginning({ source }: Platform, { name }: ReadDescription): UsageError {
  return new UsageError(`${source} ${name} was never read: expected a day to begin with`, {
    code: "SINCE_MISSING",
    hint: `run 'gami extract --source ${source} --since 2026-01-01' with the first day you need`,
  });
}
