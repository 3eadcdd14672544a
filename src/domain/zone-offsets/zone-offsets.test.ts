import fc from "fast-check";
import { expect, test } from "vitest";
import { prepareOffsetAt } from "../zone.ts";
import { differingStretches, firstStart, lastEnd, zoneOffsets } from "./zone-offsets.ts";

const at = (text: string) => Date.parse(text);

/** The instants of local midnight of a day and of the next, by the offsets. */
function localDayHours(zone: string, day: string): number {
  const offsets = zoneOffsets(zone, at("1990-01-01T00:00:00Z"), at("2030-01-01T00:00:00Z"));
  const midnight = (text: string) => {
    const local = at(`${text}T00:00:00Z`);
    const found = offsets.find(({ startsAt, endsAt, offsetSeconds }) => {
      const instant = local - offsetSeconds * 1000;
      return startsAt <= instant && instant < endsAt;
    });
    return local - (found?.offsetSeconds ?? Number.NaN) * 1000;
  };
  const nextDay = new Date(at(`${day}T00:00:00Z`) + 86_400_000).toISOString().slice(0, 10);
  return (midnight(nextDay) - midnight(day)) / 3_600_000;
}

test("[G15] the day the clocks go back in New York has 25 hours", () => {
  expect(localDayHours("America/New_York", "2024-11-03")).toBe(25);
});

test("[G15] the day the clocks go forward in New York has 23 hours, the day after 24", () => {
  expect(localDayHours("America/New_York", "2024-03-10")).toBe(23);
  expect(localDayHours("America/New_York", "2024-03-11")).toBe(24);
});

test("Jerusalem changed its clocks on 2 April and 3 September 1999", () => {
  const offsets = zoneOffsets("Asia/Jerusalem", at("1999-01-01T00:00:00Z"), at("2000-01-01T00:00:00Z"));
  expect(offsets.map(({ offsetSeconds }) => offsetSeconds)).toEqual([7200, 10_800, 7200]);
  expect(offsets.slice(1).map(({ startsAt }) => new Date(startsAt).toISOString())).toEqual([
    "1999-04-02T00:00:00.000Z",
    "1999-09-02T23:00:00.000Z",
  ]);
});

test("Kathmandu stands 5 h 45 min from UTC and never changes", () => {
  const offsets = zoneOffsets("Asia/Kathmandu", at("2010-01-01T00:00:00Z"), at("2026-01-01T00:00:00Z"));
  expect(offsets).toEqual([{ startsAt: firstStart, endsAt: lastEnd, offsetSeconds: 20_700 }]);
});

test("Lord Howe moves its clocks by half an hour", () => {
  const offsets = zoneOffsets("Australia/Lord_Howe", at("2024-01-01T00:00:00Z"), at("2024-12-31T00:00:00Z"));
  expect(offsets.map(({ offsetSeconds }) => offsetSeconds)).toEqual([39_600, 37_800, 39_600]);
});

test("Samoa's lost day of December 2011 is one change by 24 hours", () => {
  const offsets = zoneOffsets("Pacific/Apia", at("2011-12-01T00:00:00Z"), at("2012-01-31T00:00:00Z"));
  expect(offsets.map(({ offsetSeconds }) => offsetSeconds)).toEqual([-36_000, 50_400]);
});

test("the stretches cover all time without gap or overlap and give what the rules give at any instant", () => {
  const zones = ["Europe/Berlin", "America/St_Johns", "Africa/Casablanca", "Antarctica/Troll", "Asia/Tehran", "UTC"];
  const from = at("1995-01-01T00:00:00Z");
  const to = at("2027-01-01T00:00:00Z");
  const known = new Map(zones.map((zone) => [zone, zoneOffsets(zone, from, to)]));
  for (const offsets of known.values()) {
    expect(offsets[0]?.startsAt).toBe(firstStart);
    expect(offsets.at(-1)?.endsAt).toBe(lastEnd);
    for (const [index, { endsAt }] of offsets.slice(0, -1).entries()) expect(offsets[index + 1]?.startsAt).toBe(endsAt);
  }
  fc.assert(
    fc.property(fc.constantFrom(...zones), fc.integer({ min: from, max: to }), (zone, instant) => {
      const stretch = known.get(zone)?.find(({ startsAt, endsAt }) => startsAt <= instant && instant < endsAt);
      return stretch?.offsetSeconds === prepareOffsetAt(zone)(instant);
    }),
    { numRuns: 500 },
  );
});

test("an unknown zone is refused", () => {
  expect(() => zoneOffsets("Mars/Olympus", 0, 1)).toThrow(RangeError);
});

test("two sets of offsets differ exactly where they give another local time", () => {
  const before = [{ startsAt: firstStart, endsAt: lastEnd, offsetSeconds: 0 }];
  const after = [
    { startsAt: firstStart, endsAt: 1000, offsetSeconds: 0 },
    { startsAt: 1000, endsAt: 2000, offsetSeconds: 3600 },
    { startsAt: 2000, endsAt: 3000, offsetSeconds: 7200 },
    { startsAt: 3000, endsAt: lastEnd, offsetSeconds: 0 },
  ];
  expect(differingStretches(before, after, { from: 0, to: 10_000 })).toEqual([{ from: 1000, to: 3000 }]);
  expect(differingStretches(before, after, { from: 0, to: 1500 })).toEqual([{ from: 1000, to: 1500 }]);
  expect(differingStretches([], before, { from: 0, to: 10 })).toEqual([{ from: 0, to: 10 }]);
  expect(differingStretches(before, before, { from: 0, to: 10 })).toEqual([]);
});
