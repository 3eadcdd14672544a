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
 * The slices a read is to read now. Days end at 00:00 UTC; one that is not over is left for tomorrow.
 * @throws UsageError when nothing says where to begin, or the interval reaches into the running day.
 */
export async function planRead(
  platform: Platform,
  read: ReadDescription,
  known: ExtractPosition,
  wish: ExtractWish,
  now: number,
): Promise<ReadPlan> {
  if (read.kind === "snapshot") return snapshotPlan(read, known, now);
  const today = Math.floor(now / dayMs) * dayMs;
  if (wish.until !== null && wish.until > today && !wish.isOpenDayAllowed) throw dayNotOver(wish.until, today);
  const before = wish.isFullRefresh ? { ...noPosition, covered: known.covered } : known;
  const available = await platform.available(read);
  const end = wish.isOpenDayAllowed ? available : Math.min(available, today);
  const since = wish.since ?? (wish.isFullRefresh ? (known.covered[0]?.from ?? null) : null);
  if (since === null && before.watermark === null) throw noBeginning(platform, read);
  const rhythm = { sliceMs: read.sliceHours * hourMs, latenessMs: read.latenessHours * hourMs };
  return { read, before, plan: planSlices(before, { since, until: wish.until }, rhythm, end) };
}

/** Everything there is, each time: its position says only when that was. */
function snapshotPlan(read: ReadDescription, before: ExtractPosition, now: number): ReadPlan {
  return { read, before: { ...noPosition, watermark: before.watermark }, plan: { slices: [{ from: 0, to: now }], isBackfill: false } };
}

function dayNotOver(until: number, today: number): UsageError {
  const text = (instant: number) => new Date(instant).toISOString().slice(0, 16);
  return new UsageError(`--until ${text(until)}Z lies in a day that is not over: expected ${text(today)}Z at most`, {
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
