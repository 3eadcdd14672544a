import { counted } from "../../counted.ts";
import { minorUnitDigits } from "../../money.ts";
import type { Figure, MoneyFigure, Unit } from "./figure.ts";

/** How numbers read in every output: thousands separated, a real minus sign, the unit behind. Locale-free, so the same everywhere. */

export function numberText(value: number, digits: number): string {
  const fixed = Math.abs(value).toFixed(digits);
  const [whole = "0", fraction] = fixed.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  const isZero = Number(fixed) === 0;
  return `${value < 0 && !isZero ? "\u2212" : ""}${grouped}${fraction === undefined ? "" : `.${fraction}`}`;
}

export function signedText(value: number, digits: number): string {
  const text = numberText(value, digits);
  return value > 0 && Number(value.toFixed(digits)) !== 0 ? `+${text}` : text;
}

/** Minor units as an exact decimal: 4550 USD minor is `45.50`. */
export function amountDecimal(amountMinor: bigint, currency: string): string {
  const digits = minorUnitDigits(currency);
  const unsigned = (amountMinor < 0n ? -amountMinor : amountMinor).toString().padStart(digits + 1, "0");
  const whole = unsigned.slice(0, unsigned.length - digits);
  const text = digits === 0 ? whole : `${whole}.${unsigned.slice(-digits)}`;
  return amountMinor < 0n ? `-${text}` : text;
}

/** `45.50 USD`, `−1,200.00 USD`. */
export function amountText(amountMinor: bigint, currency: string): string {
  const [whole = "", fraction] = amountDecimal(amountMinor < 0n ? -amountMinor : amountMinor, currency).split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return `${amountMinor < 0n ? "\u2212" : ""}${grouped}${fraction === undefined ? "" : `.${fraction}`} ${currency}`;
}

const unitDigits: Readonly<Record<Unit, number>> = {
  seconds: 1,
  hours: 2,
  days: 1,
  points: 1,
  ratio: 2,
  share: 1,
  count: 0,
  probability: 2,
};

const unitSuffix: Readonly<Record<Unit, string>> = {
  seconds: " s",
  hours: " h",
  days: " days",
  points: "",
  ratio: "",
  share: " %",
  count: "",
  probability: "",
};

export function valueText(value: number, unit: Unit, digits: number = unitDigits[unit]): string {
  const shown = unit === "share" ? value * 100 : value;
  return `${numberText(shown, digits)}${unitSuffix[unit]}`;
}

/** The figure's value with its unit, or a dash; the reason stands elsewhere. */
export function figureText(figure: Figure, digits?: number): string {
  return figure.value === null ? "–" : valueText(figure.value, figure.unit, digits);
}

export function moneyText(figure: MoneyFigure, currency: string): string {
  return figure.amountMinor === null ? "–" : amountText(figure.amountMinor, currency);
}

export function signedFigureText(figure: Figure, digits?: number): string {
  if (figure.value === null) return "–";
  const text = figureText(figure, digits);
  return figure.value > 0 && !/^0(\.0+)?( |$)/.test(text) ? `+${text}` : text;
}

/** `n = 1,234 handled interactions`, `n = 1 cost entry`. */
export function evidenceText({ n, of }: Pick<Figure, "n" | "of">): string {
  const counted = n === 1 ? of.replace(/\b(\w+?)(ies|s)\b/, (_word, stem: string, end: string) => stem + (end === "ies" ? "y" : "")) : of;
  return `n = ${numberText(n, 0)} ${counted}`;
}

/** `became expired`, or the new terms as they are. */
export function changeText({ kind, status }: { readonly kind: "status" | "terms"; readonly status: string }): string {
  return kind === "status" ? `became ${status}` : status;
}

/** `same week`, `1 week later`, `2 weeks later`. */
export function weeksLater(weeks: number): string {
  if (weeks === 0) return "same week";
  return `${counted(weeks, "week")} later`;
}
