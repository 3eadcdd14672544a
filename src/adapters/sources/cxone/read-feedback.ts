import * as z from "zod";
import type { Slice } from "../../../domain/extract/slices.ts";
import { emptyRecord } from "../../../domain/records/record.ts";
import { SourceBusyError } from "../../../errors.ts";
import type { Page } from "../../../ports/platform.ts";
import type { SourceItem } from "../../../ports/source.ts";
import { listOf, recordItem, rejectItem, repeatGuard, unitOf, withUnit } from "./items.ts";
import { fieldValue, textOf, utcText } from "./json.ts";
import type { CxoneContext } from "./platform.ts";

/** Which fields of a tenant's surveys hold what: the vendor has no fixed ones. */
export interface FeedbackFields {
  readonly id: string;
  readonly interaction: string;
  readonly agent: string;
  readonly score: string;
  readonly answeredAt: string;
  readonly scaleMin: number;
  readonly scaleMax: number;
}

const usualPageSize = 100;

/**
 * Answers of a time, page by page. A cursor the platform forgot starts the slice over. The tenant has a quota of rows,
 * told with each page: what is left over is read by a later run.
 */
export async function* readFeedback(
  context: CxoneContext,
  fields: FeedbackFields,
  slice: Slice,
  resume: string | null,
): AsyncIterable<Page> {
  const { businessUnitId } = await context.tenant();
  const guard = repeatGuard("feedback/search");
  const json = {
    conditions: [
      { field: fields.answeredAt, operator: "gte", value: utcText(slice.from) },
      { field: fields.answeredAt, operator: "lt", value: utcText(slice.to) },
    ],
  };
  let cursor = resume;
  for (;;) {
    if (cursor !== null) guard(cursor);
    const query = { limit: String(context.pageSize ?? usualPageSize), ...(cursor === null ? {} : { cursor }) };
    const url = await context.address("/survey-data/v1.0/feedback/search", query);
    const { status, body } = await context.client.send({ method: "POST", url, json, alsoFine: cursor === null ? [] : [400, 410] });
    if (status >= 400) {
      yield* readFeedback(context, fields, slice, null);
      return;
    }
    if (body === null) return;
    const place = `feedback/search ${utcText(slice.from)} ${cursor ?? "first page"}`;
    const rows = listOf(body, "data", place);
    cursor = textOf(body, "nextCursor");
    const items = rows.flatMap((row, number) => feedbackItems(`${place} row ${number}`, keptOf(row, fields, businessUnitId), fields));
    yield { items, resume: cursor };
    if (cursor === null || rows.length === 0) return;
    const left = fieldValue(fieldValue(body, "exportLimit"), "limitRemaining");
    if (left === 0) throw quotaReached(textOf(fieldValue(body, "exportLimit"), "resetAt"));
  }
}

function quotaReached(resetAt: string | null): SourceBusyError {
  return new SourceBusyError(`cxone: the quota of feedback rows is used up${resetAt === null ? "" : ` until ${resetAt}`}`, {
    code: "QUOTA_REACHED",
    hint: "run the same command again after that; it goes on where it stopped",
  });
}

/** What was answered in words may be about anybody: only the fields the config names are kept. */
function keptOf(row: unknown, { id, interaction, agent, score, answeredAt }: FeedbackFields, businessUnitId: string): unknown {
  if (typeof row !== "object" || row === null) return row;
  const kept = [id, interaction, agent, score, answeredAt];
  return withUnit(Object.fromEntries(Object.entries(row).filter(([name]) => kept.includes(name))), businessUnitId);
}

const id = z.union([z.number().int().transform(String), z.string().min(1).max(256)]);
const score = z.union([z.number(), z.string().regex(/^-?\d{1,9}(\.\d{1,6})?$/)]).transform(Number);

/** One answered survey, fresh or from the archive. A survey without a score was not answered in that part: it is filtered. */
export function feedbackItems(place: string, document: unknown, fields: FeedbackFields): SourceItem[] {
  const scored = fieldValue(document, fields.score);
  if (scored === null || scored === "") return [{ kind: "filtered", place, payload: JSON.stringify(document) }];
  const parsed = z
    .object({
      [fields.id]: id,
      [fields.interaction]: id.nullish(),
      [fields.agent]: id.nullish(),
      [fields.score]: score,
      [fields.answeredAt]: z.iso.datetime({ offset: true }),
    })
    .safeParse(document);
  if (!parsed.success) return [rejectItem(place, parsed.error, document)];
  const value = (name: string): unknown => fieldValue(parsed.data, name) ?? null;
  const agentId = value(fields.agent);
  const record = {
    ...emptyRecord("survey"),
    survey_id: String(value(fields.id)),
    interaction_id: value(fields.interaction) === null ? null : String(value(fields.interaction)),
    agent_native_id: agentId === null ? null : `${unitOf(document)}:${agentId}`,
    score_milli: Math.round(Number(value(fields.score)) * 1_000),
    scale_min_milli: Math.round(fields.scaleMin * 1_000),
    scale_max_milli: Math.round(fields.scaleMax * 1_000),
    answered_at: Date.parse(String(value(fields.answeredAt))),
  };
  return [recordItem(place, "survey", record, document)];
}
