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
