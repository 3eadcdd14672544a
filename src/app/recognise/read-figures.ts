import { addDays } from "../../domain/calendar.ts";
import type { Recipient } from "../../domain/deliver/message.ts";
import type { MilestoneDefinition } from "../../domain/recognise/definition.ts";
import type { AgentThen, Measures } from "../../domain/recognise/judge.ts";
import type { SumName } from "../../domain/recognise/metrics.ts";
import { prepareOffsetAt } from "../../domain/zone-offsets/zone-offsets.ts";
import type { QueryReader, Row } from "../../ports/warehouse.ts";
import { count, numberOrNull, text, textOrNull } from "../roi/row-values.ts";
import { compileEvaluation, type EvaluationWindow } from "./evaluation-sql.ts";

/** What one agent did in one window, and who they were on its last day. */
export interface Figures {
  readonly windowNo: number;
  readonly agent: AgentThen;
  readonly measures: Measures;
}

/** One agent with all their windows: the statement brings them one after another. */
export interface AgentFigures {
  readonly recipient: Recipient;
  readonly figures: readonly Figures[];
}

export interface FiguresRequest {
  readonly windows: readonly EvaluationWindow[];
  readonly definitions: readonly MilestoneDefinition[];
  /** The zone of agents who have none, and their sources neither. */
  readonly zone: string;
}

/** One statement, read an agent at a time: what is held at once does not grow with the roster or with history. */
export async function* readFigures(warehouse: QueryReader, { windows, definitions, zone }: FiguresRequest): AsyncIterable<AgentFigures> {
  if (windows.length === 0) return;
  const { sql, values, sums } = compileEvaluation(windows, definitions);
  const endOfDay = prepareEndOfDay();
  const asOf = new Map(windows.map((window) => [window.no, window.asOf]));
  let recipient: Recipient | null = null;
  let figures: Figures[] = [];
  for await (const rows of warehouse.stream(sql, values)) {
    for (const row of rows) {
      const agentId = text(row, "agent_id");
      if (recipient !== null && recipient.agentId !== agentId) {
        yield { recipient, figures };
        figures = [];
      }
      if (recipient === null || recipient.agentId !== agentId) {
        recipient = { agentId, source: text(row, "source"), nativeId: text(row, "agent_native_id") };
      }
      const windowNo = count(row, "window_no");
      const day = asOf.get(windowNo) ?? "";
      figures.push({ windowNo, agent: agentOf(row, agentId, day, { zone, endOfDay }), measures: measuresOf(row, sums) });
    }
  }
  if (recipient !== null) yield { recipient, figures };
}

type EndOfDay = (zone: string, date: string) => number;

function agentOf(row: Row, agentId: string, asOf: string, { zone, endOfDay }: { zone: string; endOfDay: EndOfDay }): AgentThen {
  const ownZone = textOrNull(row, "zone") ?? zone;
  const shiftEndsAt = textOrNull(row, "shift_ends_at");
  return {
    agentId,
    isEmployed: row.is_employed === true,
    site: textOrNull(row, "site"),
    teamId: textOrNull(row, "team_id"),
    teamName: textOrNull(row, "team_name"),
    role: textOrNull(row, "role"),
    employment: textOrNull(row, "employment"),
    zone: ownZone,
    evaluatedAt: shiftEndsAt === null ? endOfDay(ownZone, asOf) : Date.parse(shiftEndsAt),
  };
}

function measuresOf(row: Row, names: readonly SumName[]): Measures {
  const sums: Record<SumName, number | null> = { ...nothing };
  for (const name of names) sums[name] = numberOrNull(row, name);
  return {
    sums,
    openDays: { handle: count(row, "open_handle_days"), quality: count(row, "open_quality_days") },
    days: count(row, "days_on_roster"),
  };
}

const nothing: Readonly<Record<SumName, null>> = {
  handle_ms: null,
  handle_count: null,
  interactions: null,
  quality_sum_milli: null,
  quality_count: null,
  csat_sum_milli: null,
  csat_count: null,
  adherent_ms: null,
  scheduled_ms: null,
  points_milli: null,
  engagement_sum_ppm: null,
  engagement_days: null,
  active_days: null,
  longest_run: null,
  longest_shift_run: null,
};

/** The instant at which a local day ends, by the IANA rules; asked once per zone and day. */
export function prepareEndOfDay(): EndOfDay {
  const offsets = new Map<string, (instant: number) => number>();
  const known = new Map<string, number>();
  return (zone, date) => {
    const asked = `${zone} ${date}`;
    const found = known.get(asked);
    if (found !== undefined) return found;
    const offsetAt = offsets.get(zone) ?? prepareOffsetAt(zone);
    offsets.set(zone, offsetAt);
    const wall = Date.parse(`${addDays(date, 1)}T00:00:00Z`);
    // The offset before a change of clocks may be another one: asked again at the answer, it is that instant's own.
    const guess = wall - offsetAt(wall) * 1000;
    const instant = wall - offsetAt(guess) * 1000;
    known.set(asked, instant);
    return instant;
  };
}
