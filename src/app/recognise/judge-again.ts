import type { Recipient } from "../../domain/deliver/message.ts";
import type { Judged } from "../../domain/recognise/plan-awards.ts";
import type { QueryReader } from "../../ports/warehouse.ts";
import { judgeSpec } from "./judge-spec.ts";
import type { DaysAgain, VersionDay } from "./plan-late-days.ts";
import { listWindows, type Spec } from "./plan-windows.ts";
import { type AgentFigures, readFigures } from "./read-figures.ts";

/** An agent with the days to judge; the windows of one are no other's. */
export interface AgentAgain extends DaysAgain {
  readonly agentId: string;
}

export interface JudgedAgain {
  readonly recipient: Recipient;
  /** Of their latest day; null: they have none. */
  readonly zone: string | null;
  /** In the order of their days. */
  readonly days: readonly Judged[];
  readonly awardDays: readonly Judged[];
}

/** What is held at once: so many agents, with a row of figures for each window of any of them. */
const agentsAtOnce = 100;
const windowsPerStatement = 200;

/** Agents that late data name, one after another, each judged by days of their own. Who is nobody to the marts is left out. */
export async function* judgeAgain(
  warehouse: QueryReader,
  agentIds: readonly string[],
  { daysOf, zone }: { readonly daysOf: (agentId: string) => DaysAgain; readonly zone: string },
): AsyncIterable<JudgedAgain> {
  for (let first = 0; first < agentIds.length; first += agentsAtOnce) {
    const agents = agentIds.slice(first, first + agentsAtOnce).map((agentId) => ({ agentId, ...daysOf(agentId) }));
    yield* judgeChunk(warehouse, agents, zone);
  }
}

async function* judgeChunk(warehouse: QueryReader, agents: readonly AgentAgain[], zone: string): AsyncIterable<JudgedAgain> {
  const windows = listWindows();
  const asked = [...new Set(agents.flatMap(({ days, awardDays }) => [...days, ...awardDays]))].toSorted(byDay);
  const specs = new Map(asked.map((day): [VersionDay, Spec] => [day, { ...day, windowNo: windows.numberOf(day.definition, day.asOf) }]));
  const definitions = [...new Set(asked.map(({ definition }) => definition))];
  const figures = new Map<string, AgentFigures[]>();
  for (let first = 0; first < windows.windows.length; first += windowsPerStatement) {
    const part = windows.windows.slice(first, first + windowsPerStatement);
    const ids = agents.map(({ agentId }) => agentId);
    for await (const found of readFigures(warehouse, { windows: part, definitions, zone, agents: ids })) {
      const { agentId } = found.recipient;
      figures.set(agentId, [...(figures.get(agentId) ?? []), found]);
    }
  }
  for (const { agentId, days, awardDays } of agents) {
    const parts = figures.get(agentId);
    const recipient = parts?.at(-1)?.recipient;
    if (parts === undefined || recipient === undefined) continue;
    const judge = (day: VersionDay): Judged[] => {
      const spec = specs.get(day);
      if (spec === undefined) return [];
      const part = parts.find(({ firstWindow: no, agentsThen }) => no <= spec.windowNo && spec.windowNo < no + agentsThen.length);
      return part === undefined ? [] : judgeSpec(spec, part);
    };
    yield {
      recipient,
      zone: parts.flatMap(({ agentsThen }) => agentsThen).findLast((then) => then !== undefined)?.zone ?? null,
      days: days.toSorted(byDay).flatMap(judge),
      awardDays: awardDays.flatMap(judge),
    };
  }
}

function byDay(one: VersionDay, other: VersionDay): number {
  return one.asOf < other.asOf ? -1 : one.asOf > other.asOf ? 1 : 0;
}
