import { addDays, dateOfDay } from "../../domain/calendar.ts";
import type { Snapshot } from "../../ports/decision-store.ts";
import type { QueryReader } from "../../ports/warehouse.ts";
import { dateOrNull, text, textOrNull } from "../roi/row-values.ts";
import { finalDaysIn, lastDayOf, type MartsSnapshot } from "./read-marts.ts";
import { recogniseSql } from "./recognise-sql.ts";

/** What of somebody's days a stream may change: what looks at nothing of the kind is as it was. */
export type ChangeKind = "figures" | "scores" | "queues";

/** Days that something which came in touched, half-open. */
export interface Stretch {
  readonly from: string;
  readonly until: string;
  readonly of: ChangeKind;
}

/** What the batches since a snapshot touched. Grows with agents and streams, never with history. */
export interface Changes {
  /** Of everybody, whoever they are. */
  readonly everybody: readonly Stretch[];
  readonly ofAgents: ReadonlyMap<string, readonly Stretch[]>;
}

export const noChanges: Changes = { everybody: [], ofAgents: new Map() };

/** No figure that is decided on comes of them. */
const otherStreams = /\.(badge|challenge|challenge_status|cost|enrolment)$/;

export async function readChanges(
  warehouse: QueryReader,
  before: Snapshot,
  { snapshot: now, finalDays }: Pick<MartsSnapshot, "snapshot" | "finalDays">,
): Promise<Changes> {
  const everybody: Stretch[] = [];
  const ofAgents = new Map<string, Stretch[]>();
  for (const [stream, seq] of Object.entries(now)) {
    const after = before[stream] ?? 0;
    if (after >= seq || otherStreams.test(stream)) continue;
    const kind = kindOf(stream);
    for (const row of await warehouse.rows(recogniseSql(kind === "scores" ? "score-changes" : "changes"), [stream, after])) {
      const agentId = textOrNull(row, "agent_id");
      const stretch = { ...stretchOf(dateOrNull(row, "from_date"), dateOrNull(row, "to_date")), of: kind };
      if (agentId !== null) ofAgents.set(agentId, [...(ofAgents.get(agentId) ?? []), stretch]);
      // An interaction or a shift of nobody is nobody's; a setting, a zone, a queue is everybody's.
      else if (kind !== "figures" || stream.startsWith("gami.")) everybody.push(stretch);
    }
  }
  for (const { source, stretches } of finalSince(before, finalDays)) {
    for (const row of await warehouse.rows(recogniseSql("agents-of-source"), [source])) {
      const agentId = text(row, "agent_id");
      ofAgents.set(agentId, [...(ofAgents.get(agentId) ?? []), ...stretches]);
    }
  }
  return { everybody, ofAgents };
}

/** A score is final so many days later than what it judges (T38). */
const scoresSettle = 2;

/**
 * What was open when it was decided may be final by now, and nothing of it came in: the days of a source that comes later than others.
 * A source that keeps up is not among them, for its days are decided when they are final.
 */
function finalSince(
  before: Snapshot,
  finalDays: ReadonlyMap<string, number>,
): { readonly source: string; readonly stretches: Stretch[] }[] {
  const lastDay = lastDayOf(before) ?? 0;
  return [...finalDaysIn(before)].flatMap(([source, day]) => {
    const until = (finalDays.get(source) ?? day) + 1;
    if (day >= lastDay || day + 1 >= until) return [];
    const stretch = (of: ChangeKind, late: number) => ({ from: dateOfDay(day + 1 - late), until: dateOfDay(until), of });
    return [{ source, stretches: [stretch("figures", 0), stretch("scores", scoresSettle)] }];
  });
}

function kindOf(stream: string): ChangeKind {
  if (/\.(evaluation|survey)$/.test(stream)) return "scores";
  return stream.endsWith(".queue") ? "queues" : "figures";
}

const always = { from: "0000-01-01", until: "9999-12-31" };

/** A day to each side, since the zone in force may have been any. */
function stretchOf(from: string | null, to: string | null): Pick<Stretch, "from" | "until"> {
  return {
    from: from === null || from < "1901" ? always.from : addDays(from, -1),
    until: to === null || to > "9000" ? always.until : addDays(to, 2),
  };
}
