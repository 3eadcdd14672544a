import type { Comparison } from "./comparison.ts";
import type { RoiFacts, RoiSettings } from "./facts.ts";
import type { Figure, MoneyFigure } from "./figure.ts";
import type { EvidenceGrade } from "./grade.ts";
import type { Headline, MoneyTable } from "./report.ts";
import { amountText, numberText } from "./words.ts";

export interface HeadlineInput {
  readonly facts: RoiFacts;
  readonly evidence: EvidenceGrade;
  readonly table: MoneyTable;
  readonly comparison: Comparison | null;
  /** Change of handle time over the window against the agents' own past. */
  readonly change: Figure;
  /** The one challenge the report is about; null for the whole programme. */
  readonly challenge: string | null;
}

/** One sentence that can be quoted without its footnotes. Grades C and D never state an ROI in it. */
export function writeHeadline({ facts, evidence, table, comparison, change, challenge }: HeadlineInput): Headline {
  const reason = `evidence grade ${evidence.grade}: ${evidence.meaning}`;
  if (comparison !== null) return { text: compareSentence(comparison), roiStated: false, reason };
  if (facts.total.handled === 0) return { text: "Nothing to report yet: no handled interaction is loaded.", roiStated: false, reason };
  if (evidence.grade === "D") return { text: noComparisonSentence(facts, table), roiStated: false, reason };
  if (challenge !== null) return { text: challengeSentence(challenge, facts, table), roiStated: false, reason };
  return { text: associationSentence(facts, table, change), roiStated: false, reason };
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

function challengeSentence(name: string, { settings }: RoiFacts, { gain, cost }: MoneyTable): string {
  const credited =
    gain.amountMinor === null
      ? `What ${name} brought is not known`
      : `${name} is credited with ${amountText(gain.amountMinor, settings.currency)} of the change among enrolled agents`;
  const spent = cost.amountMinor === null ? "no cost is recorded for it" : `it cost ${amountText(cost.amountMinor, settings.currency)}`;
  return `${credited}; ${spent}. The change goes with the programme but is not shown to come from it, so no ROI can be stated.`;
}

function associationSentence({ settings }: RoiFacts, { gain, cost }: MoneyTable, change: Figure): string {
  const spent = cost.amountMinor === null ? "no cost is recorded" : `${amountText(cost.amountMinor, settings.currency)} was spent`;
  return `${changeClause(change)}${worthClause(gain, settings)}; ${spent}. This goes with the programme but is not shown to come from it, so no ROI can be stated.`;
}

function changeClause({ value }: Figure): string {
  if (value === null) return "Whether enrolled agents handle interactions faster than before is not known";
  if (value === 0) return "Enrolled agents took as long per interaction as before they were enrolled";
  return `Enrolled agents took ${numberText(Math.abs(value), 1)} s ${value < 0 ? "less" : "more"} per interaction than before they were enrolled`;
}

function worthClause({ amountMinor }: MoneyFigure, { currency }: RoiSettings): string {
  if (amountMinor === null) return "";
  return amountMinor < 0n ? `, which cost ${amountText(-amountMinor, currency)}` : `, worth ${amountText(amountMinor, currency)}`;
}
