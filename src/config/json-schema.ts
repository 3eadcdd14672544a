import * as z from "zod/mini";
import { configSchema } from "./schema.ts";

/** The JSON Schema of gami.config.yaml, for editors: what may be written, before defaults are filled in. */
export function configJsonSchema(): string {
  const schema = z.toJSONSchema(configSchema, { io: "input" });
  return `${JSON.stringify({ title: "gami.config.yaml", ...schema }, null, 2)}\n`;
}
