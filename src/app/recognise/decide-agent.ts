import type { Recipient } from "../../domain/deliver/message.ts";
import type { Judge } from "../../domain/recognise/judge.ts";
import { measuresInRow } from "../../domain/recognise/measures.ts";
import {
  isUntouched,
  type Judged,
  type Outcome,
  outcomeWithoutAward,
  type PlannedDecision,
  planAwards,
} from "../../domain/recognise/plan-awards.ts";
import { type Mark, verdictIn } from "../../domain/recognise/verdict.ts";
import type { Snapshot } from "../../ports/decision-store.ts";
import type { DecisionWriter } from "./decision-writer.ts";
import type { JudgedAgain } from "./judge-again.ts";
import { judgeOf, judgeSpec } from "./judge-spec.ts";
import { entitlementPlace, type KnownEntries, type KnownEntry } from "./last-entries.ts";
import type { LatePlan, VersionDay } from "./plan-late-days.ts";
import type { Spec } from "./plan-windows.ts";
import type { AgentFigures } from "./read-figures.ts";
import type { Tally } from "./tally.ts";

export interface DeciderOptions {
  /** Oldest day first within each definition. */
  readonly specs: readonly Spec[];
  readonly batches: Snapshot;
  readonly known: KnownEntries;
  readonly late: Pick<LatePlan, "periodOf" | "definitionOf">;
  readonly tally: Tally;
  /** Null: nothing is written. */
  readonly writer: DecisionWriter | null;
  /** The zone of agents who have none. */
  readonly zone: string;
}

/** An award that falls, with the days that were judged: which day carries it instead is decided over all of its period. */
export interface FallenAward {
  readonly award: KnownEntry;
  readonly days: readonly VersionDay[];
}

export interface Decider {
  /** Tonight's days of one agent after the other. */
  tonight(agent: AgentFigures): Promise<void>;
  /** Days that were judged for one agent alone. */
  again(agent: JudgedAgain): Promise<void>;
  /** One entitlement whose award falls, over all days of its period. */
  over(agent: JudgedAgain, award: KnownEntry): Promise<void>;
  /** Left undecided by the two above. */
  readonly fallen: readonly FallenAward[];
}

/** What one agent may get: the days of one milestone in one reset period. */
interface Entitlement {
  readonly definitionId: string;
  readonly place: string;
  readonly specs: readonly Spec[];
  readonly judges: readonly Judge[];
  readonly days: readonly string[];
}

interface JudgedMilestone {
  readonly recipient: Recipient;
  readonly zone: string;
  readonly definitionId: string;
  readonly days: readonly Judged[];
  readonly awardDays: readonly Judged[];
}

/**
 * Decides one agent after the other. What is only counted is told from numbers and has no object: all of a plan but the first entries,
 * which are shown, and what may touch a standing award.
 */
export function prepareDecider(options: DeciderOptions): Decider {
  const { known, batches, late, tally, writer } = options;
  const entitlements = listEntitlements(options.specs);
  const countOnly = prepareCounting(options);
  const fallen: FallenAward[] = [];
  const plan = ({ recipient: { agentId }, definitionId, days, awardDays }: JudgedMilestone) =>
    planAwards({
      definitionId,
      agentId,
      batches,
      days,
      awardDays,
      lastEntry: (periodId) => known.get(agentId)?.get(entitlementPlace(definitionId, periodId)),
      definitionOf: late.definitionOf,
    });
  const keep = async ({ recipient, zone, definitionId }: JudgedMilestone, decisions: readonly PlannedDecision[]) => {
    tally.add(recipient.agentId, definitionId, decisions);
    await writer?.add({ recipient, zone, definitionId, decisions });
  };
  const isWhole = (award: KnownEntry, days: readonly Judged[]) => {
    const judged = new Set(days.map(({ ruleHash, day }) => `${ruleHash} ${day.asOf}`));
    return late.periodOf(award).every(({ ruleHash, asOf }) => judged.has(`${ruleHash} ${asOf}`));
  };
  const decide = async (milestone: JudgedMilestone) => {
    const { recipient, definitionId, days } = milestone;
    const decisions = plan(milestone).filter(({ periodId, entries }) => {
      if (entries[0]?.action !== "reverse") return true;
      const award = known.get(recipient.agentId)?.get(entitlementPlace(definitionId, periodId));
      const ofPeriod = days.filter(({ day }) => day.period.id === periodId);
      if (award === undefined || isWhole(award, ofPeriod)) return true;
      fallen.push({ award, days: ofPeriod.map(({ definition, ruleHash, day }) => ({ definition, ruleHash, asOf: day.asOf })) });
      return false;
    });
    await keep(milestone, decisions);
  };
  const byMilestone = ({ recipient, zone, days, awardDays }: JudgedAgain): JudgedMilestone[] => {
    const daysOf = Map.groupBy(days, ({ definition }) => definition.id);
    const ownDaysOf = Map.groupBy(awardDays, ({ definition }) => definition.id);
    return [...new Set([...daysOf.keys(), ...ownDaysOf.keys()])].map((definitionId) => ({
      recipient,
      zone: zone ?? options.zone,
      definitionId,
      days: daysOf.get(definitionId) ?? [],
      awardDays: ownDaysOf.get(definitionId) ?? [],
    }));
  };
  return {
    fallen,
    async tonight(agent) {
      const zone = agent.agentsThen.findLast((then) => then !== undefined)?.zone ?? options.zone;
      for (const entitlement of entitlements) {
        if (countOnly(agent, entitlement)) continue;
        const { definitionId, specs } = entitlement;
        const days = specs.flatMap((spec) => judgeSpec(spec, agent));
        await decide({ recipient: agent.recipient, zone, definitionId, days, awardDays: [] });
      }
    },
    async again(agent) {
      for (const milestone of byMilestone(agent)) await decide(milestone);
    },
    async over(agent, { definitionId, periodId }) {
      for (const milestone of byMilestone(agent).filter((one) => one.definitionId === definitionId))
        await keep(
          milestone,
          plan(milestone).filter((decision) => decision.periodId === periodId),
        );
    },
  };
}

/** Whether counting was enough, and all of it is counted. */
function prepareCounting({ known, tally, writer }: DeciderOptions): (agent: AgentFigures, entitlement: Entitlement) => boolean {
  const marks: Mark[] = [];
  const outcomeOf = ({ recipient: { agentId } }: AgentFigures, { place, days }: Entitlement): Outcome | null => {
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
