// Writes schema/webhook-event.schema.json, which receivers of webhooks check events with: `npx node scripts/write-webhook-schema.mjs`.
import { mkdirSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { eventJsonSchema } from "../src/adapters/hosts/webhook/event-json-schema.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
mkdirSync(`${root}schema`, { recursive: true });
writeFileSync(`${root}schema/webhook-event.schema.json`, eventJsonSchema());
