import { DateTime } from "luxon";
import * as z from "zod";
import type { Slice } from "../../../domain/extract/slices.ts";
import { emptyRecord } from "../../../domain/records/record.ts";
import type { Page } from "../../../ports/platform.ts";
import type { SourceItem } from "../../../ports/source.ts";
import { parseIsoDuration } from "./iso-duration.ts";
import { listOf, recordItem, rejectItem, unitOf } from "./items.ts";
import { idOf, utcText } from "./json.ts";
import type { CxoneContext } from "./platform.ts";
import { listAgentZones } from "./read-directory.ts";

/** Every value is a text; talk is of both directions, and handle time is talk and after-call work, as the report's own averages have it. */
const duration = z.string().transform((text, issue) => {
  const milliseconds = parseIsoDuration(text);
  if (milliseconds === null) issue.addIssue({ code: "custom", message: "no duration" });
  return milliseconds ?? 0;
});
const documentSchema = z.object({
  businessUnitId: z.string(),
  workDate: z.iso.date(),
  agentId: z.union([z.number().int().transform(String), z.string().min(1).max(256)]),
  totalHandled: z.coerce.number().int().min(0),
  totalTalkTime: duration,
  acwTime: duration,
});

/**
 * One aggregate row per agent and window, without a date in it: so it is asked for local day by local day, zone by zone, and
 * of each answer only the agents of that zone are taken. A day that is not over where they are is left for a later run.
 */
export async function* readPerformance(context: CxoneContext, slice: Slice): AsyncIterable<Page> {
  const { businessUnitId } = await context.tenant();
  const zones = await listAgentZones(context);
  const shown = context.now() - context.lagMs;
  for (const zone of new Set(zones.values())) {
    for (const { workDate, from, to } of localDays(zone, slice)) {
      if (to > shown) continue;
      const query = { startDate: utcText(from), endDate: utcText(to - 1) };
      const { body } = await context.client.send({ method: "GET", url: await context.service("agents/performance", query) });
      // 204: nobody worked.
      if (body === null) continue;
      const place = `agents/performance ${zone} ${workDate}`;
      const own = listOf(body, "agentPerformance", place).filter((row) => zones.get(idOf(row, "agentId") ?? "") === zone);
      const items = own.flatMap((row, number) =>
        performanceItems(`${place} row ${number}`, typeof row === "object" ? { ...row, businessUnitId, workDate } : row),
      );
      yield { items, resume: null };
    }
  }
}

/** The local days that begin in a slice: 23, 24 or 25 hours long. */
function localDays(zone: string, { from, to }: Slice): { readonly workDate: string; readonly from: number; readonly to: number }[] {
  const days = [];
  let day = DateTime.fromMillis(from, { zone }).startOf("day");
  if (day.toMillis() < from) day = day.plus({ days: 1 });
  for (; day.toMillis() < to; day = day.plus({ days: 1 })) {
    days.push({ workDate: day.toFormat("yyyy-MM-dd"), from: day.toMillis(), to: day.plus({ days: 1 }).toMillis() });
  }
  return days;
}

/** One agent's day, fresh or from the archive. */
export function performanceItems(place: string, document: unknown): SourceItem[] {
  const parsed = documentSchema.safeParse(document);
  if (!parsed.success) return [rejectItem(place, parsed.error, document)];
  const { workDate, agentId, totalHandled, totalTalkTime, acwTime } = parsed.data;
  const record = {
    ...emptyRecord("performance_day"),
    agent_native_id: `${unitOf(document)}:${agentId}`,
    work_date: workDate,
    interactions: totalHandled,
    talk_ms: totalTalkTime,
    after_call_ms: acwTime,
    handle_ms: totalTalkTime + acwTime,
  };
  return [recordItem(place, "performance_day", record, document)];
}
