import { expect, test } from "vitest";
import { isZoneName, type LocalTime, prepareNoonOf, prepareOffsetAt, readClocks } from "./zone.ts";

test.each(["Europe/Berlin", "Asia/Jerusalem", "Asia/Calcutta", "America/Argentina/Buenos_Aires", "UTC"])("%s is a zone", (name) => {
  expect(isZoneName(name)).toBe(true);
  expect(isZoneName(name)).toBe(true);
});

test.each(["+02:00", "-0500", "GMT+2", "UTC+2", "UTC-05:00", "Berlin", "Mars/Olympus", "America", "", " Europe/Berlin"])(
  "'%s' is no zone: a fixed offset knows no summer",
  (name) => {
    expect(isZoneName(name)).toBe(false);
  },
);

const at = (text: string) => Date.parse(`${text}Z`);

test.each<[string, string, LocalTime]>([
  ["America/New_York", "2024-03-10T01:59:59", { kind: "plain", at: at("2024-03-10T06:59:59") }],
  ["America/New_York", "2024-03-10T02:30:00", { kind: "never", gapEndsAt: at("2024-03-10T07:00:00"), moved: at("2024-03-10T07:30:00") }],
  ["America/New_York", "2024-03-10T03:00:00", { kind: "plain", at: at("2024-03-10T07:00:00") }],
  ["America/New_York", "2024-11-03T01:30:00", { kind: "twice", first: at("2024-11-03T05:30:00"), last: at("2024-11-03T06:30:00") }],
  ["Australia/Lord_Howe", "2024-10-06T02:15:00", { kind: "never", gapEndsAt: at("2024-10-05T15:30:00"), moved: at("2024-10-05T15:45:00") }],
  ["Pacific/Apia", "2011-12-30T12:00:00", { kind: "never", gapEndsAt: at("2011-12-30T10:00:00"), moved: at("2011-12-30T22:00:00") }],
])("[T32] clocks in %s that show %s", (zone, local, expected) => {
  expect(readClocks(prepareOffsetAt(zone), at(local))).toEqual(expected);
});

test.each([
  ["UTC", "2026-03-29T12:00:00.000Z"],
  ["Europe/Berlin", "2026-03-29T10:00:00.000Z"],
  ["Pacific/Auckland", "2026-03-28T23:00:00.000Z"],
  ["Pacific/Kiritimati", "2026-03-28T22:00:00.000Z"],
  ["Etc/GMT+12", "2026-03-30T00:00:00.000Z"],
])("noon in %s is noon of that day there, also on the day the clocks change", (zone, instant) => {
  expect(new Date(prepareNoonOf(zone)("2026-03-29")).toISOString()).toBe(instant);
});
