import type { Slice } from "../../domain/extract/slices.ts";
import { dayMs } from "../../domain/simulate/calendar.ts";

/** A place in a slice: the UTC day in hand and how many of its rows were given. */
export interface Mark {
  readonly day: number;
  readonly offset: number;
}

/** Rows by UTC day, in a fixed order, of which only those that belong to the slice are shown. */
export interface Rows<Row> {
  readonly days: readonly number[];
  readonly onDay: (day: number) => readonly Row[];
}

/** The rows of a slice, whose days may run backwards. `behind`: how many days before it the first row may stand. */
export function rowsOf<Row>(
  slice: Slice,
  { behind = 0, isBackwards = false, limits }: { behind?: number; isBackwards?: boolean; limits: readonly [first: number, end: number] },
  onDay: (day: number) => readonly Row[],
  isIn: (row: Row) => boolean,
): Rows<Row> {
  const first = Math.max(limits[0], Math.floor(slice.from / dayMs) - behind);
  const end = Math.min(limits[1], Math.ceil(slice.to / dayMs));
  const days = Array.from({ length: Math.max(0, end - first) }, (_, step) => first + step);
  return { days: isBackwards ? days.reverse() : days, onDay: (day) => onDay(day).filter(isIn) };
}

/** Up to `limit` rows from a mark on, and where the next page begins; null after the last row. */
export function takePage<Row>(rows: Rows<Row>, mark: Mark | null, limit: number): { readonly page: Row[]; readonly next: Mark | null } {
  const page: Row[] = [];
  const start = mark === null ? 0 : Math.max(0, rows.days.indexOf(mark.day));
  for (let place = start; place < rows.days.length; place += 1) {
    const day = rows.days[place] ?? 0;
    const all = rows.onDay(day);
    const offset = place === start ? (mark?.offset ?? 0) : 0;
    const taken = all.slice(offset, offset + limit - page.length);
    page.push(...taken);
    const reached = offset + taken.length;
    if (reached < all.length) return { page, next: { day, offset: reached } };
    if (page.length === limit) return { page, next: nextWithRows(rows, place + 1) };
  }
  return { page, next: null };
}

function nextWithRows<Row>(rows: Rows<Row>, from: number): Mark | null {
  for (let place = from; place < rows.days.length; place += 1) {
    const day = rows.days[place] ?? 0;
    if (rows.onDay(day).length > 0) return { day, offset: 0 };
  }
  return null;
}

/** Where row number `skip` stands, for platforms that page by offset. */
export function markAt<Row>(rows: Rows<Row>, skip: number): { readonly mark: Mark | null; readonly total: number } {
  let total = 0;
  let mark: Mark | null = null;
  for (const day of rows.days) {
    const { length } = rows.onDay(day);
    if (mark === null && skip < total + length) mark = { day, offset: skip - total };
    total += length;
  }
  return { mark, total };
}

/** A page by number out of a list that is small enough to be there at once. */
export function pageOf<Item>(items: readonly Item[], pageNumber: number, pageSize: number): { page: Item[]; pageCount: number } {
  return {
    page: items.slice((pageNumber - 1) * pageSize, pageNumber * pageSize),
    pageCount: Math.max(1, Math.ceil(items.length / pageSize)),
  };
}
