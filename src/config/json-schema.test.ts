import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { packageRoot } from "../package-root.ts";
import { describeConfig } from "./describe-config.ts";
import { configJsonSchema } from "./json-schema.ts";
import { milestonesJsonSchema } from "./milestones/schema.ts";

test("schema/config.schema.json is current: run 'node scripts/write-config-schema.mjs'", () => {
  expect(readFileSync(join(packageRoot(), "schema", "config.schema.json"), "utf8")).toBe(configJsonSchema());
});

test("docs/configuration.md is current: run 'node scripts/write-config-schema.mjs'", () => {
  expect(readFileSync(join(packageRoot(), "docs", "configuration.md"), "utf8")).toBe(describeConfig());
});

test("the schema refuses unknown keys and asks for the organisation", () => {
  const schema: unknown = JSON.parse(configJsonSchema());
  expect(schema).toMatchObject({
    additionalProperties: false,
    required: ["organisation"],
    properties: { warehouse: { additionalProperties: false } },
  });
});

test("schema/milestones.schema.json is current: run 'node scripts/write-config-schema.mjs'", () => {
  expect(readFileSync(join(packageRoot(), "schema", "milestones.schema.json"), "utf8")).toBe(milestonesJsonSchema());
});
