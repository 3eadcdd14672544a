import { datesBetween } from "../../domain/calendar.ts";
import { type AwardsCompared, compareAwards, type WouldBe, wouldBe } from "../../domain/recognise/compare-awards.ts";
import { isInForce, type MilestoneDefinition, ruleHashOf } from "../../domain/recognise/definition.ts";
import { planAwards } from "../../domain/recognise/plan-awards.ts";
import { StoppedError } from "../../errors.ts";
import type { Output } from "../../ports/output.ts";
import type { QueryReader } from "../../ports/warehouse.ts";
import { dayToDecide } from "./evaluate-milestones.ts";
import { judgeSpec } from "./judge-spec.ts";
import { listWindows, type Spec } from "./plan-windows.ts";
import { type AgentFigures, readFigures } from "./read-figures.ts";
import { readMarts } from "./read-marts.ts";

export interface DiffRequest {
  readonly before: readonly MilestoneDefinition[];
  readonly after: readonly MilestoneDefinition[];
  readonly from: string;
  /** Null: the last final day. */
  readonly to: string | null;
  readonly zone: string;
  readonly signal: AbortSignal;
}

export interface DiffReport extends AwardsCompared {
  readonly from: string;
  readonly to: string;
  readonly agents: number;
}

/**
 * What two sets of definitions would have given over the same days of the same marts, each as if nothing had been awarded before.
 * Reads the marts only: neither the ledger nor anything in it matters, and nothing is written.
 */
export async function diffDefinitions(
  { warehouse, output }: { readonly warehouse: QueryReader; readonly output: Output },
  { before, after, from, to: asked, zone, signal }: DiffRequest,
): Promise<DiffReport> {
  const marts = await readMarts(warehouse);
  const to = dayToDecide({ asOf: asked, since: from }, marts);
  const windows = listWindows();
  const days = datesBetween(from, to);
  const specsOf = (definitions: readonly MilestoneDefinition[]) =>
    Map.groupBy(
      days.flatMap((asOf) =>
        definitions
          .filter((definition) => isInForce(definition, asOf))
          .map(
            (definition): Spec => ({ definition, ruleHash: ruleHashOf(definition), asOf, windowNo: windows.numberOf(definition, asOf) }),
          ),
      ),
      ({ definition }) => definition.id,
    );
  const sides = [specsOf(before), specsOf(after)] as const;
  const awards: readonly [WouldBe[], WouldBe[]] = [[], []];
  let agents = 0;
  for await (const agent of readFigures(warehouse, { windows: windows.windows, definitions: [...before, ...after], zone })) {
    if (signal.aborted && signal.reason instanceof StoppedError) throw signal.reason;
    agents += 1;
    if (agents % 500 === 0) output.progress(`${agents} agents compared`);
    for (const side of [0, 1] as const) awards[side].push(...awardsOf(agent, sides[side]));
  }
  output.progressDone();
  return { from, to, agents, ...compareAwards(awards[0], awards[1], to) };
}

function awardsOf(agent: AgentFigures, specs: ReadonlyMap<string, readonly Spec[]>): WouldBe[] {
  const { agentId } = agent.recipient;
  return [...specs].flatMap(([definitionId, ofDefinition]) =>
    planAwards({
      definitionId,
      agentId,
      batches: {},
      days: ofDefinition.flatMap((spec) => judgeSpec(spec, agent)),
      awardDays: [],
      lastEntry: () => undefined,
      definitionOf: () => undefined,
    }).flatMap(({ entries }) => entries.map((entry) => wouldBe(agentId, entry))),
  );
}
