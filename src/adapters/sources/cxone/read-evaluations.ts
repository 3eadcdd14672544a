import { parse } from "csv-parse/sync";
import * as z from "zod";
import type { Slice } from "../../../domain/extract/slices.ts";
import { emptyRecord } from "../../../domain/records/record.ts";
import { SourceBrokenError, SourceBusyError } from "../../../errors.ts";
import type { Page } from "../../../ports/platform.ts";
import type { SourceItem } from "../../../ports/source.ts";
import { recordItem, rejectItem, unitOf, withUnit } from "./items.ts";
import { fieldValue, instantOf, textOf, utcText } from "./json.ts";
import { withoutPeople } from "./people.ts";
import type { CxoneContext, MapContext } from "./platform.ts";

/** One call in 30 seconds, says the vendor; it answers 403 to a second one as to a missing permission. */
const busyMs = 30_000;
const submitTries = 4;
const usualPollMs = 3_000;
const longestPollMs = 60_000;
const polls = 120;
const downloads = 5;

/**
 * Evaluations come as a CSV file by a job. The job's id is the place to resume at: its file is kept for a day, so a crash
 * costs no second job. A file's address ends after 30 seconds, so it is asked for again when it did.
 */
export async function* readEvaluations(context: CxoneContext, slice: Slice, resume: string | null): AsyncIterable<Page> {
  const { businessUnitId } = await context.tenant();
  let job = resume === null ? null : await keptJob(context, resume);
  if (job === null) {
    job = await submit(context, slice);
    yield { items: [], resume: job };
  }
  const text = await fetchFile(context, job);
  const items = rowsOf(text).flatMap((row, number) =>
    evaluationItems(`qm-workflows ${utcText(slice.from)} row ${number}`, withUnit(row, businessUnitId), context),
  );
  yield { items, resume: job };
}

/** Null when the platform no longer has it. */
async function keptJob(context: CxoneContext, job: string): Promise<string | null> {
  const { status, body } = await jobStatus(context, job);
  const state = textOf(fieldValue(body, "jobStatus"), "status");
  return status === 200 && (state === "RUNNING" || state === "SUCCEEDED") ? job : null;
}

async function submit(context: CxoneContext, { from, to }: Slice): Promise<string> {
  const { entityName, version } = context.evaluations ?? { entityName: "qm-workflows", version: "4" };
  const json = { entityName, version, startDate: utcText(from).slice(0, 10), endDate: utcText(to - 1).slice(0, 10) };
  const url = await context.address("/data-extraction/v1/jobs");
  for (let attempt = 1; attempt <= submitTries; attempt += 1) {
    const { status, body } = await context.client.send({ method: "POST", url, json, alsoFine: [403] });
    if (status !== 403 && typeof body === "string" && body !== "") return body.replaceAll('"', "");
    if (status !== 403) throw broken(`${url.pathname} answered ${status} without a job id`);
    if (attempt < submitTries) await context.sleep(busyMs);
  }
  throw new SourceBusyError(`cxone: ${url.pathname} answered 403, ${submitTries} times`, {
    code: "EXTRACTION_REFUSED",
    hint: "another extraction of this tenant is running, or the service user lacks QM Tools > Data Extraction APIs > QM Workflow API",
  });
}

async function jobStatus(context: CxoneContext, job: string) {
  const url = await context.address(`/data-extraction/v1/jobs/${encodeURIComponent(job)}`);
  return context.client.send({ method: "GET", url, alsoFine: [404] });
}

async function fetchFile(context: CxoneContext, job: string): Promise<string> {
  for (let attempt = 1; attempt <= downloads; attempt += 1) {
    const url = await finishedUrl(context, job);
    const text = await context.download(url);
    if (text !== null) return text;
  }
  throw broken(`the file of job ${job} could not be fetched before its address ended, ${downloads} times`);
}

async function finishedUrl(context: CxoneContext, job: string): Promise<URL> {
  let pauseMs = context.jobPollMs ?? usualPollMs;
  for (let poll = 0; poll < polls; poll += 1) {
    const { body } = await jobStatus(context, job);
    const status = fieldValue(body, "jobStatus");
    const result = fieldValue(status, "result");
    const state = textOf(status, "status");
    const url = textOf(result, "url");
    if (state === "SUCCEEDED" && url !== null) return new URL(url);
    if (state !== "RUNNING" && state !== "QUEUED") {
      const said = textOf(result, "errorMessage") ?? textOf(result, "messageError") ?? "no reason given";
      throw broken(`the extraction job ${job} ended as ${state ?? "unknown"}: ${said}`);
    }
    await context.sleep(pauseMs);
    pauseMs = Math.min(longestPollMs, pauseMs * 2);
  }
  throw new SourceBusyError(`cxone: the extraction job ${job} is not done after ${polls} looks`, {
    code: "JOB_UNFINISHED",
    hint: "run the same command again later; it goes on with the same job",
  });
}

function broken(what: string): SourceBrokenError {
  return new SourceBrokenError(`cxone: ${what}`, { code: "EXTRACTION_FAILED", hint: "run the command again: a new job is submitted" });
}

type Row = Readonly<Record<string, string>>;

/** Column names differ in blanks and punctuation between versions. */
function rowsOf(text: string): Row[] {
  const rows: Row[] = parse(text, {
    bom: true,
    columns: (header: string[]) => header.map((name) => name.trim().replace(/[^A-Za-z0-9]+/g, "_")),
    skip_empty_lines: true,
    relax_column_count: true,
  });
  return rows;
}

const rowSchema = z.record(z.string(), z.string());

/**
 * One line of the file, fresh or from the archive. Self-evaluations, calibrations and unfinished workflows are no scores of
 * work; they are counted as filtered. A file holds whole days, so a line may belong to a later slice: there it changes nothing.
 */
export function evaluationItems(place: string, document: unknown, { pseudonym }: MapContext): SourceItem[] {
  const payload = withoutPeople(document, pseudonym);
  const parsed = rowSchema.safeParse(payload);
  return [parsed.success ? evaluationItem(place, parsed.data, payload) : rejectItem(place, parsed.error, payload)];
}

function evaluationItem(place: string, row: Row, payload: unknown): SourceItem {
  const submittedAt = instantOf(row.Submission_Date ?? null);
  const [score, most] = [milli(row.Score), milli(row.Maximum_Possible_Score)];
  if ((row.Type ?? "Evaluation") !== "Evaluation" || (row.Workflow_Status ?? "Completed") !== "Completed") return filtered(place, payload);
  if (!row.Workflow_ID) return rejected(place, "Workflow_ID", row.Workflow_ID, payload);
  if (submittedAt === null) return rejected(place, "Submission_Date", row.Submission_Date, payload);
  if (score === null || most === null || score > most) return rejected(place, "Score", row.Score, payload);
  const record = {
    ...emptyRecord("evaluation"),
    evaluation_id: row.Workflow_ID,
    interaction_id: row.ACD_ID || null,
    agent_native_id: row.Agent_ID ? `${unitOf(row)}:${row.Agent_ID}` : null,
    form_id: row.Form_Name || null,
    score_milli: score,
    max_score_milli: most,
    evaluated_at: submittedAt,
  };
  return recordItem(place, "evaluation", record, payload);
}

function filtered(place: string, payload: unknown): SourceItem {
  return { kind: "filtered", place, payload: JSON.stringify(payload) };
}

function rejected(place: string, field: string, value: string | undefined, payload: unknown): SourceItem {
  return { kind: "reject", place, reject: { reason: "invalid_field", field, value: value ?? null }, payload: JSON.stringify(payload) };
}

function milli(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,9}(\.\d{1,6})?$/.test(text) ? Math.round(Number(text) * 1_000) : null;
}
