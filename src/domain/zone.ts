const known = new Map<string, boolean>();

/** True for a name of the IANA rules as this Node has them. A fixed offset such as `+02:00` is no zone: it knows no summer. */
export function isZoneName(name: string): boolean {
  const before = known.get(name);
  if (before !== undefined) return before;
  // Files may hold anything in place of a zone.
  if (known.size > 5_000) known.clear();
  const isKnown = /^[A-Za-z]/.test(name) && canFormat(name);
  known.set(name, isKnown);
  return isKnown;
}

function canFormat(zone: string): boolean {
  // The list answers ten times faster than a formatter, but knows neither UTC nor older names such as Asia/Calcutta.
  if (zone === "UTC" || Intl.supportedValuesOf("timeZone").includes(zone)) return true;
  try {
    new Intl.DateTimeFormat("en", { timeZone: zone });
    return true;
  } catch {
    return false;
  }
}

/** Seconds east of UTC at an instant, to the second. */
export type OffsetAt = (instant: number) => number;

export function prepareOffsetAt(zone: string): OffsetAt {
  const format = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    calendar: "iso8601",
    numberingSystem: "latn",
    hourCycle: "h23",
    era: "short",
    year: "numeric",
    month: "numeric",
    day: "numeric",
    hour: "numeric",
    minute: "numeric",
    second: "numeric",
  });
  return (instant) => {
    const parts: Record<string, number> = {};
    for (const { type, value } of format.formatToParts(instant)) parts[type] = Number(value);
    const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
    const local = Date.UTC(year, month - 1, day, hour, minute, second);
    return Math.round((local - Math.floor(instant / 1000) * 1000) / 1000);
  };
}

/** The instants at which the clocks of a zone show one time. */
export type LocalTime =
  | { readonly kind: "plain"; readonly at: number }
  /** They were put back over it. */
  | { readonly kind: "twice"; readonly first: number; readonly last: number }
  /** They were put forward over it: the first instant after the gap, and the time moved forward by the gap. */
  | { readonly kind: "never"; readonly gapEndsAt: number; readonly moved: number };

/** No offset from UTC is as long, and no zone changes its own twice within two days. */
const dayMs = 86_400_000;

/**
 * The one home of the way from clocks to instants; what to do with a time that they show twice or never is the caller's to say.
 * @param local milliseconds since 1970-01-01T00:00 on those clocks.
 */
export function readClocks(offsetAt: OffsetAt, local: number): LocalTime {
  const [before, after] = [local - 1000 * offsetAt(local - dayMs), local - 1000 * offsetAt(local + dayMs)];
  const shown = [before, after].filter((at) => local - 1000 * offsetAt(at) === at);
  const [first, last] = [Math.min(...shown), Math.max(...shown)];
  if (shown.length === 0) return { kind: "never", gapEndsAt: findChange(offsetAt, after, before), moved: before };
  return first === last ? { kind: "plain", at: first } : { kind: "twice", first, last };
}

/** The first millisecond at which the offset is no longer that of `before`; rules change at whole seconds. */
export function findChange(offsetAt: OffsetAt, before: number, after: number): number {
  const offset = offsetAt(before);
  let low = Math.floor(before / 1000);
  let high = Math.ceil(after / 1000);
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetAt(middle * 1000) === offset) low = middle;
    else high = middle;
  }
  return high * 1000;
}

/** The first instant that is not before a local time: of two the earlier one, of a skipped one the end of the gap. */
export function firstShown(time: LocalTime): number {
  switch (time.kind) {
    case "plain":
      return time.at;
    case "twice":
      return time.first;
    case "never":
      return time.gapEndsAt;
  }
}

/** Noon of a day (`YYYY-MM-DD`) in a zone, epoch milliseconds; where a zone skipped the whole day, the first instant after it. */
export function prepareNoonOf(zone: string): (date: string) => number {
  const offsetAt = prepareOffsetAt(zone);
  return (date) => firstShown(readClocks(offsetAt, Date.parse(`${date}T12:00:00Z`)));
}
