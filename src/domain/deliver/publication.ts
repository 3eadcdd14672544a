import { prepareOffsetAt } from "../zone.ts";

/** When flair may change before people's eyes: daily, when the schedule is published. */
export interface PublicationWindow {
  /** IANA zone. */
  readonly zone: string;
  /** Minutes after local midnight; a window may pass midnight. */
  readonly fromMinute: number;
  readonly toMinute: number;
}

const minuteMs = 60_000;
const dayMinutes = 1440;

/** Null when the window is open now, else the instant at which it opens next. */
export function nextPublication({ zone, fromMinute, toMinute }: PublicationWindow, at: number): number | null {
  const offsetAt = prepareOffsetAt(zone);
  const localMinutes = Math.floor((at + offsetAt(at) * 1000) / minuteMs);
  const minute = ((localMinutes % dayMinutes) + dayMinutes) % dayMinutes;
  const isOpen = fromMinute <= toMinute ? minute >= fromMinute && minute < toMinute : minute >= fromMinute || minute < toMinute;
  if (isOpen) return null;
  const wait = (fromMinute - minute + dayMinutes) % dayMinutes;
  const local = (localMinutes + wait) * minuteMs;
  // The clock may change in between: the offset is that of the instant it leads to.
  const guess = local - offsetAt(at) * 1000;
  return local - offsetAt(guess) * 1000;
}
