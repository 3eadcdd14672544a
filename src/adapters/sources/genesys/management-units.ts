import * as z from "zod";
import type { Connection } from "./ask.ts";
import { allEntities } from "./numbered-pages.ts";

const unitSchema = z.object({ id: z.string().min(1), timeZone: z.string().min(1) });

/** A group of agents who are planned together, in one time zone. */
export type ManagementUnit = z.output<typeof unitSchema>;

/** Asked for once per run: units hardly ever change, and every slice needs them. */
const known = new WeakMap<Connection, Promise<ManagementUnit[]>>();

export function managementUnits(connection: Connection): Promise<ManagementUnit[]> {
  const found = known.get(connection) ?? allEntities(connection, "/api/v2/workforcemanagement/managementunits", unitSchema);
  known.set(connection, found);
  return found;
}
