import type { MilestoneVerdict } from "../../domain/recognise/judge.ts";
import { type Outcome, outcomes, type PlannedDecision } from "../../domain/recognise/plan-awards.ts";
import { ChecksFailedError } from "../../errors.ts";
import type { Version } from "./plan-windows.ts";

export interface MilestoneCounts {
  readonly definitionId: string;
  readonly name: string;
  /** Live awards, this run's included. */
  readonly verdicts: Readonly<Record<MilestoneVerdict, number>>;
  readonly outcomes: Readonly<Record<Outcome, number>>;
}

/** One entry of the plan, as it is printed. */
export interface PlannedChange {
  readonly agentId: string;
  readonly definitionId: string;
  readonly periodId: string;
  readonly action: "grant" | "confirm" | "reverse";
  readonly isAgain: boolean;
  readonly asOf: string;
  readonly occurredAt: string;
  readonly value: string | null;
  readonly reason: string;
}

export const mostChanges = 1000;

export type Tally = ReturnType<typeof openTally>;

export function openTally(versions: readonly Version[], shown = mostChanges) {
  const noOutcomes = () => ({ granted: 0, no: 0, duplicate: 0, conflict: 0, suppressed: 0, failed: 0 });
  const totals = { input: 0, ...noOutcomes() };
  const entries = { grant: 0, again: 0, confirm: 0, reverse: 0 };
  const changes: PlannedChange[] = [];
  const counts = new Map(
    versions.map(({ definition: { id, name } }) => [
      id,
      { definitionId: id, name, verdicts: { met: 0, not_met: 0, insufficient_data: 0, out_of_scope: 0 }, outcomes: noOutcomes() },
    ]),
  );
  const count = (definitionId: string, verdict: MilestoneVerdict, outcome: Outcome) => {
    totals.input += 1;
    totals[outcome] += 1;
    const ofMilestone = counts.get(definitionId);
    if (ofMilestone === undefined) return;
    ofMilestone.verdicts[verdict] += 1;
    ofMilestone.outcomes[outcome] += 1;
  };
  return {
    /** Whether one more entry would be shown. */
    showsMore: () => changes.length < shown,
    /** A decision nobody is shown; what is granted is a first grant. */
    count(definitionId: string, verdict: MilestoneVerdict, outcome: Outcome) {
      count(definitionId, verdict, outcome);
      if (outcome === "granted") entries.grant += 1;
    },
    add(agentId: string, definitionId: string, decisions: readonly PlannedDecision[]) {
      for (const { periodId, verdict, outcome, entries: planned } of decisions) {
        count(definitionId, verdict, outcome);
        for (const { action, isAgain, occurredAt, evidence, reason } of planned) {
          entries[isAgain ? "again" : action] += 1;
          if (changes.length >= shown) continue;
          const { asOf, value } = evidence;
          changes.push({
            agentId,
            definitionId,
            periodId,
            action,
            isAgain,
            asOf,
            occurredAt: new Date(occurredAt).toISOString(),
            value,
            reason,
          });
        }
      }
    },
    result() {
      const parts = outcomes.reduce((sum, outcome) => sum + totals[outcome], 0);
      if (parts !== totals.input) {
        throw new ChecksFailedError(`the control totals do not add up: ${totals.input} decided, ${parts} accounted for`, {
          code: "TOTALS",
          hint: "report this with the output of the same command and --json",
        });
      }
      return { totals, entries, changes, milestones: [...counts.values()] };
    },
  };
}
