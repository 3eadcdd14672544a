import fc from "fast-check";
import { expect, test } from "vitest";
import { isDecimal, parseDecimal } from "./decimal.ts";

test("decimal text becomes the exact integer, whatever its digits", () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }), fc.integer({ min: 0, max: 6 }), (units, digits) => {
      const sign = units < 0n ? "-" : "";
      const plain = String(units < 0n ? -units : units).padStart(digits + 1, "0");
      const whole = plain.slice(0, plain.length - digits);
      const text = `${sign}${whole}${digits === 0 ? "" : `.${plain.slice(plain.length - digits)}`}`;
      expect(parseDecimal(text, digits)).toBe(units);
    }),
  );
});

test("[T26] money that a float would round is kept: 1.005 with three places is 1005", () => {
  expect(parseDecimal("1.005", 3)).toBe(1005n);
  expect(parseDecimal("45.5", 2)).toBe(4550n);
});

test.each(["", "1e3", "1,5", ".5", "5.", "0x10", " 1", "1.234", "--1", "NaN", "1234567890123456"])(
  "%o is no decimal with two places",
  (text) => {
    expect(isDecimal(text, 2)).toBe(false);
    expect(() => parseDecimal(text, 2)).toThrow(RangeError);
  },
);
