import * as z from "zod";
import type { Slice } from "../../../domain/extract/slices.ts";
import { type CanonicalRecord, emptyRecord } from "../../../domain/records/record.ts";
import type { Page } from "../../../ports/platform.ts";
import type { SourceItem } from "../../../ports/source.ts";
import { listOf, recordItem, rejectItem } from "./items.ts";
import { fieldValue, idOf, instantOf, textOf, utcText } from "./json.ts";
import type { CxoneContext } from "./platform.ts";
import { listAgentUsers } from "./read-directory.ts";

const dayMs = 86_400_000;
/** The export takes so much at once. */
const longestExport = 7 * dayMs;
/** A shift that begins in the slice ends within so much. */
const longestShift = dayMs;

const instant = z.iso.datetime({ offset: true });
const shiftSchema = z.object({
  id: z.union([z.number().int().transform(String), z.string().min(1).max(256)]).nullish(),
  start: instant,
  end: instant,
  baseActivityCode: z.object({ work: z.boolean().nullish() }).nullish(),
});
/** A shift with what is needed to read it again by itself: whose it is, and the raw states that lie in it once it is over. */
const documentSchema = z.object({
  businessUnitId: z.string(),
  agentId: z.string(),
  timeZone: z.string().nullish(),
  shift: shiftSchema,
  states: z.array(z.unknown()).optional(),
});

interface State {
  readonly startsAt: number;
  readonly endsAt: number;
  readonly isWorking: boolean;
}

/**
 * Shifts agent by agent, and beside each one that is over how much of it the agent was at work. The platform has no
 * percentage: its raw states are laid over the shift. Logged out (0) and unavailable (2) are not at work.
 */
export async function* readSchedules(context: CxoneContext, slice: Slice): AsyncIterable<Page> {
  const { businessUnitId } = await context.tenant();
  const states = await readStates(context, slice);
  const over = context.now();
  for (const { agentId, userId } of await listAgentUsers(context)) {
    const items: SourceItem[] = [];
    for (let from = slice.from; from < slice.to; from += longestExport) {
      const to = Math.min(slice.to, from + longestExport);
      for (const schedule of await exportOf(context, userId, from, to)) {
        for (const shift of listOf(schedule, "shifts", "schedules/export")) {
          const [startsAt, endsAt] = [instantOf(textOf(shift, "start")), instantOf(textOf(shift, "end"))];
          if (startsAt !== null && (startsAt < from || startsAt >= to)) continue;
          const document = { businessUnitId, agentId, timeZone: textOf(schedule, "timeZone"), shift };
          const isOver = startsAt !== null && endsAt !== null && endsAt <= over;
          const place = `schedules/export ${businessUnitId}:${agentId} ${textOf(shift, "start") ?? ""}`;
          items.push(
            ...shiftItems(
              place,
              isOver ? { ...document, states: (states.get(agentId) ?? []).filter((row) => touches(row, startsAt, endsAt)) } : document,
            ),
          );
        }
      }
    }
    if (items.length > 0) yield { items, resume: null };
  }
}

async function exportOf(context: CxoneContext, userID: string, from: number, to: number): Promise<readonly unknown[]> {
  const url = await context.service("schedules/export");
  const json = { startDate: utcText(from), endDate: utcText(to), userID };
  const { status, body } = await context.client.send({ method: "POST", url, json, alsoFine: [404] });
  return status === 404 || body === null ? [] : listOf(body, "agentSchedules", "schedules/export");
}

/** One shift, fresh or from the archive. */
export function shiftItems(place: string, document: unknown): SourceItem[] {
  const parsed = documentSchema.safeParse(document);
  if (!parsed.success) return [rejectItem(place, parsed.error, document)];
  const { businessUnitId, agentId, timeZone, shift, states } = parsed.data;
  const [startsAt, endsAt] = [Date.parse(shift.start), Date.parse(shift.end)];
  const agentNativeId = `${businessUnitId}:${agentId}`;
  const isLeave = shift.baseActivityCode?.work === false;
  const record: CanonicalRecord = {
    ...emptyRecord("shift"),
    shift_native_id: shift.id ?? `${agentNativeId}@${utcText(startsAt)}`,
    agent_native_id: agentNativeId,
    starts_at: startsAt,
    ends_at: endsAt,
    zone: timeZone ?? null,
    is_leave: isLeave,
  };
  const planned = recordItem(place, "shift", record, document);
  if (isLeave || states === undefined) return [planned];
  const adherence: CanonicalRecord = {
    ...emptyRecord("adherence"),
    agent_native_id: agentNativeId,
    starts_at: startsAt,
    ends_at: endsAt,
    scheduled_ms: endsAt - startsAt,
    adherent_ms: workedWithin(states, startsAt, endsAt),
  };
  return [planned, recordItem(`${place} adherence`, "adherence", adherence, document)];
}

function workedWithin(rows: readonly unknown[], from: number, to: number): number {
  const worked = rows.map((row) => {
    const state = stateOf(row);
    return state?.isWorking === true ? Math.min(to, state.endsAt) - Math.max(from, state.startsAt) : 0;
  });
  return worked.reduce((sum, milliseconds) => sum + Math.max(0, milliseconds), 0);
}

function touches(row: unknown, from: number, to: number): boolean {
  const state = stateOf(row);
  return state !== null && state.startsAt < to && from < state.endsAt;
}

/** Null for a row without a beginning or a length. */
function stateOf(row: unknown): State | null {
  const startsAt = instantOf(textOf(row, "startDate"));
  const seconds = Number(fieldValue(row, "duration"));
  if (startsAt === null || !(seconds >= 0)) return null;
  const stateId = Number(fieldValue(row, "agentStateId"));
  return { startsAt, endsAt: startsAt + Math.round(seconds * 1_000), isWorking: stateId !== 0 && stateId !== 2 };
}

/** A day at a time; 204 is a day without states. */
async function readStates(context: CxoneContext, { from, to }: Slice): Promise<Map<string, unknown[]>> {
  const byAgent = new Map<string, unknown[]>();
  for (let start = from; start < to + longestShift; start += dayMs) {
    const query = { startDate: utcText(start), endDate: utcText(Math.min(start + dayMs, to + longestShift) - 1) };
    const { body } = await context.client.send({ method: "GET", url: await context.service("wfm-data/agents/schedule-adherence", query) });
    if (body === null) continue;
    for (const row of listOf(body, "agentStateHistory", "schedule-adherence")) {
      const agentId = idOf(row, "agentId");
      if (agentId === null) continue;
      const known = byAgent.get(agentId) ?? [];
      byAgent.set(agentId, known);
      known.push(row);
    }
  }
  return byAgent;
}
