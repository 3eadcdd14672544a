import { DateTime } from "luxon";
import * as z from "zod";
import type { Slice } from "../../../domain/extract/slices.ts";
import type { CanonicalRecord } from "../../../domain/records/record.ts";
import { emptyRecord } from "../../../domain/records/record.ts";
import type { Page } from "../../../ports/platform.ts";
import { askFor, type Connection } from "./ask.ts";
import { type GenesysRead, isoText, placeOf, type ReadContext } from "./genesys-read.ts";
import { type ManagementUnit, managementUnits } from "./management-units.ts";
import { itemsOf, readDocument } from "./page-items.ts";

const id = z.string().min(1).max(256);
const minutes = z.number().min(0);
const shift = z.object({ id: id.nullish(), startDate: z.iso.datetime({ offset: true }), lengthMinutes: minutes });
/** A whole day off, by the day of the business unit; the offsets count from its midnight. */
const timeOff = z.object({
  timeOffRequestId: id.nullish(),
  businessUnitDate: z.iso.date(),
  startOffsetMinutes: minutes.nullish(),
  lengthMinutes: minutes,
});
const agentSchedule = z.object({
  user: z.object({ id }),
  zone: z.string(),
  shifts: z.array(shift).nullish(),
  fullDayTimeOffMarkers: z.array(timeOff).nullish(),
});
type AgentSchedule = z.output<typeof agentSchedule>;

const found = z.object({
  status: z.string().nullish(),
  downloadUrl: z.string().nullish(),
  result: z.object({ agentSchedules: z.array(z.unknown()).nullish(), businessUnitTimeZone: z.string().nullish() }).nullish(),
});

/** Published shifts and whole days of leave, unit by unit. */
export const shifts: GenesysRead = {
  description: {
    name: "shifts",
    streams: ["shift"],
    grain: "one shift, or one whole day off, of one agent",
    key: "shift or time-off request, else agent and start",
    kind: "slices",
    paging: "pages",
    latenessHours: 24 * 7,
    sliceHours: 24,
    permission: "wfm:managementUnit:view, wfm:publishedSchedule:view",
  },
  pages: shiftPages,
  documents: () => readDocument(shiftMapping),
};

async function* shiftPages({ connection, boundary }: ReadContext, slice: Slice): AsyncIterable<Page> {
  for (const unit of await managementUnits(connection)) {
    const schedules = await searchSchedules(connection, unit, slice);
    yield { items: itemsOf(schedules, `${placeOf(slice)}/${unit.id}`, boundary, shiftMapping), resume: null };
  }
}

async function searchSchedules(connection: Connection, unit: ManagementUnit, { from, to }: Slice): Promise<unknown[]> {
  const path = `/api/v2/workforcemanagement/managementunits/${encodeURIComponent(unit.id)}/agentschedules/search`;
  const answer = await askFor(connection, { method: "POST", path, json: { startDate: isoText(from), endDate: isoText(to) } }, found);
  // A large answer comes as a signed address instead.
  const result =
    answer.result ??
    (answer.downloadUrl ? (found.shape.result.safeParse(await connection.download(new URL(answer.downloadUrl))).data ?? null) : null);
  const zone = result?.businessUnitTimeZone ?? unit.timeZone;
  return (result?.agentSchedules ?? []).map((schedule) =>
    typeof schedule === "object" && schedule !== null ? { ...schedule, zone } : schedule,
  );
}

const shiftMapping = { shape: agentSchedule, map: mapSchedule };

function mapSchedule({ user, zone, shifts: worked, fullDayTimeOffMarkers }: AgentSchedule) {
  return [
    ...(worked ?? []).map((one) => shiftRecord(user.id, zone, one.id ?? null, Date.parse(one.startDate), one.lengthMinutes, false)),
    ...(fullDayTimeOffMarkers ?? []).map((one) => {
      const midnight = DateTime.fromISO(one.businessUnitDate, { zone }).toMillis();
      const startsAt = midnight + (one.startOffsetMinutes ?? 0) * 60_000;
      return shiftRecord(user.id, zone, one.timeOffRequestId ?? null, startsAt, one.lengthMinutes, true);
    }),
  ].map((record) => ({ stream: "shift", record }) as const);
}

function shiftRecord(
  agent: string,
  zone: string,
  shiftId: string | null,
  startsAt: number,
  lengthMinutes: number,
  isLeave: boolean,
): CanonicalRecord {
  return {
    ...emptyRecord("shift"),
    shift_native_id: shiftId ?? `${agent}@${isoText(startsAt)}`,
    agent_native_id: agent,
    starts_at: startsAt,
    ends_at: startsAt + lengthMinutes * 60_000,
    zone,
    is_leave: isLeave,
  };
}
