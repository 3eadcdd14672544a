// Writes schema/config.schema.json, which editors use for gami.config.yaml, and docs/configuration.md: `node scripts/write-config-schema.mjs`.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describeConfig } from "../src/config/describe-config.ts";
import { configJsonSchema } from "../src/config/json-schema.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
mkdirSync(`${root}schema`, { recursive: true });
writeFileSync(`${root}schema/config.schema.json`, configJsonSchema());
writeFileSync(`${root}docs/configuration.md`, describeConfig());
