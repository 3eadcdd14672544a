// Writes the schemas editors use for gami.config.yaml and for milestone definitions, and docs/configuration.md: `node scripts/write-config-schema.mjs`.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describeConfig } from "../src/config/describe-config.ts";
import { configJsonSchema } from "../src/config/json-schema.ts";
import { milestonesJsonSchema } from "../src/config/milestones/schema.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
mkdirSync(`${root}schema`, { recursive: true });
writeFileSync(`${root}schema/config.schema.json`, configJsonSchema());
writeFileSync(`${root}schema/milestones.schema.json`, milestonesJsonSchema());
writeFileSync(`${root}docs/configuration.md`, describeConfig());
