import { findGaps, type Slice } from "../../domain/extract/slices.ts";
import type { Platform } from "../../ports/platform.ts";
import type { Warehouse } from "../../ports/warehouse.ts";
import { positionOf } from "./extract-plan.ts";

/** What of time a read has covered, and what is missing in between. */
export interface Coverage {
  readonly read: string;
  readonly covered: readonly Slice[];
  /** Up to where it goes on by itself, epoch milliseconds; null when it was never read. */
  readonly watermark: number | null;
  readonly gaps: readonly Slice[];
}

/** Gaps lie between the first and the last instant that were read, and from `since` on if it is given. */
export async function reportGaps(
  warehouse: Pick<Warehouse, "cursors">,
  platform: Platform,
  since: number | null,
): Promise<readonly Coverage[]> {
  const reports: Coverage[] = [];
  for (const read of platform.reads) {
    if (read.kind === "snapshot") continue;
    const { covered, watermark } = await positionOf(warehouse, platform, read);
    const from = since ?? covered[0]?.from ?? null;
    const to = covered.at(-1)?.to ?? null;
    const gaps = from === null || to === null || from >= to ? [] : findGaps(covered, { from, to });
    reports.push({ read: read.name, covered, watermark, gaps });
  }
  return reports;
}
