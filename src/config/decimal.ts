/** Decimal text of a config file as an exact integer: money, shares and factors never pass through a float. */

const decimalPattern = /^(-?)(\d{1,15})(?:\.(\d+))?$/;

/** True for plain decimals with at most `digits` decimal places: `45`, `45.5`, never `4.5e1` or `1,5`. */
export function isDecimal(text: string, digits: number): boolean {
  const match = decimalPattern.exec(text);
  return match !== null && (match[3] ?? "").length <= digits;
}

/** `parseDecimal("45.5", 2)` is 4550n. @throws RangeError for text that is no such decimal. */
export function parseDecimal(text: string, digits: number): bigint {
  const [, sign = "", whole = "", fraction = ""] = decimalPattern.exec(text) ?? [];
  if (whole === "" || fraction.length > digits) throw new RangeError(`"${text}" is not a decimal with at most ${digits} places`);
  return BigInt(`${sign}${whole}${fraction.padEnd(digits, "0")}`);
}
