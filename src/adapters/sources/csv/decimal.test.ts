import fc from "fast-check";
import { expect, test } from "vitest";
import { compareDecimals, type NumberStyle, scaleDecimal } from "./decimal.ts";

const point: NumberStyle = { decimal: ".", thousands: "" };
const exact = { multiply: 1000, round: "reject" } as const;

/** A decimal as its digits and the place of its point, so that no float is part of the expectation. */
const decimals = fc.record({
  isNegative: fc.boolean(),
  whole: fc.bigInt({ min: 0n, max: 999_999_999_999n }),
  fraction: fc.stringMatching(/^\d{0,8}$/),
});

test("a decimal text times its factor is exact, as big integers compute it", () => {
  fc.assert(
    fc.property(
      decimals,
      fc.constantFrom(".", ","),
      fc.constantFrom(1, 1000, 10_000, 60_000, 1_000_000),
      ({ isNegative, whole, fraction }, decimal, multiply) => {
        const text = `${isNegative ? "-" : ""}${whole}${fraction === "" ? "" : decimal}${fraction}`;
        const product = BigInt(`${whole}${fraction}`) * BigInt(multiply);
        const unit = 10n ** BigInt(fraction.length);
        const expected = product % unit === 0n ? Number(isNegative ? -(product / unit) : product / unit) + 0 : "too_precise";
        const wanted = typeof expected === "number" && !Number.isSafeInteger(expected) ? "out_of_range" : expected;
        expect(scaleDecimal(text, { decimal, thousands: "" }, { multiply, round: "reject" })).toBe(wanted);
      },
    ),
  );
});

test.each([
  ["0.1", 100],
  ["-0.001", -1],
  ["1e3", 1_000_000],
  ["1.5E-3", "too_precise"],
  ["1.5", 1500],
  [".5", 500],
  ["5.", 5000],
  ["+7", 7000],
  [" 7 ", 7000],
  ["-0", 0],
  ["9007199254740.991", 9_007_199_254_740_991],
  ["9007199254740.992", "out_of_range"],
  ["1e999", "out_of_range"],
  ["", "not_a_number"],
  [".", "not_a_number"],
  ["1,5", "not_a_number"],
  ["1 000", "not_a_number"],
  ["0x10", "not_a_number"],
  ["NaN", "not_a_number"],
  ["Infinity", "not_a_number"],
  ["１２", "not_a_number"],
  ["--1", "not_a_number"],
])("%j as thousandths is %j", (text, expected) => {
  expect(scaleDecimal(text, point, exact)).toBe(expected);
});

test.each([
  ["1.234.567,5", { decimal: ",", thousands: "." }, 1_234_567_500],
  ["1,234,567.5", { decimal: ".", thousands: "," }, 1_234_567_500],
  ["1\u202f234,5", { decimal: ",", thousands: " " }, 1_234_500],
  ["12'345.5", { decimal: ".", thousands: "'" }, 12_345_500],
  ["1234,5", { decimal: ",", thousands: "." }, 1_234_500],
  ["12,34,567.5", { decimal: ".", thousands: "," }, "not_a_number"],
  ["1.5", { decimal: ",", thousands: "." }, "not_a_number"],
  ["1.5", { decimal: ",", thousands: "" }, "not_a_number"],
  ["1,5,0", { decimal: ",", thousands: "" }, "not_a_number"],
])("%j in its own style is %j", (text, style, expected) => {
  expect(scaleDecimal(text, style, exact)).toBe(expected);
});

test.each([
  ["0.0005", "half_even", 0],
  ["0.0015", "half_even", 2],
  ["0.0005", "half_up", 1],
  ["-0.0005", "half_up", -1],
  ["0.0009", "down", 0],
  ["-0.0009", "down", 0],
  ["0.00051", "half_even", 1],
] as const)("%s rounded %s is %d thousandths", (text, round, expected) => {
  expect(scaleDecimal(text, point, { multiply: 1000, round })).toBe(expected);
});

test("comparison follows the value, not the text", () => {
  expect(compareDecimals("10", "9", point)).toBe(1);
  expect(compareDecimals("1.50", "1.5", point)).toBe(0);
  expect(compareDecimals("-0.2", "-0.1", point)).toBe(-1);
  expect(compareDecimals("1e2", "99.5", point)).toBe(1);
  expect(compareDecimals("ten", "9", point)).toBeNull();
});
