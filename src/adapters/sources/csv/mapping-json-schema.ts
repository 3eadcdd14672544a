import * as z from "zod";
import { writtenMappingSchema } from "./mapping-schema.ts";

/** The JSON Schema of mapping files, for editors: `# yaml-language-server: $schema=...` as first line of a mapping. */
export function mappingJsonSchema(): string {
  const schema = z.toJSONSchema(writtenMappingSchema, { io: "input", target: "draft-2020-12" });
  return `${JSON.stringify({ ...schema, title: "gami CSV mapping" }, null, 2)}\n`;
}
