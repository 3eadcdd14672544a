import fc from "fast-check";
import { expect, test } from "vitest";
import { type DurationUnit, parseDuration } from "./duration.ts";

const point = { decimal: ".", thousands: "" };
const read = (text: string, unit: DurationUnit) => parseDuration(text, unit, point, "reject");

test("hours, minutes and seconds of a clock add up exactly, beyond 24 hours too", () => {
  fc.assert(
    fc.property(
      fc.nat(99_999),
      fc.nat(59),
      fc.nat(59),
      fc.option(fc.nat(999)),
      fc.boolean(),
      (hours, minutes, seconds, millis, isNegative) => {
        const two = (value: number) => String(value).padStart(2, "0");
        const text = `${isNegative ? "-" : ""}${hours}:${two(minutes)}:${two(seconds)}${millis === null ? "" : `.${String(millis).padStart(3, "0")}`}`;
        const expected = ((hours * 60 + minutes) * 60 + seconds) * 1000 + (millis ?? 0);
        expect(read(text, "h:mm:ss")).toBe(isNegative && expected > 0 ? -expected : expected);
      },
    ),
  );
});

test("ISO 8601 durations of any parts add up exactly", () => {
  const part = fc.option(fc.nat(9999));
  fc.assert(
    fc.property(part, part, part, part, fc.option(fc.nat(999)), (days, hours, minutes, seconds, millis) => {
      const dayText = days === null ? "" : `${days}D`;
      const secondText = seconds === null ? "" : `${seconds}${millis === null ? "" : `.${String(millis).padStart(3, "0")}`}S`;
      const timeText = `${hours === null ? "" : `${hours}H`}${minutes === null ? "" : `${minutes}M`}${secondText}`;
      const text = `P${dayText}${timeText === "" ? "" : `T${timeText}`}`;
      const sum =
        BigInt(days ?? 0) * 86_400_000n +
        BigInt(hours ?? 0) * 3_600_000n +
        BigInt(minutes ?? 0) * 60_000n +
        BigInt(seconds ?? 0) * 1000n +
        BigInt(seconds === null ? 0 : (millis ?? 0));
      expect(read(text, "iso-8601")).toBe(text === "P" ? "not_a_duration" : Number(sum));
    }),
  );
});

test.each([
  ["166", "seconds", 166_000],
  ["166.25", "seconds", 166_250],
  ["166.0005", "seconds", "too_precise"],
  ["2.5", "minutes", 150_000],
  ["0.25", "hours", 900_000],
  ["0.5", "days", 43_200_000],
  ["12", "milliseconds", 12],
  ["0:00:00", "h:mm:ss", 0],
  ["7:02:47", "h:mm:ss", 25_367_000],
  ["-0:00:05", "h:mm:ss", -5000],
  ["7:62:47", "h:mm:ss", "not_a_duration"],
  ["7:02:60", "h:mm:ss", "not_a_duration"],
  ["7:2:47", "h:mm:ss", "not_a_duration"],
  ["7:02", "h:mm:ss", "not_a_duration"],
  ["02:47", "mm:ss", 167_000],
  ["125:00", "mm:ss", 7_500_000],
  ["PT1H30M", "iso-8601", 5_400_000],
  ["P1DT2H", "iso-8601", 93_600_000],
  ["P2W", "iso-8601", 1_209_600_000],
  ["PT0.5S", "iso-8601", 500],
  ["PT1,5M", "iso-8601", 90_000],
  ["-PT5S", "iso-8601", -5000],
  ["P1M", "iso-8601", "not_a_duration"],
  ["P1Y", "iso-8601", "not_a_duration"],
  ["P", "iso-8601", "not_a_duration"],
  ["PT", "iso-8601", "not_a_duration"],
  ["1H", "iso-8601", "not_a_duration"],
] as const)("%s in %s is %s ms", (text, unit, expected) => {
  expect(read(text, unit)).toBe(expected);
});
