import { expect, test } from "vitest";
import * as z from "zod";
import { countDrift } from "./drift.ts";

const shape = z.object({
  id: z.string(),
  zone: z.string().nullish(),
  parts: z.array(z.object({ kind: z.string().optional() })).optional(),
});

test("[S4-R19] unknown and empty fields are counted by their path, against the records that could have had them", () => {
  const drift = countDrift("users");
  drift.see(shape, { id: "1", zone: null, extra: 1, parts: [{ kind: "a" }, { kind: "b", more: true }] });
  drift.see(shape, { id: "2", zone: "UTC", parts: [{}] });
  expect(drift.report()).toEqual([
    { read: "users", field: "zone", kind: "empty", records: 1, of: 2 },
    { read: "users", field: "parts[].kind", kind: "empty", records: 1, of: 3 },
    { read: "users", field: "parts[].more", kind: "unknown", records: 1, of: 3 },
    { read: "users", field: "extra", kind: "unknown", records: 1, of: 2 },
  ]);
});

test("a platform that sends what is known has no drift", () => {
  const drift = countDrift("users");
  drift.see(shape, { id: "1", zone: "UTC", parts: [] });
  expect(drift.report()).toEqual([]);
});
