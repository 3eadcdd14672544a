import { expect, test } from "vitest";
import { nextPublication } from "./publication.ts";

const berlin = { zone: "Europe/Berlin", fromMinute: 6 * 60, toMinute: 8 * 60 };

test.each([
  ["inside the window", "2026-01-12T05:30:00Z", null],
  ["before it", "2026-01-12T04:59:00Z", "2026-01-12T05:00:00.000Z"],
  ["at its end", "2026-01-12T07:00:00Z", "2026-01-13T05:00:00.000Z"],
  ["the evening before the clocks go forward", "2026-03-28T20:00:00Z", "2026-03-29T04:00:00.000Z"],
  ["the evening before they go back", "2026-10-24T20:00:00Z", "2026-10-25T05:00:00.000Z"],
])("[S3-R40] %s", (_, at, expected) => {
  const next = nextPublication(berlin, Date.parse(at));
  expect(next === null ? null : new Date(next).toISOString()).toBe(expected);
});

test("a window may pass midnight", () => {
  const night = { zone: "UTC", fromMinute: 22 * 60, toMinute: 2 * 60 };
  expect(nextPublication(night, Date.parse("2026-01-12T01:00:00Z"))).toBeNull();
  expect(nextPublication(night, Date.parse("2026-01-12T12:00:00Z"))).toBe(Date.parse("2026-01-12T22:00:00Z"));
});

test("a window without a length is the minute it begins in", () => {
  const moment = { zone: "UTC", fromMinute: 6 * 60, toMinute: 6 * 60 };
  expect(nextPublication(moment, Date.parse("2026-01-12T06:00:30Z"))).toBeNull();
  expect(nextPublication(moment, Date.parse("2026-01-12T06:01:00Z"))).toBe(Date.parse("2026-01-13T06:00:00Z"));
});

const newYork = (from: string, to: string) => {
  const [fromMinute = 0, toMinute = 0] = [from, to].map((text) => Number(text.slice(0, 2)) * 60 + Number(text.slice(3)));
  return { zone: "America/New_York", fromMinute, toMinute };
};

test.each([
  ["begins in the hour that clocks skip opens when it is over", "02:30", "03:30", "2024-03-10T05:00:00Z", "2024-03-10T07:00:00.000Z"],
  ["lies in the hour that clocks skip opens the day after", "02:00", "02:30", "2024-03-10T05:00:00Z", "2024-03-11T06:00:00.000Z"],
  ["begins in the hour that comes twice opens in the first one", "01:30", "03:00", "2024-11-03T04:00:00Z", "2024-11-03T05:30:00.000Z"],
  [
    "begins in the hour that comes twice opens in the second one, asked in it",
    "01:30",
    "01:45",
    "2024-11-03T06:10:00Z",
    "2024-11-03T06:30:00.000Z",
  ],
])("[S3-R40] a window that %s", (_, from, to, at, expected) => {
  const window = newYork(from, to);
  const next = nextPublication(window, Date.parse(at)) ?? Number.NaN;
  expect(new Date(next).toISOString()).toBe(expected);
  expect(nextPublication(window, next)).toBeNull();
});
