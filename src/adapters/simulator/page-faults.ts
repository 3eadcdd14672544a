import type { Asked } from "./exchange.ts";
import { shareOf } from "./faults.ts";
import type { Mark } from "./slice-pages.ts";
import type { SimulatorState } from "./state.ts";

type Json = Readonly<Record<string, unknown>>;

/** Faults inside a page: they depend on the slice and place alone, so that asking again gives the same page. */
export interface PageFaults {
  readonly isBackwards: boolean;
  /** Where the page really begins. */
  start(mark: Mark | null): Mark | null;
  /** The rows as they are sent. `spoil` makes an invalid record out of a copy of a valid one. */
  rows(mark: Mark | null, rows: readonly Json[], spoil: (row: Json) => Json): Json[];
  /** Where the next page begins. */
  next(mark: Mark | null, next: Mark | null): Mark | null;
}

const overlapRows = 3;
const oddRowShare = 0.02;

export function pageFaults({ faults }: SimulatorState, { path }: Asked, slice: string): PageFaults {
  const at = (mark: Mark | null) => `${slice} ${mark?.day}.${mark?.offset}`;
  const isBackwards = faults.strikes("reorder", path, slice);
  return {
    isBackwards,
    start(mark) {
      if (mark === null || mark.offset === 0 || !faults.strikes("overlap", path, at(mark))) return mark;
      return { day: mark.day, offset: Math.max(0, mark.offset - overlapRows) };
    },
    rows(mark, rows, spoil) {
      const key = at(mark);
      let sent = [...rows];
      const odd = (name: string, change: (row: Json) => readonly Json[]) => {
        const rowKeys = sent.map((row, place) => [row, shareOf(`${name} ${key} ${place}`)] as const);
        const hasOne = rowKeys.some(([, share]) => share < oddRowShare);
        sent = rowKeys.flatMap(([row, share], place) => (share < oddRowShare || (!hasOne && place === 0) ? change(row) : [row]));
      };
      if (faults.strikes("duplicate", path, key)) odd("duplicate", (row) => [row, row]);
      if (faults.strikes("malformed", path, key)) odd("malformed", (row) => [row, spoil(row)]);
      if (faults.strikes("drift", path, key))
        sent = sent.map((row) => ({ ...row, unannouncedField: { since: "v99" }, experimental: null }));
      return isBackwards ? sent.reverse() : sent;
    },
    next: (mark, next) => (next !== null && mark !== null && faults.strikes("repeat-cursor", path, at(mark)) ? mark : next),
  };
}
