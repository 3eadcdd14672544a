import * as z from "zod";
import type { Slice } from "../../../domain/extract/slices.ts";
import { emptyRecord } from "../../../domain/records/record.ts";
import { SourceBusyError } from "../../../errors.ts";
import type { Page } from "../../../ports/platform.ts";
import { ask, askFor, type Connection, shaped } from "./ask.ts";
import { type GenesysRead, isoText, placeOf, type ReadContext } from "./genesys-read.ts";
import { managementUnits } from "./management-units.ts";
import { itemsOf, readDocument } from "./page-items.ts";

const path = "/api/v2/workforcemanagement/adherence/historical/bulk";
const longestPollMs = 60_000;
const patienceMs = 3_600_000;
/** A job that is ready sooner is cheaper to submit again after a crash than to remember. */
const rememberedAfterMs = 5_000;

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
type JobAnswer = z.output<typeof jobAnswer>;
/** What a position remembers inside a slice. */
const resumeShape = z.object({ job: z.string().min(1) });
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
  rewind: (resume) => (jobFrom(resume) === null ? null : resume),
};

async function* adherencePages(context: ReadContext, slice: Slice, resume: string | null): AsyncIterable<Page> {
  const { connection, boundary } = context;
  let answer: JobAnswer | null = (await rememberedJob(connection, resume)) ?? (await submit(connection, slice));
  if (answer === null) return;
  const place = JSON.stringify({ job: answer.job.id });
  answer = await waitFor(connection, answer, rememberedAfterMs);
  if (!isComplete(answer)) {
    // Kept before anything is read: a crash goes on with this job instead of submitting another one.
    yield { items: [], resume: place };
    answer = await waitFor(connection, answer, patienceMs);
  }
  if (!isComplete(answer)) throw unfinished(answer, "did not end within an hour", "JOB_STILL_RUNNING");
  const urls = answer.downloadUrls ?? [];
  for (const [index, url] of urls.entries()) {
    const file = shaped(await connection.download(new URL(url)), resultFile, "the adherence download");
    const results = (file.userResults ?? []).map((result) =>
      typeof result === "object" && result !== null ? { ...result, startDate: isoText(slice.from) } : result,
    );
    const items = itemsOf(results, `${placeOf(slice)}/adherence`, boundary, adherenceMapping);
    yield { items, resume: index + 1 < urls.length ? place : null };
  }
}

/** The job of a run that was broken off, as it stands now; null where there was none, it failed, or the platform has forgotten it. */
async function rememberedJob(connection: Connection, resume: string | null): Promise<JobAnswer | null> {
  const job = jobFrom(resume);
  if (job === null) return null;
  const jobPath = pathOf(job);
  const { status, body } = await ask(connection, { method: "GET", path: jobPath, alsoFine: [404, 410] });
  if (status >= 400) return null;
  const answer = shaped(body, jobAnswer, `GET ${jobPath}`);
  return answer.job.status === "Error" ? null : answer;
}

function jobFrom(resume: string | null): string | null {
  if (resume === null) return null;
  try {
    return resumeShape.safeParse(JSON.parse(resume)).data?.job ?? null;
  } catch {
    return null;
  }
}

function pathOf(job: string): string {
  return `${path}/jobs/${encodeURIComponent(job)}`;
}

/** Null where there is no management unit to ask about. */
async function submit(connection: Connection, { from, to }: Slice): Promise<JobAnswer | null> {
  const [startDate, endDate] = [isoText(from), isoText(to)];
  const items = (await managementUnits(connection)).map(({ id }) => ({ managementUnitId: id, startDate, endDate }));
  if (items.length === 0) return null;
  return askFor(connection, { method: "POST", path, json: { items, timeZone: "UTC" } }, jobAnswer);
}

function isComplete({ job }: JobAnswer): boolean {
  return job.status === "Complete";
}

/** Looks at a job until it is complete or has been waited for long enough. */
async function waitFor(connection: Connection, asked: JobAnswer, longestMs: number): Promise<JobAnswer> {
  const began = connection.now();
  let answer = asked;
  for (let pause = connection.pollMs; !isComplete(answer); pause = Math.min(longestPollMs, pause * 1.5)) {
    if (answer.job.status === "Error") throw unfinished(answer, "failed", "JOB_FAILED");
    if (connection.now() - began >= longestMs) return answer;
    await connection.sleep(pause);
    answer = await askFor(connection, { method: "GET", path: pathOf(answer.job.id) }, jobAnswer);
  }
  return answer;
}

function unfinished({ job }: JobAnswer, what: string, code: "JOB_FAILED" | "JOB_STILL_RUNNING"): SourceBusyError {
  const goesOn = code === "JOB_FAILED" ? "it submits a new job" : "it goes on with the same job";
  return new SourceBusyError(`genesys: the adherence job ${job.id} ${what}`, {
    code,
    hint: `run the same command again later; ${goesOn}`,
  });
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
