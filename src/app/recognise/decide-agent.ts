import type { Judge } from "../../domain/recognise/judge.ts";
import { measuresInRow } from "../../domain/recognise/measures.ts";
import { isUntouched, type Judged, type Outcome, outcomeWithoutAward, planAwards } from "../../domain/recognise/plan-awards.ts";
import { type Mark, verdictIn } from "../../domain/recognise/verdict.ts";
import type { Snapshot } from "../../ports/decision-store.ts";
import type { DecisionWriter } from "./decision-writer.ts";
import { judgeOf, judgeSpec } from "./judge-spec.ts";
import { entitlementPlace, type KnownEntries } from "./last-entries.ts";
import type { Spec } from "./plan-windows.ts";
import type { AgentFigures } from "./read-figures.ts";
import { placeOf } from "./recheck-awards.ts";
import type { Tally } from "./tally.ts";

export interface DeciderOptions {
  /** Oldest day first within each definition. */
  readonly specs: readonly Spec[];
  readonly batches: Snapshot;
  readonly known: KnownEntries;
  readonly rechecked: ReadonlyMap<string, readonly Judged[]>;
  readonly tally: Tally;
  /** Null: nothing is written. */
  readonly writer: DecisionWriter | null;
  /** The zone of agents who have none. */
  readonly zone: string;
}

/** What one agent may get: the days of one milestone in one reset period. */
interface Entitlement {
  readonly definitionId: string;
  readonly place: string;
  readonly specs: readonly Spec[];
  readonly judges: readonly Judge[];
  readonly days: readonly string[];
}

/**
 * Decides one agent after the other. What is only counted is told from numbers and has no object: all of a plan but the first entries,
 * which are shown, and what may touch a standing award.
 */
export function prepareDecider(options: DeciderOptions): (agent: AgentFigures) => Promise<void> {
  const { known, batches, rechecked, tally, writer } = options;
  const entitlements = listEntitlements(options.specs);
  const countOnly = prepareCounting(options);
  return async (agent) => {
    const { recipient } = agent;
    const { agentId } = recipient;
    const ofAgent = known.get(agentId);
    for (const entitlement of entitlements) {
      if (countOnly(agent, entitlement)) continue;
      const { definitionId, specs, place } = entitlement;
      const decisions = planAwards({
        definitionId,
        agentId,
        batches,
        days: specs.flatMap((spec) => judgeSpec(spec, agent)),
        rechecked: rechecked.get(placeOf(agentId, definitionId)) ?? [],
        lastEntry: () => ofAgent?.get(place),
      });
      tally.add(agentId, definitionId, decisions);
      await writer?.add({
        recipient,
        zone: agent.agentsThen.findLast((then) => then !== undefined)?.zone ?? options.zone,
        definitionId,
        decisions,
      });
    }
  };
}

/** Whether counting was enough, and all of it is counted. */
function prepareCounting({ known, rechecked, tally, writer }: DeciderOptions): (agent: AgentFigures, entitlement: Entitlement) => boolean {
  const marks: Mark[] = [];
  const outcomeOf = ({ recipient: { agentId } }: AgentFigures, { definitionId, place, days }: Entitlement): Outcome | null => {
    if (rechecked.size > 0 && rechecked.has(placeOf(agentId, definitionId))) return null;
    const last = known.get(agentId)?.get(place);
    if (last !== undefined) return isUntouched(last, days) ? "duplicate" : null;
    const outcome = outcomeWithoutAward(marks);
    return outcome === "granted" && tally.showsMore() ? null : outcome;
  };
  return (agent, entitlement) => {
    if (writer !== null) return false;
    marks.length = 0;
    for (const [no, { windowNo }] of entitlement.specs.entries()) {
      const window = windowNo - agent.firstWindow;
      const then = agent.agentsThen[window];
      const judge = entitlement.judges[no];
      if (then !== undefined && judge !== undefined) marks.push(judge.mark(then, agent.rows, window * measuresInRow));
    }
    const latest = marks.at(-1);
    // Nobody on any of these days.
    if (latest === undefined) return true;
    const outcome = outcomeOf(agent, entitlement);
    if (outcome !== null) tally.count(entitlement.definitionId, verdictIn(latest), outcome);
    return outcome !== null;
  };
}

function listEntitlements(specs: readonly Spec[]): Entitlement[] {
  const prepared = specs.map((spec) => ({ spec, judge: judgeOf(spec) }));
  return [...Map.groupBy(prepared, ({ spec }) => spec.definition.id)].flatMap(([definitionId, ofDefinition]) =>
    [...Map.groupBy(ofDefinition, ({ judge }) => judge.period.id)].map(([periodId, ofPeriod]) => ({
      definitionId,
      place: entitlementPlace(definitionId, periodId),
      specs: ofPeriod.map(({ spec }) => spec),
      judges: ofPeriod.map(({ judge }) => judge),
      days: ofPeriod.map(({ spec }) => spec.asOf),
    })),
  );
}
