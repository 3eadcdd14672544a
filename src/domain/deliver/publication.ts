import { firstShown, type LocalTime, prepareOffsetAt, readClocks } from "../zone.ts";

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
export function nextPublication(window: PublicationWindow, at: number): number | null {
  const offsetAt = prepareOffsetAt(window.zone);
  for (let from = at; ; ) {
    const local = from + offsetAt(from) * 1000;
    const minute = minuteOfDay(local);
    if (isOpenAt(window, minute)) return from === at ? null : from;
    const wait = (window.fromMinute - minute + dayMinutes) % dayMinutes || dayMinutes;
    // Clocks may skip the opening, and what there is of the window with it: the gap's end is looked at like any instant.
    from = opening(readClocks(offsetAt, Math.floor(local / minuteMs) * minuteMs + wait * minuteMs), from);
  }
}

function minuteOfDay(local: number): number {
  const minutes = Math.floor(local / minuteMs) % dayMinutes;
  return minutes < 0 ? minutes + dayMinutes : minutes;
}

function isOpenAt({ fromMinute, toMinute }: PublicationWindow, minute: number): boolean {
  if (minute === fromMinute) return true;
  return fromMinute <= toMinute ? minute >= fromMinute && minute < toMinute : minute >= fromMinute || minute < toMinute;
}

function opening(time: LocalTime, after: number): number {
  return time.kind === "twice" && time.first <= after ? time.last : firstShown(time);
}
