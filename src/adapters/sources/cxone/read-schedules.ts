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
      const schedules = await exportOf(context, userId, from, to);
      for (const schedule of schedules) {
        const zone = textOf(schedule, "timeZone");
        for (const shift of listOf(schedule, "shifts", "schedules/export")) {
          items.push(
            ...shiftItems({
              shift,
              zone,
              agentNativeId: `${businessUnitId}:${agentId}`,
              states: states.get(agentId) ?? [],
              over,
              from,
              to,
            }),
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

interface ShiftFrame {
  readonly shift: unknown;
  readonly zone: string | null;
  readonly agentNativeId: string;
  readonly states: readonly State[];
  /** Shifts that end later are not judged yet. */
  readonly over: number;
  readonly from: number;
  readonly to: number;
}

function shiftItems({ shift, zone, agentNativeId, states, over, from, to }: ShiftFrame): SourceItem[] {
  const parsed = shiftSchema.safeParse(shift);
  const place = `schedules/export ${agentNativeId} ${textOf(shift, "start") ?? ""}`;
  if (!parsed.success) return [rejectItem(place, parsed.error, shift)];
  const [startsAt, endsAt] = [Date.parse(parsed.data.start), Date.parse(parsed.data.end)];
  if (startsAt < from || startsAt >= to) return [];
  const isLeave = parsed.data.baseActivityCode?.work === false;
  const record: CanonicalRecord = {
    ...emptyRecord("shift"),
    shift_native_id: parsed.data.id ?? `${agentNativeId}@${utcText(startsAt)}`,
    agent_native_id: agentNativeId,
    starts_at: startsAt,
    ends_at: endsAt,
    zone,
    is_leave: isLeave,
  };
  const planned = recordItem(place, "shift", record, shift);
  if (isLeave || endsAt > over) return [planned];
  const adherence: CanonicalRecord = {
    ...emptyRecord("adherence"),
    agent_native_id: agentNativeId,
    starts_at: startsAt,
    ends_at: endsAt,
    scheduled_ms: endsAt - startsAt,
    adherent_ms: workedWithin(states, startsAt, endsAt),
  };
  return [planned, recordItem(`${place} adherence`, "adherence", adherence, shift)];
}

function workedWithin(states: readonly State[], from: number, to: number): number {
  return states
    .filter(({ isWorking }) => isWorking)
    .reduce((sum, state) => sum + Math.max(0, Math.min(to, state.endsAt) - Math.max(from, state.startsAt)), 0);
}

/** A day at a time; 204 is a day without states. */
async function readStates(context: CxoneContext, { from, to }: Slice): Promise<Map<string, State[]>> {
  const byAgent = new Map<string, State[]>();
  for (let start = from; start < to + longestShift; start += dayMs) {
    const query = { startDate: utcText(start), endDate: utcText(Math.min(start + dayMs, to + longestShift) - 1) };
    const { body } = await context.client.send({ method: "GET", url: await context.service("wfm-data/agents/schedule-adherence", query) });
    if (body === null) continue;
    for (const row of listOf(body, "agentStateHistory", "schedule-adherence")) {
      const agentId = idOf(row, "agentId");
      const startsAt = instantOf(textOf(row, "startDate"));
      const seconds = Number(fieldValue(row, "duration"));
      if (agentId === null || startsAt === null || !(seconds >= 0)) continue;
      const stateId = Number(fieldValue(row, "agentStateId"));
      const known = byAgent.get(agentId) ?? [];
      byAgent.set(agentId, known);
      known.push({ startsAt, endsAt: startsAt + Math.round(seconds * 1_000), isWorking: stateId !== 0 && stateId !== 2 });
    }
  }
  return byAgent;
}
