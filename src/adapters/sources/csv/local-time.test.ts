import fc from "fast-check";
import { DateTime } from "luxon";
import { expect, test } from "vitest";
import { openZone } from "./local-time.ts";

const keep = { ambiguous: "earlier", missing: "shift_forward" } as const;
const clock = (text: string) => Date.parse(`${text}Z`);
const iso = (at: number | undefined) => (at === undefined ? null : new Date(at).toISOString());

test("a local time that exists once is the instant luxon finds", () => {
  const zones = fc.constantFrom(
    "Asia/Jerusalem",
    "Europe/Berlin",
    "America/New_York",
    "America/St_Johns",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Pacific/Apia",
    "UTC",
  );
  const instants = fc.integer({ min: Date.UTC(1980, 0, 1), max: Date.UTC(2035, 0, 1) });
  const readers = new Map<string, ReturnType<typeof openZone>>();
  fc.assert(
    fc.property(zones, instants, (zone, at) => {
      const local = DateTime.fromMillis(at, { zone });
      if (local.getPossibleOffsets().length > 1) return;
      const read = readers.get(zone) ?? openZone(zone, keep);
      readers.set(zone, read);
      expect(read(at + local.offset * 60_000)).toEqual({ at, kind: "plain" });
    }),
    { numRuns: 2000 },
  );
});

test("[T32] an hour that happens twice in autumn is the earlier one unless the mapping says otherwise", () => {
  expect(openZone("Europe/Berlin", keep)(clock("2025-10-26T02:30:00"))).toEqual({ at: clock("2025-10-26T00:30:00"), kind: "ambiguous" });
  expect(openZone("Europe/Berlin", { ...keep, ambiguous: "later" })(clock("2025-10-26T02:30:00"))).toEqual({
    at: clock("2025-10-26T01:30:00"),
    kind: "ambiguous",
  });
});

test("[T32] an hour that never happens in spring is moved forward by the gap, or refused", () => {
  expect(openZone("Europe/Berlin", keep)(clock("2025-03-30T02:30:00"))).toEqual({ at: clock("2025-03-30T01:30:00"), kind: "missing" });
  expect(openZone("Europe/Berlin", { ...keep, missing: "reject" })(clock("2025-03-30T02:30:00"))).toBeNull();
});

test.each([
  ["2025-03-30T01:59:59", "2025-03-30T00:59:59.000Z"],
  ["2025-03-30T03:00:00", "2025-03-30T01:00:00.000Z"],
  ["2025-10-26T01:59:59", "2025-10-25T23:59:59.000Z"],
  ["2025-10-26T03:00:00", "2025-10-26T02:00:00.000Z"],
  ["2025-10-26T23:30:00", "2025-10-26T22:30:00.000Z"],
])("around the changes, %s in Berlin is %s", (local, expected) => {
  expect(iso(openZone("Europe/Berlin", keep)(clock(local))?.at)).toBe(expected);
});

test("a day an island never had is a missing time", () => {
  expect(openZone("Pacific/Apia", keep)(clock("2011-12-30T12:00:00"))?.kind).toBe("missing");
});
