// Writes schema/mapping.schema.json, which editors use for CSV mappings: `node scripts/write-mapping-schema.mjs`.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { mappingJsonSchema } from "../src/adapters/sources/csv/mapping-json-schema.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
mkdirSync(`${root}schema`, { recursive: true });
writeFileSync(`${root}schema/mapping.schema.json`, mappingJsonSchema());
