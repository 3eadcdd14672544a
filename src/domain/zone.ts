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
export function prepareOffsetAt(zone: string): (instant: number) => number {
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
