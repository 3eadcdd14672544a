import { expect, test } from "vitest";
import { batchId } from "./batch-id.ts";

const identity = { source: "csv:a", stream: "interaction", mapperVersion: "m", ordinal: 0, contentHash: "h" };

test("[T1] a batch has the same name on every run, and another one when anything that decides its content differs", () => {
  const name = batchId(identity);
  expect(name).toMatch(/^[0-9a-f]{32}$/);
  expect(batchId({ ...identity })).toBe(name);
  const others = [
    { ...identity, source: "csv:b" },
    { ...identity, stream: "agent" },
    { ...identity, mapperVersion: "n" },
    { ...identity, ordinal: 1 },
    { ...identity, contentHash: "i" },
    { ...identity, salt: "again 2" },
  ];
  expect(new Set([name, ...others.map(batchId)]).size).toBe(others.length + 1);
});
