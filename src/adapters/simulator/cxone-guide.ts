import type { CanonicalRecord } from "../../domain/records/record.ts";
import { legsAt, seenAt } from "./centre.ts";
import { dispositionIdOf } from "./cxone-contact.ts";
import { cxoneError } from "./cxone-errors.ts";
import { agentIdOf, businessUnitId, contactIdOf, masterContactIdOf } from "./cxone-ids.ts";
import { type Asked, instantOfText, isoText, json, type Reply, wholeParameter } from "./exchange.ts";
import { cursorText, markOf } from "./genesys-analytics.ts";
import { pageFaults } from "./page-faults.ts";
import { rowsOf, takePage } from "./slice-pages.ts";
import type { SimulatorState } from "./state.ts";

type Json = Readonly<Record<string, unknown>>;

/** `GET /api/v2/reporting/interactions`: flat rows by start time, a page token, and a quality score once there is one. */
export function reportInteractions(state: SimulatorState, asked: Asked): Reply {
  const { query, path, attempt } = asked;
  const { centre, now } = state;
  const [from, to] = [instantOfText(query.get("startDate")), instantOfText(query.get("endDate"))];
  if (from === null || to === null || from >= to) return cxoneError(400, "Invalid DateRange - startDate must be less than endDate");
  const token = query.get("pageToken");
  const mark = markOf(token);
  if (token !== null && (mark === null || state.faults.strikes("expire-cursor", path, `${token} ${attempt}`)))
    return cxoneError(400, "Invalid pageToken - expired");
  const faults = pageFaults(state, asked, `${from}/${to}`);
  const legsOf = (day: number) =>
    centre.conversations(day).flatMap((conversation) => {
      const evaluations = seenAt(conversation.evaluations, now);
      return legsAt(conversation, now).map((leg) => ({
        leg,
        evaluation: evaluations.find(({ agent_native_id }) => agent_native_id === leg.agent_native_id),
      }));
    });
  const rows = rowsOf(
    { from, to },
    { behind: 1, isBackwards: faults.isBackwards, limits: [centre.firstDay, centre.endDay] },
    legsOf,
    ({ leg }) => Number(leg.entered_at) >= from && Number(leg.entered_at) < to,
  );
  const { page, next } = takePage(rows, faults.start(mark), Math.max(1, wholeParameter(query, "pageSize", 500, 5_000)));
  const interactions = faults.rows(
    mark,
    page.map(({ leg, evaluation }) => flat(state, leg, evaluation)),
    (row) => ({ ...row, interactionId: `${row.interactionId}9`, startTime: "soon" }),
  );
  const cursor = faults.next(mark, next);
  return json({ interactions, nextPageToken: cursor === null ? null : cursorText(cursor) });
}

function flat({ centre: { world } }: SimulatorState, leg: CanonicalRecord, evaluation: CanonicalRecord | undefined): Json {
  return {
    interactionId: String(contactIdOf(world, leg)),
    parentInteractionId: String(masterContactIdOf(world, leg)),
    businessUnitId,
    agentId: leg.agent_native_id === null ? null : String(agentIdOf(world, leg.agent_native_id)),
    channel: leg.channel,
    startTime: isoText(Number(leg.entered_at)),
    duration: leg.handle_ms === null ? null : Number(leg.handle_ms) / 1_000,
    disposition: leg.disposition_code === null ? null : String(dispositionIdOf(leg.disposition_code)),
    lastUpdated: isoText(Number(leg.source_updated_at)),
    quality_score: evaluation === undefined ? null : Number(evaluation.score_milli) / 1_000,
    quality_scored_at: evaluation === undefined ? null : isoText(Number(evaluation.evaluated_at)),
  };
}
