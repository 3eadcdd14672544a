/** How numbers are written in a file. */
export interface NumberStyle {
  /** `.` or `,` */
  readonly decimal: string;
  /** What groups thousands: `,`, `.`, `'` or a space (which stands for the no-break spaces too); empty where nothing does. */
  readonly thousands: string;
}

/** What happens to digits the canonical unit cannot hold. `reject` keeps a load exact unless the mapping says otherwise. */
export const roundings = ["reject", "half_even", "half_up", "down"] as const;
export type Rounding = (typeof roundings)[number];

/** `text * multiply`, wanted as a whole number. */
export interface Scaling {
  readonly multiply: number;
  readonly round: Rounding;
}

export type NumberFault = "not_a_number" | "too_precise" | "out_of_range";

/** Longer texts are no measurements; the limit keeps the big arithmetic small. */
const maximumDigits = 60;
const fastDigits = 9;

/**
 * Reads a decimal text and scales it to whole units without ever passing through a float:
 * `"12,345"` with a decimal comma times 1,000 is 12345, exactly.
 * @returns the whole number, or why there is none
 */
export function scaleDecimal(text: string, style: NumberStyle, scaling: Scaling): number | NumberFault {
  const quick = smallWholeNumber(text);
  if (quick !== null && scaling.multiply <= 1_000_000) return quick * scaling.multiply;
  const parsed = parseDecimal(text, style);
  if (typeof parsed === "string") return parsed;
  const product = parsed.digits * BigInt(scaling.multiply);
  const whole = parsed.places <= 0 ? product * 10n ** BigInt(-parsed.places) : divide(product, 10n ** BigInt(parsed.places), scaling.round);
  if (whole === null) return "too_precise";
  const signed = Number(parsed.isNegative ? -whole : whole);
  return Number.isSafeInteger(signed) ? signed + 0 : "out_of_range";
}

/** A plain whole number of at most nine digits, the usual cell; null for everything else. */
function smallWholeNumber(text: string): number | null {
  const isNegative = text.charCodeAt(0) === 45;
  const start = isNegative ? 1 : 0;
  const length = text.length - start;
  if (length < 1 || length > fastDigits) return null;
  let value = 0;
  for (let index = start; index < text.length; index += 1) {
    const digit = text.charCodeAt(index) - 48;
    if (digit < 0 || digit > 9) return null;
    value = value * 10 + digit;
  }
  return isNegative && value !== 0 ? -value : value;
}

interface ParsedDecimal {
  readonly isNegative: boolean;
  readonly digits: bigint;
  /** The value is `digits / 10^places`; negative after a large exponent. */
  readonly places: number;
}

function parseDecimal(text: string, style: NumberStyle): ParsedDecimal | NumberFault {
  const plain = withoutGroups(text.trim(), style);
  if (plain === null) return "not_a_number";
  const match = /^([+-]?)(\d*)(?:\.(\d*))?(?:[eE]([+-]?\d{1,3}))?$/.exec(plain);
  if (match === null) return "not_a_number";
  const [, sign = "", whole = "", fraction = "", exponent = "0"] = match;
  if (whole === "" && fraction === "") return "not_a_number";
  if (whole.length + fraction.length + Math.abs(Number(exponent)) > maximumDigits) return "out_of_range";
  return { isNegative: sign === "-", digits: BigInt(whole + fraction), places: fraction.length - Number(exponent) };
}

/** The number with a decimal point and without grouping; null when the groups are not groups of three. */
function withoutGroups(text: string, { decimal, thousands }: NumberStyle): string | null {
  const spaced = thousands === " " ? text.replace(/[\u00a0\u202f]/g, " ") : text;
  const [whole = "", fraction, ...more] = spaced.split(decimal);
  if (more.length > 0) return null;
  if (decimal !== "." && fraction?.includes(".")) return null;
  const isGrouped = thousands !== "" && whole.includes(thousands);
  if (isGrouped && !areGroupsOfThree(whole.split(thousands))) return null;
  const digits = isGrouped ? whole.replaceAll(thousands, "") : whole;
  if (digits.includes(".") && decimal !== ".") return null;
  return fraction === undefined ? digits : `${digits}.${fraction}`;
}

function areGroupsOfThree([first = "", ...rest]: readonly string[]): boolean {
  return /^[+-]?\d{1,3}$/.test(first) && rest.every((group) => /^\d{3}$/.test(group));
}

/** The quotient of two non-negative numbers; null when it is not whole and nothing may be rounded. */
function divide(value: bigint, by: bigint, round: Rounding): bigint | null {
  const quotient = value / by;
  const rest = value % by;
  if (rest === 0n || round === "down") return quotient;
  if (round === "reject") return null;
  const twice = rest * 2n;
  if (twice === by) return round === "half_up" || quotient % 2n === 1n ? quotient + 1n : quotient;
  return twice > by ? quotient + 1n : quotient;
}

/** -1, 0 or 1; null when one of the two is not a number. */
export function compareDecimals(left: string, right: string, style: NumberStyle): number | null {
  const [small, other] = [smallWholeNumber(left), smallWholeNumber(right)];
  if (small !== null && other !== null) return Math.sign(small - other);
  const [a, b] = [parseDecimal(left, style), parseDecimal(right, style)];
  if (typeof a === "string" || typeof b === "string") return null;
  const places = Math.max(a.places, b.places, 0);
  const [x, y] = [atPlaces(a, places), atPlaces(b, places)];
  if (x === y) return 0;
  return x < y ? -1 : 1;
}

function atPlaces({ isNegative, digits, places }: ParsedDecimal, wanted: number): bigint {
  const value = digits * 10n ** BigInt(wanted - places);
  return isNegative ? -value : value;
}
