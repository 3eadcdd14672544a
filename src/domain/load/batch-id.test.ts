import { expect, test } from "vitest";
import { batchId, createPayloadHash } from "./batch-id.ts";

const identity = { source: "csv:a", stream: "interaction", mapperVersion: "m", ordinal: 0, payloadHash: "h" };

test("[T1] a batch has the same name on every run, and another one when anything that decides its content differs", () => {
  const name = batchId(identity);
  expect(name).toMatch(/^[0-9a-f]{32}$/);
  expect(batchId({ ...identity })).toBe(name);
  const others = [
    { ...identity, source: "csv:b" },
    { ...identity, stream: "agent" },
    { ...identity, mapperVersion: "n" },
    { ...identity, ordinal: 1 },
    { ...identity, payloadHash: "i" },
    { ...identity, salt: "again 2" },
  ];
  expect(new Set([name, ...others.map(batchId)]).size).toBe(others.length + 1);
});

test("[T11] records that join to the same text are different payloads", () => {
  const hashOf = (...records: readonly (readonly [string, string])[]) => {
    const hash = createPayloadHash();
    for (const [place, payload] of records) hash.add(place, payload);
    return hash.digest();
  };
  expect(hashOf(["1", "ab"], ["2", "c"])).not.toBe(hashOf(["1", "a"], ["2", "bc"]));
  expect(hashOf(["1", "2:x"])).not.toBe(hashOf(["12", ":x"]));
  expect(hashOf(["1", "ä".repeat(2_000_000)])).toBe(hashOf(["1", "ä".repeat(2_000_000)]));
});
