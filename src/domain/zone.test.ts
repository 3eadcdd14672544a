import { expect, test } from "vitest";
import { isZoneName } from "./zone.ts";

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
