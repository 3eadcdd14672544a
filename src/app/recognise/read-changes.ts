import { addDays } from "../../domain/calendar.ts";
import type { Snapshot } from "../../ports/decision-store.ts";
import type { QueryReader } from "../../ports/warehouse.ts";
import { dateOrNull, textOrNull } from "../roi/row-values.ts";
import { recogniseSql } from "./recognise-sql.ts";

/** Whether anything that came in since touched a day of a window of an agent. */
export type HasChanged = (agentId: string, from: string | null, until: string) => boolean;

interface Stretch {
  readonly from: string;
  readonly until: string;
}

/** A score is dated by when it was given, and counts on the day of the interaction it judges. */
const scoreDaysBack = 92;
const scoreStreams = /\.(evaluation|survey)$/;
const always: Stretch = { from: "0000-01-01", until: "9999-12-31" };

/** What the batches since a snapshot touched, by agent. Grows with agents and streams, never with history. */
export async function readChanges(warehouse: QueryReader, before: Snapshot, now: Snapshot): Promise<HasChanged> {
  const touched = new Map<string | null, Stretch[]>();
  for (const [stream, seq] of Object.entries(now)) {
    const after = before[stream] ?? 0;
    if (after >= seq) continue;
    for (const row of await warehouse.rows(recogniseSql("changes"), [stream, after])) {
      const agentId = textOrNull(row, "agent_id");
      const stretches = touched.get(agentId) ?? [];
      stretches.push(stretchOf(dateOrNull(row, "from_date"), dateOrNull(row, "to_date"), scoreStreams.test(stream) ? scoreDaysBack : 1));
      touched.set(agentId, stretches);
    }
  }
  const everybody = touched.get(null) ?? [];
  return (agentId, from, until) =>
    [...everybody, ...(touched.get(agentId) ?? [])].some((stretch) => stretch.from < until && (from ?? always.from) < stretch.until);
}

/** A day to each side, since the zone in force may have been any. */
function stretchOf(from: string | null, to: string | null, daysBack: number): Stretch {
  return {
    from: from === null || from < "1901" ? always.from : addDays(from, -daysBack),
    until: to === null || to > "9000" ? always.until : addDays(to, 2),
  };
}
