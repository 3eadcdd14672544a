import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { mappingJsonSchema } from "./mapping-json-schema.ts";

test("schema/mapping.schema.json is what the mapping's schema says; write it with 'node scripts/write-mapping-schema.mjs'", () => {
  expect(readFileSync("schema/mapping.schema.json", "utf8")).toBe(mappingJsonSchema());
});
