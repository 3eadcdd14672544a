import * as z from "zod";
import { eventSchema } from "./event.ts";

/** The JSON Schema of what a webhook receives, for whoever writes a receiver. */
export function eventJsonSchema(): string {
  const schema = z.toJSONSchema(eventSchema, { target: "draft-2020-12" });
  return `${JSON.stringify({ ...schema, title: "gami webhook event" }, null, 2)}\n`;
}
