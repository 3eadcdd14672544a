import * as z from "zod";
import type { Slice } from "../../../domain/extract/slices.ts";
import { emptyRecord } from "../../../domain/records/record.ts";
import type { Page } from "../../../ports/platform.ts";
import type { SourceItem } from "../../../ports/source.ts";
import { listOf, recordItem, rejectItem, repeatGuard, withUnit } from "./items.ts";
import { textOf, utcText } from "./json.ts";
import type { CxoneContext, MapContext } from "./platform.ts";

const id = z.union([z.number().int().transform(String), z.string().min(1).max(256)]);
const interactionSchema = z.object({
  interactionId: id,
  parentInteractionId: id.nullish(),
  businessUnitId: id.nullish(),
  agentId: id.nullish(),
  channel: z.string().nullish(),
  startTime: z.iso.datetime({ offset: true }),
  duration: z.coerce.number().min(0).nullish(),
  disposition: id.nullish(),
  lastUpdated: z.iso.datetime({ offset: true }).nullish(),
  quality_score: z.coerce.number().min(0).max(100).nullish(),
  quality_scored_at: z.iso.datetime({ offset: true }).nullish(),
});
type Interaction = z.infer<typeof interactionSchema>;

const usualPageSize = 500;

/** The guides' report. Its page token is valid in the slice it came from; one the platform forgot starts the slice over. */
export async function* readGuideInteractions(context: CxoneContext, slice: Slice, resume: string | null): AsyncIterable<Page> {
  const { businessUnitId } = await context.tenant();
  const guard = repeatGuard("reporting/interactions");
  let token = resume;
  let isFirst = true;
  for (;;) {
    if (token !== null) guard(token);
    const query = { startDate: utcText(slice.from), endDate: utcText(slice.to), pageSize: String(context.pageSize ?? usualPageSize) };
    const url = await context.address("/api/v2/reporting/interactions", { ...query, ...(token === null ? {} : { pageToken: token }) });
    const { status, body } = await context.client.send({ method: "GET", url, alsoFine: token === null ? [] : [400, 410] });
    if (status >= 400) {
      yield* readGuideInteractions(context, slice, null);
      return;
    }
    if (body === null) return;
    const place = `reporting/interactions ${utcText(slice.from)} ${token ?? "first page"}`;
    const rows = listOf(body, "interactions", place);
    token = textOf(body, "nextPageToken");
    yield {
      items: rows.flatMap((row, number) => interactionItems(`${place} row ${number}`, withUnit(row, businessUnitId), context)),
      resume: token,
    };
    if (token === null || (rows.length === 0 && !isFirst)) return;
    isFirst = false;
  }
}

/** One row of the report, fresh or from the archive; it may say its business unit itself. */
export function interactionItems(place: string, row: unknown, { drift }: MapContext): SourceItem[] {
  drift.see("interactions", interactionSchema, row);
  const parsed = interactionSchema.safeParse(row);
  if (!parsed.success) return [rejectItem(place, parsed.error, row)];
  const interaction = parsed.data;
  const agentId = interaction.agentId ?? null;
  const agentNativeId = agentId === null ? null : `${interaction.businessUnitId ?? ""}:${agentId}`;
  const items = [recordItem(place, "interaction", interactionOf(interaction, agentNativeId), row)];
  const evaluation = evaluationOf(interaction, agentNativeId);
  return evaluation === null ? items : [...items, recordItem(`${place} quality`, "evaluation", evaluation, row)];
}

/** `duration` is the handle time; its parts are not told, so they stay unknown. */
function interactionOf(interaction: Interaction, agentNativeId: string | null) {
  const { duration, lastUpdated } = interaction;
  return {
    ...emptyRecord("interaction"),
    interaction_id: interaction.interactionId,
    agent_native_id: agentNativeId,
    segment_id: "0",
    conversation_id: interaction.parentInteractionId ?? interaction.interactionId,
    channel: interaction.channel ?? null,
    entered_at: Date.parse(interaction.startTime),
    handle_ms: duration === null || duration === undefined ? null : Math.round(duration * 1_000),
    outcome: agentNativeId === null ? null : "answered",
    disposition_code: interaction.disposition ?? null,
    source_updated_at: lastUpdated === null || lastUpdated === undefined ? null : Date.parse(lastUpdated),
  };
}

/** The score has no id of its own: there is one per interaction. */
function evaluationOf({ interactionId, quality_score, quality_scored_at }: Interaction, agentNativeId: string | null) {
  if (quality_score === null || quality_score === undefined) return null;
  return {
    ...emptyRecord("evaluation"),
    evaluation_id: `quality:${interactionId}`,
    interaction_id: interactionId,
    agent_native_id: agentNativeId,
    score_milli: Math.round(quality_score * 1_000),
    max_score_milli: 100_000,
    evaluated_at: quality_scored_at === null || quality_scored_at === undefined ? null : Date.parse(quality_scored_at),
  };
}
