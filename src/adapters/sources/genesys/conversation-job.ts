import * as z from "zod";
import type { Slice } from "../../../domain/extract/slices.ts";
import { SourceBrokenError, SourceBusyError } from "../../../errors.ts";
import type { Page, WholeDocuments } from "../../../ports/platform.ts";
import type { SourceItem } from "../../../ports/source.ts";
import { ask, askFor, type Connection, shaped } from "./ask.ts";
import { conversationSchema } from "./conversation-schema.ts";
import { type GenesysRead, isoText, placeOf, type ReadContext } from "./genesys-read.ts";
import { mapConversation } from "./map-conversation.ts";
import { itemsOf, readDocument } from "./page-items.ts";
import { pseudonymPrefix } from "./scrub.ts";

const jobsPath = "/api/v2/analytics/conversations/details/jobs";
const pageSize = 1000;
const longestPollMs = 60_000;
const patienceMs = 2 * 3_600_000;
/** A job that is ready sooner is cheaper to submit again after a crash than to remember. */
const rememberedAfterMs = 5_000;
const mostJobs = 4;

const submitted = z.object({ jobId: z.string().min(1) });
const status = z.object({ state: z.string(), errorMessage: z.string().optional() });
const availability = z.object({ dataAvailabilityDate: z.iso.datetime({ offset: true }) });
const results = z.object({ conversations: z.array(z.unknown()).optional(), cursor: z.string().nullish() });

/** What a position remembers inside a slice: the job, and the page of it that was read last. */
const resumeShape = z.object({ job: z.string(), cursor: z.string().nullable() });
type Place = z.output<typeof resumeShape>;

/**
 * Conversations by detail jobs, the platform's only bulk export: every conversation that was active in the slice, so that
 * one over midnight comes with both days. Evaluations and surveys are inside and appear later: the trailing window reads them.
 */
export const conversationsByJob: GenesysRead = {
  description: {
    name: "conversations",
    streams: ["interaction", "evaluation", "survey"],
    grain: "one agent's part of a conversation, with its evaluations and surveys",
    key: "conversation, user, participant",
    kind: "slices",
    paging: "job",
    latenessHours: 96,
    sliceHours: 24,
    permission: "analytics:conversationDetail:view",
  },
  async available({ connection }) {
    const { dataAvailabilityDate } = await askFor(connection, { method: "GET", path: `${jobsPath}/availability` }, availability);
    return Date.parse(dataAvailabilityDate);
  },
  pages: jobPages,
  documents: () => readDocument(conversationMapping),
  rewind(resume) {
    const place = placeFrom(resume);
    return place === null ? null : JSON.stringify({ job: place.job, cursor: null });
  },
};

async function* jobPages(context: ReadContext, slice: Slice, resume: string | null): AsyncIterable<Page> {
  const { connection } = context;
  let place = placeFrom(resume);
  let jobs = 0;
  let page = 0;
  const seen = new Set<string | null>();
  for (;;) {
    if (place === null) {
      jobs += 1;
      if (jobs > mostJobs) throw jobsVanish(slice);
      place = { job: await submit(connection, slice), cursor: null };
      page = 0;
      seen.clear();
    }
    seen.add(place.cursor);
    let state: JobState = await waitFor(connection, place.job, rememberedAfterMs);
    if (state === "running") {
      // Kept before anything is read: a crash goes on with this job instead of submitting another one.
      yield { items: [], resume: JSON.stringify(place) };
      state = await waitFor(connection, place.job, patienceMs);
    }
    if (state === "running") throw jobLasts(place.job);
    const isThere = state === "ready";
    const answer: z.output<typeof results> | null = isThere ? await readResults(connection, place) : null;
    if (answer === null) {
      // The job or its cursor has expired: the slice starts over, and equal records change nothing.
      place = null;
      continue;
    }
    const cursor: string | null = answer.cursor ?? null;
    if (cursor !== null && seen.has(cursor)) throw cursorRepeats({ ...place, cursor });
    page += 1;
    place = { job: place.job, cursor };
    const items = itemsOf(answer.conversations ?? [], `${placeOf(slice)}/${page}`, context.boundary, conversationMapping);
    yield { items, resume: cursor === null ? null : JSON.stringify(place), whole: wholeConversations(items) };
    if (cursor === null) return;
  }
}

/** A conversation comes with all its parts each time: a part that is missing was taken back. */
export function wholeConversations(items: readonly SourceItem[]): WholeDocuments {
  const ids = items.flatMap((item) =>
    item.kind === "record" && item.stream === "interaction" ? [String(item.record.interaction_id)] : [],
  );
  return { streams: ["interaction", "evaluation", "survey"], column: "interaction_id", ids: [...new Set(ids)] };
}

/** The pseudonym stands in the scrubbed record already. */
export const conversationMapping = {
  shape: conversationSchema,
  map: (conversation: z.output<typeof conversationSchema>) =>
    mapConversation(conversation, { customerKey: (identity) => identity.replace(pseudonymPrefix, "") }),
};

function placeFrom(resume: string | null): Place | null {
  if (resume === null) return null;
  try {
    return resumeShape.safeParse(JSON.parse(resume)).data ?? null;
  } catch {
    return null;
  }
}

async function submit(connection: Connection, { from, to }: Slice): Promise<string> {
  const json = { interval: `${isoText(from)}/${isoText(to)}`, order: "asc", orderBy: "conversationStart" };
  return (await askFor(connection, { method: "POST", path: jobsPath, json }, submitted)).jobId;
}

type JobState = "ready" | "gone" | "running";

/** Looks at a job until it has its results, is gone, or has been waited for long enough. */
async function waitFor(connection: Connection, job: string, longestMs: number): Promise<JobState> {
  const path = `${jobsPath}/${encodeURIComponent(job)}`;
  const began = connection.now();
  for (let pause = connection.pollMs; ; pause = Math.min(longestPollMs, pause * 1.5)) {
    const answer = await ask(connection, { method: "GET", path, alsoFine: [404, 410] });
    if (answer.status >= 400) return "gone";
    const { state, errorMessage } = shaped(answer.body, status, `GET ${path}`);
    if (state === "FULFILLED") return "ready";
    if (state === "EXPIRED" || state === "CANCELLED") return "gone";
    if (state === "FAILED") throw jobFailed(job, errorMessage ?? "no reason given");
    if (connection.now() - began >= longestMs) return "running";
    await connection.sleep(pause);
  }
}

async function readResults(connection: Connection, { job, cursor }: Place): Promise<z.output<typeof results> | null> {
  const path = `${jobsPath}/${encodeURIComponent(job)}/results`;
  const query = { pageSize, ...(cursor === null ? {} : { cursor }) };
  const answer = await ask(connection, { method: "GET", path, query, alsoFine: [400, 404, 410] });
  if (answer.status < 400) return shaped(answer.body, results, `GET ${path}`);
  // The first page has no cursor that could have expired: a refusal of it is one of ours.
  if (answer.status === 400 && cursor === null) throw refusedResults(path);
  return null;
}

function refusedResults(path: string): SourceBrokenError {
  return new SourceBrokenError(`genesys: GET ${path} was refused (400)`, {
    code: "REQUEST_REFUSED",
    hint: "run the command again with --verbose; if it stays, report the request named above",
  });
}

function cursorRepeats({ job, cursor }: Place): SourceBrokenError {
  return new SourceBrokenError(`genesys: job ${job} gave the cursor ${cursor} again after a page it leads to: it would never end`, {
    code: "CURSOR_REPEATS",
    hint: "run the command again: it goes on with the same job; with --reset it submits a new one",
  });
}

function jobsVanish({ from, to }: Slice): SourceBusyError {
  return new SourceBusyError(`genesys: ${mostJobs} jobs for ${isoText(from)} to ${isoText(to)} expired before they were read`, {
    code: "JOBS_EXPIRE",
    hint: "run the same command again later; it goes on where it stopped",
  });
}

function jobFailed(job: string, reason: string): SourceBusyError {
  return new SourceBusyError(`genesys: the conversation job ${job} failed: ${reason}`, {
    code: "JOB_FAILED",
    hint: "run the same command again with --reset, which submits a new job",
  });
}

function jobLasts(job: string): SourceBusyError {
  return new SourceBusyError(`genesys: the conversation job ${job} has been running for more than ${patienceMs / 3_600_000} hours`, {
    code: "JOB_STILL_RUNNING",
    hint: "run the same command again later; it goes on with the same job",
  });
}
