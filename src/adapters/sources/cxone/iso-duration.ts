const duration = /^P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+)(?:\.(\d{1,9}))?S)?)?$/;

/**
 * `P1DT19H18M29.651S` in milliseconds, exact to the digit; null when it is no such duration.
 * The performance reports send days and fractions, which shorter readings lose.
 */
export function parseIsoDuration(text: string): number | null {
  const match = duration.exec(text);
  if (match === null || text === "P" || text.endsWith("T")) return null;
  const [, days = "0", hours = "0", minutes = "0", seconds = "0", fraction = ""] = match;
  const wholeSeconds = ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(seconds);
  return wholeSeconds * 1000 + Number(fraction.padEnd(3, "0").slice(0, 3));
}
