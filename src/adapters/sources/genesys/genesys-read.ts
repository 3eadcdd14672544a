import type { Slice } from "../../../domain/extract/slices.ts";
import type { Page, ReadDescription } from "../../../ports/platform.ts";
import type { Connection } from "./ask.ts";
import type { Boundary, ReadDocument } from "./page-items.ts";

export interface ReadContext {
  readonly connection: Connection;
  readonly boundary: Boundary;
  readonly told: ToldZones;
}

/** Zones of agents by native id that slices up to `until`, each following the one before, have told: no need to tell them with each event. */
export interface ToldZones {
  until: number;
  readonly zones: Map<string, string>;
}

/** One thing Genesys Cloud can be asked for, and how. */
export interface GenesysRead {
  readonly description: ReadDescription;
  /** Up to where the platform has it, epoch milliseconds; what lies behind its lag when left out. */
  readonly available?: (context: ReadContext) => Promise<number>;
  /** `covered`: what was read to its end before. */
  readonly pages: (context: ReadContext, slice: Slice, resume: string | null, covered?: readonly Slice[]) => AsyncIterable<Page>;
  /** What reads its records again from the archive, told them in the order they came. */
  readonly documents: () => ReadDocument;
  /** The beginning of what a place lies in, if it can be read again without asking for it anew. */
  readonly rewind?: (resume: string) => string | null;
}

export function isoText(instant: number): string {
  return new Date(instant).toISOString();
}

export function dateText(instant: number): string {
  return isoText(instant).slice(0, 10);
}

/** Names a slice in places: its start. */
export function placeOf({ from }: Slice): string {
  return isoText(from).slice(0, 16);
}
