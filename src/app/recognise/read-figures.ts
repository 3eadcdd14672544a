import { addDays } from "../../domain/calendar.ts";
import type { Recipient } from "../../domain/deliver/message.ts";
import type { MilestoneDefinition } from "../../domain/recognise/definition.ts";
import type { AgentThen } from "../../domain/recognise/judge.ts";
import { measuresInRow, placeInRow } from "../../domain/recognise/measures.ts";
import { firstShown, type OffsetAt, prepareOffsetAt, readClocks } from "../../domain/zone.ts";
import type { ColumnChunk, QueryReader } from "../../ports/warehouse.ts";
import { compileEvaluation, type EvaluationWindow } from "./evaluation-sql.ts";

/** One agent with all their windows: the statement brings them one after another. */
export interface AgentFigures {
  readonly recipient: Recipient;
  /** The number of the first window; all that follows is in the order of the windows. */
  readonly firstWindow: number;
  /** Who they were on a window's last day; undefined where they were nobody. */
  readonly agentsThen: readonly (AgentThen | undefined)[];
  /** A row of measures for each window. */
  readonly rows: Float64Array;
}

export interface FiguresRequest {
  readonly windows: readonly EvaluationWindow[];
  readonly definitions: readonly MilestoneDefinition[];
  /** The zone of agents who have none, and their sources neither. */
  readonly zone: string;
  /** Left out: the whole roster. */
  readonly agents?: readonly string[];
}

/**
 * One statement, read an agent at a time: what is held at once does not grow with the roster or with history. Its numbers go from
 * the engine's columns into rows of numbers; who somebody was is read once per day.
 */
export async function* readFigures(
  warehouse: QueryReader,
  { windows, definitions, zone, agents }: FiguresRequest,
): AsyncIterable<AgentFigures> {
  const [first] = windows;
  if (first === undefined) return;
  const { sql, values, sums } = compileEvaluation(windows, definitions, agents);
  const endOfDay = prepareEndOfDay();
  const measures = [...sums, "open_handle_days", "open_quality_days", "days_on_roster"] as const;
  const days = windows.map(({ asOf }) => asOf);
  let agent: ReadAgent | null = null;
  for await (const chunk of warehouse.columns(sql, values)) {
    const windowNos = chunk.numbers("window_no");
    const columns = measures.map((name) => ({ place: placeInRow(name), numbers: chunk.numbers(name) }));
    for (let row = 0; row < chunk.rowCount; row++) {
      const window = (windowNos[row] ?? 0) - first.no;
      const day = days[window] ?? "";
      // Windows come in the order of their numbers: another agent begins where that falls back, or with another day.
      if (agent === null || window <= agent.last || day !== agent.day) {
        const agentId = String(chunk.value("agent_id", row));
        if (agent !== null && agent.recipient.agentId !== agentId) yield agent;
        if (agent === null || agent.recipient.agentId !== agentId) agent = beginAgent(recipientOf(chunk, row, agentId), windows);
        agent.day = day;
        agent.agentThen = agentOf(chunk, row, { agentId, day, zone, endOfDay });
      }
      agent.last = window;
      agent.agentsThen[window] = agent.agentThen;
      for (const { place, numbers } of columns) agent.rows[window * measuresInRow + place] = numbers[row] ?? Number.NaN;
    }
  }
  if (agent !== null) yield agent;
}

/** While their rows are read. */
interface ReadAgent extends AgentFigures {
  readonly agentsThen: (AgentThen | undefined)[];
  last: number;
  day: string;
  agentThen: AgentThen | undefined;
}

function beginAgent(recipient: Recipient, windows: readonly EvaluationWindow[]): ReadAgent {
  return {
    recipient,
    firstWindow: windows[0]?.no ?? 0,
    agentsThen: new Array(windows.length).fill(undefined),
    rows: new Float64Array(windows.length * measuresInRow).fill(Number.NaN),
    last: -1,
    day: "",
    agentThen: undefined,
  };
}

type EndOfDay = (zone: string, date: string) => number;

interface AgentContext {
  readonly agentId: string;
  readonly day: string;
  readonly zone: string;
  readonly endOfDay: EndOfDay;
}

function recipientOf(chunk: ColumnChunk, row: number, agentId: string): Recipient {
  return { agentId, source: String(chunk.value("source", row)), nativeId: String(chunk.value("agent_native_id", row)) };
}

function agentOf(chunk: ColumnChunk, row: number, { agentId, day, zone, endOfDay }: AgentContext): AgentThen {
  const found = (column: string) => {
    const value = chunk.value(column, row);
    return value === null ? null : String(value);
  };
  const ownZone = found("zone") ?? zone;
  const shiftEndsAt = found("shift_ends_at");
  return {
    agentId,
    isEmployed: chunk.value("is_employed", row) === true,
    site: found("site"),
    teamId: found("team_id"),
    teamName: found("team_name"),
    role: found("role"),
    employment: found("employment"),
    zone: ownZone,
    evaluatedAt: shiftEndsAt === null ? endOfDay(ownZone, day) : Date.parse(shiftEndsAt),
  };
}

/** The instant at which a local day ends, by the IANA rules; asked once per zone and day. */
export function prepareEndOfDay(): EndOfDay {
  const offsets = new Map<string, OffsetAt>();
  const known = new Map<string, number>();
  return (zone, date) => {
    const asked = `${zone} ${date}`;
    const found = known.get(asked);
    if (found !== undefined) return found;
    const offsetAt = offsets.get(zone) ?? prepareOffsetAt(zone);
    offsets.set(zone, offsetAt);
    // Where clocks skip midnight, the next day begins after the gap.
    const instant = firstShown(readClocks(offsetAt, Date.parse(`${addDays(date, 1)}T00:00:00Z`)));
    known.set(asked, instant);
    return instant;
  };
}
