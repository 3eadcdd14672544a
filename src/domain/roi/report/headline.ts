import type { Comparison } from "./comparison.ts";
import type { RoiFacts } from "./facts.ts";
import type { EvidenceGrade } from "./grade.ts";
import type { Headline, MoneyTable } from "./report.ts";
import { amountText, numberText, signedText } from "./words.ts";

/** One sentence that can be quoted without its footnotes. Grades C and D never state an ROI in it. */
export function writeHeadline(facts: RoiFacts, evidence: EvidenceGrade, table: MoneyTable, comparison: Comparison | null): Headline {
  const reason = `evidence grade ${evidence.grade}: ${evidence.meaning}`;
  if (comparison !== null) return { text: compareSentence(comparison), roiStated: false, reason };
  if (facts.total.handled === 0) return { text: "Nothing to report yet: no handled interaction is loaded.", roiStated: false, reason };
  if (evidence.grade === "D") return { text: noComparisonSentence(facts, table), roiStated: false, reason };
  return { text: associationSentence(facts, table), roiStated: false, reason };
}

function compareSentence({ before, after, averageHandleTimeChange, savedHours, verdict }: Comparison): string {
  const change = averageHandleTimeChange.value;
  const hours = savedHours.value;
  if (change === null || hours === null)
    return `${before.period.label} and ${after.period.label} cannot be compared: ${savedHours.reason ?? "unknown"}.`;
  const volume = `${numberText(after.handledInteractions.value ?? 0, 0)} handled interactions of ${after.period.label}`;
  if (verdict === "no change") return `Handle time is the same in ${before.period.label} and ${after.period.label}.`;
  const direction = change > 0 ? "rose" : "fell";
  const result = verdict === "loss" ? "a loss" : "a saving";
  const times = `from ${numberText(before.averageHandleTime.value ?? 0, 1)} s to ${numberText(after.averageHandleTime.value ?? 0, 1)} s`;
  return `Handle time ${direction} ${times} per interaction between ${before.period.label} and ${after.period.label}: over the ${volume} that is ${result} of ${numberText(Math.abs(hours), 2)} hours, and no ROI can be stated.`;
}

function noComparisonSentence(facts: RoiFacts, { cost }: MoneyTable): string {
  const spent =
    cost.amountMinor === null ? "No cost is recorded" : `${amountText(cost.amountMinor, facts.settings.currency)} is on record as spent`;
  return `${spent}, and what it brought cannot be said: there is nobody to compare with, so no ROI can be stated.`;
}

function associationSentence(facts: RoiFacts, { gain, cost }: MoneyTable): string {
  const change = facts.horizons.find(({ days }) => days === 14)?.change ?? null;
  const perInteraction = change === null || change.contacts === 0 ? null : -change.savedMs / 1000 / change.contacts;
  const moved =
    perInteraction === null
      ? "How handle time moved after enrolment is not known yet"
      : `Handle time moved by ${signedText(perInteraction, 1)} s per interaction in the first 14 days after enrolment`;
  const worth = gain.amountMinor === null ? "" : `, worth ${amountText(gain.amountMinor, facts.settings.currency)} over the window`;
  const spent = cost.amountMinor === null ? "no cost is recorded" : `${amountText(cost.amountMinor, facts.settings.currency)} was spent`;
  return `${moved}${worth}; ${spent}. This goes with the programme but is not shown to come from it, so no ROI can be stated.`;
}
