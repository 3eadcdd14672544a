import type { ExplainedPeriod, ExplainedVerdict, Explanation } from "../../app/recognise/explain.ts";
import { definitionText } from "../../domain/recognise/definition.ts";
import type { Evidence } from "../../domain/recognise/evidence.ts";
import { renderTable } from "../table.ts";

const verdictWords: Readonly<Record<string, string>> = {
  met: "met",
  not_met: "not met",
  insufficient_data: "too little data",
  out_of_scope: "out of scope",
};

/** Why the goal is or is not met, period by period, the latest first. */
export function milestoneText(explanation: Explanation): string {
  return [head(explanation), ...explanation.periods.map((period) => verdictPart(explanation, period))].join("\n\n");
}

/** What the ledger says, entry by entry; where nothing was ever granted, why not. */
export function awardText(explanation: Explanation): string {
  return [head(explanation), ...explanation.periods.map((period) => awardPart(explanation, period))].join("\n\n");
}

function head({ definitionId, agentId, at }: Explanation): string {
  return `${definitionId}, agent ${agentId}${at === null ? "" : `, as it stood on ${at}`}`;
}

function verdictPart(explanation: Explanation, period: ExplainedPeriod): string {
  const { periodId, verdict, earlier, isAwarded, entries } = period;
  const none = explanation.at === null ? "not awarded" : "not awarded by then";
  const award = isAwarded ? "awarded" : entries.length > 0 ? "awarded once, and reversed" : none;
  if (verdict === null) return `${periodId}: ${award}; no verdict is stored from so far back`;
  const state = verdict.commitState === "final" ? "" : ", not final yet";
  return [
    `${periodId}: ${verdictWords[verdict.verdict] ?? verdict.verdict}${state}, ${stretchOf(verdict)}; ${award}`,
    evidenceText(explanation, verdict),
    ...earlier.toReversed().map((one) => `Before: ${verdictWords[one.verdict] ?? one.verdict}, ${stretchOf(one)}`),
  ].join("\n");
}

function awardPart(explanation: Explanation, period: ExplainedPeriod): string {
  const { periodId, entries, isAwarded } = period;
  const last = entries.at(-1);
  if (last === undefined) return verdictPart(explanation, period);
  const rows = entries.map(({ entryNo, action, earnedAt, postedAt, evidence, reason }) => [
    entryNo,
    action,
    earnedAt,
    postedAt,
    evidence.value ?? "",
    reason,
  ]);
  return [
    `${periodId}: ${isAwarded ? "awarded" : "awarded once, and reversed"}`,
    renderTable(["entry", "what", "earned at", "posted at", "value", "reason"], rows),
    "",
    evidenceText(explanation, last),
  ].join("\n");
}

function stretchOf({ since, until, decidedAsOf }: ExplainedVerdict): string {
  return `since ${since}${until === null ? "" : ` until ${until}`}, last decided as of ${decidedAsOf}`;
}

function evidenceText(
  { definitions }: Explanation,
  { evidence, ruleHash }: { readonly evidence: Evidence; readonly ruleHash: string },
): string {
  const definition = definitions[ruleHash];
  const { window, value, n, daysUsed, openDays, conditions, batches } = evidence;
  const rows = conditions.map(({ pass, text, value: found, missing }) => [
    pass === null ? "unknown" : pass ? "pass" : "fail",
    text,
    found ?? "",
    missing ?? "",
  ]);
  return [
    ...(definition === undefined ? [] : [`${definition.name}: ${definitionText(definition)}; definition ${ruleHash.slice(0, 12)}`]),
    `Window ${window}: value ${value ?? "unknown"}, n ${n}, ${daysUsed} days used${openDays > 0 ? `, ${openDays} days still open` : ""}`,
    renderTable(["", "condition", "value", "the smallest change that would have met it"], rows),
    `Decided on ${Object.entries(batches)
      .map(([stream, seq]) => `${stream} ${seq}`)
      .join(", ")}`,
  ].join("\n");
}
