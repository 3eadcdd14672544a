import { prepareOffsetAt } from "../zone.ts";

/**
 * Days and zones of the simulated centre. A day is its number since 1970-01-01; an instant is epoch milliseconds.
 */

export const dayMs = 86_400_000;
export const minuteMs = 60_000;

/** @throws RangeError when the text is no date `YYYY-MM-DD`. */
export function dayOf(date: string): number {
  const instant = Date.parse(`${date}T00:00:00Z`);
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || !Number.isFinite(instant) || dateText(instant / dayMs) !== date)
    throw new RangeError(`${date} is no date, expected YYYY-MM-DD`);
  return instant / dayMs;
}

export function dateText(day: number): string {
  return new Date(day * dayMs).toISOString().slice(0, 10);
}

/** Weeks begin on Monday; week 0 holds 1970-01-01, a Thursday. */
export function weekOf(day: number): number {
  return Math.floor((day + 3) / 7);
}

export function mondayOf(week: number): number {
  return week * 7 - 3;
}

/** 0 = Monday ... 6 = Sunday. */
export function weekdayOf(day: number): number {
  return (((day + 3) % 7) + 7) % 7;
}

/** `2026-W07`: the year is that of the week's Thursday. */
export function isoWeekText(week: number): string {
  const thursday = mondayOf(week) + 3;
  const year = Number(dateText(thursday).slice(0, 4));
  const number = Math.floor((thursday - dayOf(`${year}-01-01`)) / 7) + 1;
  return `${year}-W${String(number).padStart(2, "0")}`;
}

const zones = new Map<string, { readonly secondsAt: (instant: number) => number; readonly offsets: Map<number, number> }>();

/** The instant at which clocks in a zone show this minute of this day. A skipped minute is taken as after the gap, a repeated one as either. */
export function instantOf(zone: string, day: number, minuteOfDay: number): number {
  const asIfUtc = day * dayMs + minuteOfDay * minuteMs;
  const first = asIfUtc - offsetMs(zone, asIfUtc);
  const second = asIfUtc - offsetMs(zone, first);
  if (second === first) return first;
  return asIfUtc - offsetMs(zone, second) === second ? second : Math.max(first, second);
}

/** How many hours a local day lasts: 23 or 25 when the clocks change. */
export function dayHours(zone: string, day: number): number {
  return (instantOf(zone, day + 1, 0) - instantOf(zone, day, 0)) / 3_600_000;
}

/** Zones change on a quarter of an hour, so one look-up per quarter is enough. */
function offsetMs(zone: string, instant: number): number {
  const known = zones.get(zone) ?? { secondsAt: prepareOffsetAt(zone), offsets: new Map<number, number>() };
  zones.set(zone, known);
  const quarter = Math.floor(instant / (15 * minuteMs));
  const offset = known.offsets.get(quarter) ?? 1000 * known.secondsAt(quarter * 15 * minuteMs);
  known.offsets.set(quarter, offset);
  return offset;
}
