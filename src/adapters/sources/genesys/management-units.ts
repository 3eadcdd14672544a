import * as z from "zod";
import type { Connection } from "./ask.ts";
import { allEntities } from "./numbered-pages.ts";

const unitSchema = z.object({ id: z.string().min(1), timeZone: z.string().min(1) });

/** A group of agents who are planned together, in one time zone. */
export type ManagementUnit = z.output<typeof unitSchema>;

export function managementUnits(connection: Connection): Promise<ManagementUnit[]> {
  return allEntities(connection, "/api/v2/workforcemanagement/managementunits", unitSchema);
}
