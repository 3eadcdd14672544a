// Writes schema/config.schema.json, which editors use for gami.config.yaml: `node scripts/write-config-schema.mjs`.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { configJsonSchema } from "../src/config/json-schema.ts";

const folder = fileURLToPath(new URL("../schema", import.meta.url));
mkdirSync(folder, { recursive: true });
writeFileSync(`${folder}/config.schema.json`, configJsonSchema());
