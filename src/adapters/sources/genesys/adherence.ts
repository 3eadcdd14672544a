import * as z from "zod";
import type { Slice } from "../../../domain/extract/slices.ts";
import { emptyRecord } from "../../../domain/records/record.ts";
import { SourceBusyError } from "../../../errors.ts";
import type { Page } from "../../../ports/platform.ts";
import { askFor, type Connection, shaped } from "./ask.ts";
import { type GenesysRead, isoText, placeOf, type ReadContext } from "./genesys-read.ts";
import { managementUnits } from "./management-units.ts";
import { itemsOf, readDocument } from "./page-items.ts";

const path = "/api/v2/workforcemanagement/adherence/historical/bulk";
const longestPollMs = 60_000;
const patienceMs = 3_600_000;

const seconds = z.number();
const dayMetric = z.object({
  dayStartOffsetSeconds: seconds,
  adherenceScheduleSeconds: seconds.min(0).nullish(),
  adherencePercentage: z.number().min(0).max(100).nullish(),
});
const userResult = z.object({
  userId: z.string().min(1).max(256),
  /** Of the interval that was asked for: the days count from it. */
  startDate: z.iso.datetime({ offset: true }),
  dayMetrics: z.array(dayMetric).nullish(),
});
type UserResult = z.output<typeof userResult>;

const jobAnswer = z.object({
  job: z.object({ id: z.string().min(1), status: z.string() }),
  downloadUrls: z.array(z.string()).nullish(),
});
const resultFile = z.object({ userResults: z.array(z.unknown()).nullish() });

/** Historical adherence by one bulk job per slice over all management units; the result lies at signed addresses. */
export const adherence: GenesysRead = {
  description: {
    name: "adherence",
    streams: ["adherence"],
    grain: "one agent's day by their unit's clock",
    key: "user, start of the day",
    kind: "slices",
    paging: "job",
    latenessHours: 48,
    sliceHours: 24,
    permission: "wfm:managementUnit:view, wfm:historicalAdherence:view",
  },
  pages: adherencePages,
  documents: () => readDocument(adherenceMapping),
};

async function* adherencePages({ connection, boundary }: ReadContext, slice: Slice): AsyncIterable<Page> {
  const [startDate, endDate] = [isoText(slice.from), isoText(slice.to)];
  const items = (await managementUnits(connection)).map(({ id }) => ({ managementUnitId: id, startDate, endDate }));
  if (items.length === 0) return;
  const submitted = await askFor(connection, { method: "POST", path, json: { items, timeZone: "UTC" } }, jobAnswer);
  for (const url of await waitForFiles(connection, submitted)) {
    const file = shaped(await connection.download(new URL(url)), resultFile, "the adherence download");
    const results = (file.userResults ?? []).map((result) =>
      typeof result === "object" && result !== null ? { ...result, startDate } : result,
    );
    yield { items: itemsOf(results, `${placeOf(slice)}/adherence`, boundary, adherenceMapping), resume: null };
  }
}

async function waitForFiles(connection: Connection, submitted: z.output<typeof jobAnswer>): Promise<readonly string[]> {
  const began = connection.now();
  let answer = submitted;
  for (let pause = connection.pollMs; answer.job.status !== "Complete"; pause = Math.min(longestPollMs, pause * 1.5)) {
    const isLate = connection.now() - began > patienceMs;
    if (answer.job.status === "Error" || isLate) {
      throw new SourceBusyError(`genesys: the adherence job ${submitted.job.id} ${isLate ? "did not end within an hour" : "failed"}`, {
        code: isLate ? "JOB_STILL_RUNNING" : "JOB_FAILED",
        hint: "run the same command again later; it goes on where it stopped",
      });
    }
    await connection.sleep(pause);
    answer = await askFor(connection, { method: "GET", path: `${path}/jobs/${encodeURIComponent(submitted.job.id)}` }, jobAnswer);
  }
  return answer.downloadUrls ?? [];
}

const adherenceMapping = { shape: userResult, map: mapUserResult };

/** A day without a schedule has no adherence: it says nothing, and is no zero. */
function mapUserResult({ userId, startDate, dayMetrics }: UserResult) {
  return (dayMetrics ?? []).flatMap((day) => {
    const scheduledMs = Math.round((day.adherenceScheduleSeconds ?? 0) * 1000);
    if (scheduledMs === 0) return [];
    const share = day.adherencePercentage ?? null;
    const record = {
      ...emptyRecord("adherence"),
      agent_native_id: userId,
      starts_at: Date.parse(startDate) + Math.round(day.dayStartOffsetSeconds * 1000),
      scheduled_ms: scheduledMs,
      adherent_ms: share === null ? null : Math.round((scheduledMs * share) / 100),
    };
    return [{ stream: "adherence", record } as const];
  });
}
