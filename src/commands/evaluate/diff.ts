import { type DiffReport, diffDefinitions } from "../../app/recognise/diff-definitions.ts";
import { readMilestones, requireMilestones } from "../../config/milestones/read.ts";
import type { AwardChange } from "../../domain/recognise/compare-awards.ts";
import { milliText } from "../../domain/recognise/definition.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { renderTable } from "../table.ts";

export interface DiffInput {
  readonly from: string;
  readonly to?: string;
  readonly failOn: "nothing" | "losses" | "any";
}

const shownChanges = 20;

/** `gami evaluate diff`: what a changed file would have given, before it decides anything. */
export async function run(
  { deps, signal }: CommandContext,
  places: readonly [old: string, fresh: string],
  input: DiffInput,
): Promise<CommandResult> {
  const [before, after] = [requireMilestones(readMilestones([places[0]])), requireMilestones(readMilestones([places[1]]))];
  const { config, output } = deps;
  const report = await diffDefinitions(
    { warehouse: await deps.warehouse(), output },
    { before, after, from: input.from, to: input.to ?? null, zone: config.organisation.zone, signal },
  );
  const counts = countsOf(report.changes);
  const isRefused = (input.failOn === "any" && report.changes.length > 0) || (input.failOn === "losses" && counts.lose > 0);
  const { currency } = config.finance;
  return {
    exitCode: isRefused ? exitCodes.checksFailed : exitCodes.done,
    status: isRefused ? "checks_failed" : report.changes.length === 0 ? "nothing_to_do" : "done",
    json: { ...report, cost: milliText(report.costMilli), currency, counts },
    text: describe(report, currency),
  };
}

function countsOf(changes: readonly AwardChange[]) {
  const count = (kind: AwardChange["kind"]) => changes.filter((change) => change.kind === kind).length;
  return { gain: count("gain"), lose: count("lose"), earlier: count("earlier"), later: count("later") };
}

function describe(report: DiffReport, currency: string): string {
  const { from, to, agents, before, after, changes, tierMoves, costMilli } = report;
  const ids = [...new Set(changes.map(({ definitionId }) => definitionId))].toSorted();
  const rows = ids.map((id) => {
    const { gain, lose, earlier, later } = countsOf(changes.filter(({ definitionId }) => definitionId === id));
    return [id, gain, lose, earlier, later];
  });
  const worstFirst = ["lose", "gain", "later", "earlier"] as const;
  const ordered = worstFirst.flatMap((kind) => changes.filter((change) => change.kind === kind));
  const shown = ordered.slice(0, shownChanges).map(({ kind, agentId, definitionId, periodId, before: old, after: fresh }) => {
    return [kind, definitionId, agentId, periodId, old?.asOf ?? "", fresh?.asOf ?? "", (fresh ?? old)?.value ?? ""];
  });
  const left = changes.length - shown.length;
  return [
    `${agents} agents, ${from} to ${to}: ${before} awards before, ${after} after`,
    ...(changes.length === 0 ? ["Nobody would gain or lose anything."] : []),
    ...(changes.length === 0 ? [] : ["", renderTable(["milestone", "gain", "lose", "earlier", "later"], rows)]),
    ...(changes.length === 0 ? [] : ["", renderTable(["change", "milestone", "agent", "period", "before", "after", "value"], shown)]),
    ...(left > 0 ? [`and ${left} more; --json lists all`] : []),
    ...tierMoves.map(
      ({ from: old, to: fresh, agents: moved }) => `Best tier at the end: ${old ?? "none"} -> ${fresh ?? "none"}: ${moved} agents`,
    ),
    ...(costMilli === 0 ? [] : [`Cost: ${milliText(Math.abs(costMilli))} ${currency} ${costMilli > 0 ? "more" : "less"}`]),
  ].join("\n");
}
