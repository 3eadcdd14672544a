import { seenAt } from "./centre.ts";
import { agentIdOf, contactIdOf } from "./cxone-ids.ts";
import { legOf } from "./cxone-reports.ts";
import { type Asked, instantOfText, isoText, json, type Reply, wholeParameter } from "./exchange.ts";
import { cursorText, markOf } from "./genesys-analytics.ts";
import { pageFaults } from "./page-faults.ts";
import { rowsOf, takePage } from "./slice-pages.ts";
import type { SimulatorState } from "./state.ts";

const refused = (details: string): Reply => ({ status: 400, json: { code: "BAD_REQUEST", errors: [details] } });

/** `POST /survey-data/v1.0/feedback/search`: answered surveys of a time, in the fields this tenant chose for them. */
export function searchFeedback(state: SimulatorState, asked: Asked): Reply {
  const { query, path, attempt, body } = asked;
  const { centre, now } = state;
  const [from, to] = [instantOfText(conditionOf(body, "gte")), instantOfText(conditionOf(body, "lt"))];
  if (from === null || to === null || from >= to) return refused("conditions: expected completedDate gte and lt");
  const cursor = query.get("cursor");
  const mark = markOf(cursor);
  if (cursor !== null && (mark === null || state.faults.strikes("expire-cursor", path, `${cursor} ${attempt}`)))
    return refused("cursor: invalid or expired");
  const faults = pageFaults(state, asked, `${from}/${to}`);
  const rows = rowsOf(
    { from, to },
    { isBackwards: faults.isBackwards, limits: [centre.firstDay, centre.endDay] },
    (day) => seenAt(centre.rows("survey", day), now),
    ({ answered_at }) => Number(answered_at) >= from && Number(answered_at) < to,
  );
  const { page, next } = takePage(rows, faults.start(mark), Math.max(1, wholeParameter(query, "limit", 100, 1_000)));
  const answered = page.map((record) => ({
    feedbackId: record.survey_id,
    contactId: contactIdOf(centre.world, legOf(record)),
    agentId: agentIdOf(centre.world, record.agent_native_id),
    csat: Number(record.score_milli) / 1_000,
    completedDate: isoText(Number(record.answered_at)),
    respondentEmail: "customer@example.com",
    comment: "Ask for Erika Example at +15555550100",
  }));
  const data = faults.rows(mark, answered, (row) => ({ ...row, feedbackId: `${row.feedbackId}9`, completedDate: "soon" }));
  const after = faults.next(mark, next);
  const exportLimit = { limitRemaining: 1_000_000, resetAt: isoText(now) };
  return json({ links: {}, warnings: [], exportLimit, data, nextCursor: after === null ? null : cursorText(after) });
}

function conditionOf(body: unknown, operator: string): string | null {
  if (typeof body !== "object" || body === null || !("conditions" in body) || !Array.isArray(body.conditions)) return null;
  const found: unknown = body.conditions.find((one: unknown) => {
    return typeof one === "object" && one !== null && "operator" in one && one.operator === operator;
  });
  const isOfTime = typeof found === "object" && found !== null && "field" in found && found.field === "completedDate";
  return isOfTime && "value" in found && typeof found.value === "string" ? found.value : null;
}
