import fc from "fast-check";
import { expect, test } from "vitest";
import { eventSchema, isPlainEvent } from "./guide-events.ts";

const oneOf = (...values: readonly unknown[]) => fc.constantFrom(...values);
const id = oneOf("e1", "e2", "e3", "e4", "", "x".repeat(257), null, undefined, 7);
const event = fc.record({
  timestamp: oneOf("2026-01-05T08:00:00Z", "2026-02-28T23:59:59.123Z", "2026-02-29T08:00:00Z", "2026-01-05T08:00:00+01:00", "soon", 5),
  "event.id": id,
  "user.id": id,
  "user.timezone": oneOf("Europe/Berlin", null, undefined, 1),
  "challenge.id": id,
  points_earned: oneOf(5, 1.5, null, undefined, Number.NaN, Number.POSITIVE_INFINITY, "5"),
  engagement_score: oneOf(0.5, null),
  event_type: oneOf("points_earned", "badge_awarded", "POINTS", null),
  metric: oneOf("sales", null, 4),
});

test("what the quick look lets through, the schema lets through just as it is", () => {
  let plain = 0;
  fc.assert(
    fc.property(event, (record) => {
      if (!isPlainEvent(record)) return;
      plain += 1;
      const given = Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
      const parsed = eventSchema.safeParse(record);
      expect(parsed.success).toBe(true);
      expect(Object.fromEntries(Object.entries(parsed.data ?? {}).filter(([, value]) => value !== undefined))).toEqual(given);
    }),
    { numRuns: 5_000 },
  );
  expect(plain).toBeGreaterThan(10);
});
