import { afterPage, afterSlice, type ExtractPosition, noPosition, type Slice, type SlicePlan } from "../../domain/extract/slices.ts";
import type { Page, Platform, ReadDescription, WholeDocuments } from "../../ports/platform.ts";
import type { Checkpoint, SourceItem, SourceRead } from "../../ports/source.ts";

export interface ReadHelp {
  /** Finds what whole documents have lost; nothing is looked for when left out. */
  readonly findGone?: FindGone;
  /** Told the slice in hand with each page. */
  readonly onSlice?: (slice: Slice) => void;
}

/**
 * The slices of a plan as one read, whose position moves with each page: a batch commits the platform's cursor together
 * with the rows it stands behind. A slice that a run before left open goes on at its cursor; a backfill remembers nothing.
 */
export function platformRead(
  platform: Platform,
  read: ReadDescription,
  before: ExtractPosition,
  plan: SlicePlan,
  { findGone = async () => [], onSlice }: ReadHelp = {},
): SourceRead {
  let position = before;
  let checkpoint: Checkpoint = "none";
  // Slices read again before the open one may bring older versions of its keys: then it is read whole, so that its own come last.
  const resumeIn = (slice: Slice, isReadAfterOthers: boolean) => {
    const resume = resumeOf(before, slice);
    return resume !== null && isReadAfterOthers ? (platform.rewind?.(read, resume) ?? null) : resume;
  };
  return {
    source: platform.source,
    streams: read.streams,
    mapperVersion: platform.mapperVersion,
    zone: null,
    datedBy: null,
    position: () => JSON.stringify(position),
    checkpoint: () => checkpoint,
    async *items() {
      const steps = stepsOf(platform, read, { slices: plan.slices, covered: before.covered }, resumeIn);
      for await (const { slice, page } of canRunAhead(read) ? oneAhead(steps) : steps) {
        onSlice?.(slice);
        if (page === null) {
          position = afterSlice(position, slice, plan.isBackfill);
          checkpoint = "due";
          // The position is asked for after each chunk: this one says that the slice is complete.
          yield [];
          continue;
        }
        const { items, resume } = page;
        if (!plan.isBackfill) position = afterPage(position, slice, resume);
        // An empty page with a cursor is a job that was just submitted: a crash must not submit it again.
        checkpoint = items.length === 0 && resume !== null ? "now" : "none";
        // What was never read before cannot have lost anything.
        const wereRead = page.whole?.wereRead === true || wasRead(before, slice);
        yield page.whole !== undefined && wereRead ? [...items, ...(await findGone(items, page.whole))] : items;
      }
    },
  };
}

/** A page of a slice, or null for the slice's end. */
interface Step {
  readonly slice: Slice;
  readonly page: Page | null;
}

async function* stepsOf(
  platform: Platform,
  read: ReadDescription,
  { slices, covered }: { readonly slices: readonly Slice[]; readonly covered: readonly Slice[] },
  resumeIn: (slice: Slice, isReadAfterOthers: boolean) => string | null,
): AsyncIterable<Step> {
  for (const [number, slice] of slices.entries()) {
    for await (const page of platform.pages(read, slice, resumeIn(slice, number > 0), covered)) yield { slice, page };
    yield { slice, page: null };
  }
}

/** A job must be written down before its results are waited for; pages are read and nothing more. */
function canRunAhead({ paging }: ReadDescription): boolean {
  return paging !== "job" && paging !== "file";
}

/** Asks for the next step while the one before it is being worked on: platform and machine work at the same time. */
async function* oneAhead<T>(steps: AsyncIterable<T>): AsyncIterable<T> {
  const iterator = steps[Symbol.asyncIterator]();
  const ask = () => {
    const next = iterator.next();
    // Its failure is thrown where it is awaited; until then it must not end the process.
    next.catch(() => undefined);
    return next;
  };
  let next = ask();
  try {
    for (;;) {
      const step = await next;
      if (step.done === true) return;
      next = ask();
      yield step.value;
    }
  } finally {
    // A platform that hangs is told and not waited for.
    void iterator.return?.()?.catch(() => undefined);
  }
}

/** The rows of whole documents that are no longer in them, as deletions. */
export type FindGone = (items: readonly SourceItem[], whole: WholeDocuments) => Promise<readonly SourceItem[]>;

function wasRead({ covered, open }: ExtractPosition, slice: Slice): boolean {
  return [...covered, ...(open === null ? [] : [open])].some(({ from, to }) => from < slice.to && slice.from < to);
}

/** The platform's cursor is valid in the very slice it came from, and nowhere else. */
function resumeOf({ open }: ExtractPosition, slice: Slice): string | null {
  return open !== null && open.from === slice.from && open.to === slice.to ? open.resume : null;
}

/** What a stream's cursor row holds; anything unreadable counts as never read, which costs time but loses nothing. */
export function parsePosition(text: string | null): ExtractPosition {
  if (text === null) return noPosition;
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    return noPosition;
  }
  if (typeof content !== "object" || content === null) return noPosition;
  const watermark = "watermark" in content && typeof content.watermark === "number" ? content.watermark : null;
  const open = "open" in content ? sliceOf(content.open) : null;
  const completed = "completed" in content ? sliceOf(content.completed) : null;
  const covered = "covered" in content && Array.isArray(content.covered) ? content.covered.map(sliceOf) : [];
  return {
    watermark,
    open,
    completed: completed === null ? null : plainSlice(completed),
    covered: covered.filter((slice) => slice !== null).map(plainSlice),
  };
}

function plainSlice({ from, to }: Slice): Slice {
  return { from, to };
}

function sliceOf(value: unknown): (Slice & { readonly resume: string | null }) | null {
  if (typeof value !== "object" || value === null || !("from" in value) || !("to" in value)) return null;
  if (typeof value.from !== "number" || typeof value.to !== "number") return null;
  return { from: value.from, to: value.to, resume: "resume" in value && typeof value.resume === "string" ? value.resume : null };
}
