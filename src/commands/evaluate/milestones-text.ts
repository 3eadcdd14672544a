import type { EvaluationReport } from "../../app/recognise/evaluate-milestones.ts";
import { counted } from "../../domain/counted.ts";
import { outcomes } from "../../domain/recognise/plan-awards.ts";
import { renderTable } from "../table.ts";

const shownChanges = 20;

/** @param changes ledger entries in all; the report lists the first of them. */
export function describeEvaluation(report: EvaluationReport, changes: number, hasHosts: boolean): string {
  const { asOf, since, agents, milestones, totals, isApplied } = report;
  const days = since === null ? `as of ${asOf}` : `from ${since} to ${asOf}`;
  const table = renderTable(
    ["milestone", "met", "not met", "too little data", "out of scope", "granted", "stands", "not final"],
    milestones.map(({ definitionId, verdicts, outcomes: of }) => [
      definitionId,
      verdicts.met,
      verdicts.not_met,
      verdicts.insufficient_data,
      verdicts.out_of_scope,
      of.granted,
      of.duplicate,
      of.suppressed,
    ]),
  );
  return [
    `${counted(agents, "agent")}, ${counted(milestones.length, "milestone")}, ${days}`,
    "",
    table,
    "",
    ...changeLines(report, changes),
    `${totals.input} decided = ${outcomes.map((outcome) => `${totals[outcome]} ${outcome}`).join(" + ")}`,
    isApplied ? "Written, and exported into the warehouse (next: gami dbt build)." : "Nothing is written; --apply writes it.",
    // Messages are written with the awards, for the hosts there are.
    ...(changes === 0 || hasHosts ? [] : ["Nobody is told: a host that is added later is told of later awards only (docs/delivery.md)."]),
  ].join("\n");
}

function changeLines({ changes, entries }: EvaluationReport, all: number): string[] {
  if (all === 0) return [];
  const shown = changes.slice(0, shownChanges);
  const rows = shown.map(({ agentId, definitionId, periodId, action, isAgain, asOf, value, reason }) => [
    isAgain ? "grant again" : action,
    definitionId,
    agentId,
    periodId,
    asOf,
    value ?? "",
    reason,
  ]);
  const left = all - shown.length;
  return [
    `Ledger entries: ${entries.grant} grant, ${entries.again} grant again, ${entries.confirm} confirm, ${entries.reverse} reverse`,
    "",
    renderTable(["entry", "milestone", "agent", "period", "earned on", "value", "reason"], rows),
    ...(left > 0 ? [`and ${left} more; --json lists the first 1000`] : []),
    "",
  ];
}
