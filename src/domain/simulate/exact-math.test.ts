import fc from "fast-check";
import { expect, test } from "vitest";
import { exp, ln, normalQuantile } from "./exact-math.ts";

const relative = (value: number, expected: number) => Math.abs(value / expected - 1);

test("exponential and logarithm agree with the built-in ones to 14 digits", () => {
  fc.assert(
    fc.property(fc.double({ min: -50, max: 50, noNaN: true }), (x) => {
      expect(relative(exp(x), Math.exp(x))).toBeLessThan(1e-14);
    }),
  );
  fc.assert(
    fc.property(fc.double({ min: 1e-12, max: 1e12, noNaN: true }), (x) => {
      expect(Math.abs(ln(x) - Math.log(x))).toBeLessThan(1e-14 * Math.max(1, Math.abs(Math.log(x))));
    }),
  );
});

test("the normal quantile is right at known places and symmetric", () => {
  expect(normalQuantile(0.5)).toBe(0);
  expect(normalQuantile(0.975)).toBeCloseTo(1.959963984540054, 5);
  expect(normalQuantile(0.9995)).toBeCloseTo(3.290526731491926, 5);
  expect(normalQuantile(1e-9)).toBeCloseTo(-5.997807015007687, 4);
  fc.assert(
    fc.property(fc.double({ min: 0.0001, max: 0.4999, noNaN: true }), (p) => {
      expect(normalQuantile(p)).toBeCloseTo(-normalQuantile(1 - p), 6);
    }),
  );
});

test("bits do not depend on the processor's own functions: a sum over many values is pinned", () => {
  let sum = 0;
  for (let n = 1; n < 1_000; n += 1) sum += exp(n / 100) + ln(n) + normalQuantile(n / 1_000);
  expect(sum).toBe(2197456.421530871);
});
