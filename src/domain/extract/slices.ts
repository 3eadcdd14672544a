/**
 * Which stretches of time to read next from a platform. Slices are absolute, half-open and aligned, so that two runs cut
 * time in the same places: a window that slides under a cursor loses what slid out of it [T35] [T36].
 * All instants are epoch milliseconds, UTC.
 */
export interface Slice {
  readonly from: number;
  /** Exclusive. */
  readonly to: number;
}

/** What a stream's cursor remembers. */
export interface ExtractPosition {
  /** Everything before it has been read; null before the first slice was. */
  readonly watermark: number | null;
  /** The slice in hand and the platform's own cursor inside it, valid only there. */
  readonly open: (Slice & { readonly resume: string | null }) | null;
  /** The slice completed last. */
  readonly completed: Slice | null;
  /** Everything that was ever read to its end, backfills too, joined where it touches: what the report on gaps is made of. */
  readonly covered: readonly Slice[];
}

export const noPosition: ExtractPosition = { watermark: null, open: null, completed: null, covered: [] };

export interface SliceWish {
  /** Where history begins; asked for on the first run, or the start of a backfill. */
  readonly since: number | null;
  /** Exclusive end; null for as far as the platform has its data. */
  readonly until: number | null;
}

export interface StreamRhythm {
  readonly sliceMs: number;
  /** Records may appear or change so long after their time: the trailing window that is read again. */
  readonly latenessMs: number;
}

export interface SlicePlan {
  readonly slices: readonly Slice[];
  /** A backfill reads an interval and leaves the watermark where it is. */
  readonly isBackfill: boolean;
}

/**
 * @param available up to where the platform has its data: what lies behind it is not read, however late it is asked for.
 * @throws RangeError when there is neither a position nor a beginning, or the interval is empty or backwards.
 */
export function planSlices(position: ExtractPosition, wish: SliceWish, rhythm: StreamRhythm, available: number): SlicePlan {
  const to = Math.min(wish.until ?? available, available);
  if (wish.since !== null && wish.until !== null && wish.since >= wish.until) {
    throw new RangeError("the interval is empty: its end must lie behind its beginning");
  }
  const { watermark } = position;
  // An interval that starts at or before the watermark and reaches over it simply moves on; any other is a backfill.
  const isBackfill = wish.since !== null && watermark !== null && (wish.since > watermark || to <= watermark);
  const from = isBackfill ? wish.since : startOf(position, wish.since, rhythm);
  if (from === null) throw new RangeError("nothing was read yet: say from when on (--since)");
  return { slices: cut(from, to, rhythm.sliceMs), isBackfill };
}

/**
 * A first run starts at `since`; a later one reads its trailing window again, and never skips what lies before. The window
 * does not reach behind the beginning of what was ever asked for.
 */
function startOf({ watermark, covered }: ExtractPosition, since: number | null, { latenessMs }: StreamRhythm): number | null {
  if (watermark === null) return since;
  const beginning = covered.find(({ from, to }) => from <= watermark && watermark <= to)?.from ?? Number.NEGATIVE_INFINITY;
  return Math.min(Math.max(watermark - latenessMs, beginning), since ?? Number.POSITIVE_INFINITY);
}

/** Cut at multiples of the slice length, the first and last one shorter where they must be. */
function cut(from: number, to: number, sliceMs: number): Slice[] {
  const slices: Slice[] = [];
  for (let start = from; start < to; ) {
    const end = Math.min(to, (Math.floor(start / sliceMs) + 1) * sliceMs);
    slices.push({ from: start, to: end });
    start = end;
  }
  return slices;
}

/** After a page: the slice stays open, and the platform's cursor is kept with it. */
export function afterPage(position: ExtractPosition, slice: Slice, resume: string | null): ExtractPosition {
  return { ...position, open: { from: slice.from, to: slice.to, resume }, completed: null };
}

/** After the last page of a slice. The watermark moves only over slices that touch it: it never jumps over a gap. */
export function afterSlice(position: ExtractPosition, slice: Slice, isBackfill: boolean): ExtractPosition {
  const { watermark } = position;
  const touches = watermark === null || slice.from <= watermark;
  const moved = isBackfill || !touches ? watermark : Math.max(watermark ?? slice.to, slice.to);
  return { watermark: moved, open: null, completed: slice, covered: cover(position.covered, slice) };
}

/** Slices with one more, sorted; what touches or overlaps becomes one. */
export function cover(covered: readonly Slice[], slice: Slice): Slice[] {
  const apart = covered.filter(({ from, to }) => to < slice.from || from > slice.to);
  const joined = covered.filter(({ from, to }) => to >= slice.from && from <= slice.to);
  const whole = {
    from: Math.min(slice.from, ...joined.map(({ from }) => from)),
    to: Math.max(slice.to, ...joined.map(({ to }) => to)),
  };
  return [...apart, whole].sort((left, right) => left.from - right.from);
}

/** The stretches between `from` and `to` that no completed slice covers. */
export function findGaps(completed: readonly Slice[], { from, to }: Slice): Slice[] {
  const sorted = completed.filter((slice) => slice.to > from && slice.from < to).sort((left, right) => left.from - right.from);
  const gaps: Slice[] = [];
  let reached = from;
  for (const slice of sorted) {
    if (slice.from > reached) gaps.push({ from: reached, to: slice.from });
    reached = Math.max(reached, slice.to);
  }
  if (reached < to) gaps.push({ from: reached, to });
  return gaps;
}
