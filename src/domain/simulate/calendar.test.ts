import { expect, test } from "vitest";
import { dateText, dayHours, dayOf, instantOf, isoWeekText, mondayOf, weekdayOf, weekOf } from "./calendar.ts";

const at = (zone: string, date: string, minuteOfDay: number): string => new Date(instantOf(zone, dayOf(date), minuteOfDay)).toISOString();

test("[G15] the day the clocks go back has 25 hours, the day they go forward 23, on both sides of the equator", () => {
  expect(dayHours("America/New_York", dayOf("2024-11-03"))).toBe(25);
  expect(dayHours("America/New_York", dayOf("2024-03-10"))).toBe(23);
  expect(dayHours("Europe/Berlin", dayOf("2026-03-29"))).toBe(23);
  expect(dayHours("Asia/Jerusalem", dayOf("2026-03-27"))).toBe(23);
  expect(dayHours("Australia/Sydney", dayOf("2026-04-05"))).toBe(25);
  expect(dayHours("Asia/Kolkata", dayOf("2026-03-29"))).toBe(24);
});

test("local times become instants by the rules of their zone and day", () => {
  expect(at("America/New_York", "2026-01-05", 540)).toBe("2026-01-05T14:00:00.000Z");
  expect(at("America/New_York", "2026-07-06", 540)).toBe("2026-07-06T13:00:00.000Z");
  expect(at("Asia/Kolkata", "2026-01-05", 0)).toBe("2026-01-04T18:30:00.000Z");
  expect(at("Australia/Sydney", "2026-01-05", 1_800)).toBe("2026-01-05T19:00:00.000Z");
});

test("a night shift over the change of clocks lasts seven or nine hours", () => {
  const hours = (date: string) =>
    (instantOf("America/New_York", dayOf(date), 1_800) - instantOf("America/New_York", dayOf(date), 1_320)) / 3_600_000;
  expect([hours("2026-03-07"), hours("2026-03-08"), hours("2026-10-31")]).toEqual([7, 8, 9]);
});

test("a skipped local time is moved behind the gap", () => {
  expect(at("Europe/Berlin", "2026-03-29", 150)).toBe("2026-03-29T01:30:00.000Z");
});

test("weeks are ISO weeks", () => {
  expect(isoWeekText(weekOf(dayOf("2026-01-01")))).toBe("2026-W01");
  expect(isoWeekText(weekOf(dayOf("2027-01-03")))).toBe("2026-W53");
  expect(isoWeekText(weekOf(dayOf("1999-02-01")))).toBe("1999-W05");
  expect(dateText(mondayOf(weekOf(dayOf("2026-03-04"))))).toBe("2026-03-02");
  expect(weekdayOf(dayOf("2026-03-02"))).toBe(0);
});

test("a text that is no date is refused", () => {
  for (const text of ["2026-02-30", "2026-1-5", "yesterday", ""]) expect(() => dayOf(text)).toThrow(RangeError);
});
