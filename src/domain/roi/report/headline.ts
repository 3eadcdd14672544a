import type { EffectBracket, EffectMoney, ProgrammeAssessment } from "../programme/programme-assessment.ts";
import type { Comparison } from "./comparison.ts";
import type { RoiFacts, RoiSettings } from "./facts.ts";
import type { Figure, MoneyFigure } from "./figure.ts";
import { type EvidenceGrade, type Grade, isCausal } from "./grade.ts";
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
  readonly includeModelled: boolean;
}

/** One sentence that can be quoted without its footnotes. Grades C and D never state an ROI in it. */
export function writeHeadline({ facts, evidence, table, comparison, change, challenge, includeModelled }: HeadlineInput): Headline {
  const reason = `evidence grade ${evidence.grade}: ${evidence.meaning}`;
  if (comparison !== null) return { text: compareSentence(comparison), roiStated: false, reason };
  if (facts.total.handled === 0) return { text: "Nothing to report yet: no handled interaction is loaded.", roiStated: false, reason };
  if (isCausal(evidence.grade) && facts.programme !== null)
    return effectHeadline(facts.programme, facts.settings, { grade: evidence.grade, includeModelled });
  if (facts.programme?.bracket) return { text: bracketSentence(facts.programme.bracket), roiStated: false, reason };
  if (evidence.grade === "D") return { text: noComparisonSentence(facts, table), roiStated: false, reason };
  if (challenge !== null) return { text: challengeSentence(challenge, facts, table), roiStated: false, reason };
  return { text: associationSentence(facts, table, change), roiStated: false, reason };
}

interface EffectWords {
  readonly grade: Grade;
  readonly includeModelled: boolean;
}

/** The ROI with its interval, or the effect alone and why there is no ROI. */
function effectHeadline(
  { outcomes, money }: ProgrammeAssessment,
  { currency }: RoiSettings,
  { grade, includeModelled }: EffectWords,
): Headline {
  const effect = outcomes.find(({ name }) => name === "handle_time")?.overall;
  const seconds = effect === undefined ? "" : secondsClause(effect);
  const { roi, gain, cost, range } = money;
  if (roi.value === null || roi.interval === null || gain.amountMinor === null || cost.amountMinor === null || range === null) {
    const reason = roi.reason ?? "unknown";
    return { text: `${seconds}. No ROI can be stated: ${reason}.`, roiStated: false, reason };
  }
  const [low, high] = roi.interval;
  const settled = low > 0 ? "" : high < 0 ? ", so it has not paid for itself so far" : ", so whether it pays for itself is open";
  const amounts = `${amountText(gain.amountMinor, currency)} gained (95 % interval ${amountText(range.fromMinor, currency)} to ${amountText(range.toMinor, currency)}) on ${amountText(cost.amountMinor, currency)} spent`;
  const text = `The programme returned ${percentText(roi.value)} on its cost, 95 % interval ${percentText(low)} to ${percentText(high)}${settled}: ${amounts}. ${seconds}, evidence grade ${grade}.`;
  return { text: includeModelled ? `${text}${modelledClause(money, currency)}` : text, roiStated: true, reason: null };
}

function modelledClause({ modelled: { gain, roiWithModelled, label } }: EffectMoney, currency: string): string {
  if (gain.amountMinor === null || roiWithModelled.value === null) return ` There is no modelled gain to add: ${gain.reason ?? "unknown"}.`;
  return ` With ${amountText(gain.amountMinor, currency)} from fewer leavers (${label}) it would be ${percentText(roiWithModelled.value)}.`;
}

function secondsClause({ value, interval }: Figure): string {
  if (value === null || interval === null) return "Whether agents became faster is not known";
  const direction = value < 0 ? "less" : "more";
  return `Enrolled agents took ${numberText(Math.abs(value), 1)} s ${direction} per interaction than they would have without it (${numberText(interval[0], 1)} to ${numberText(interval[1], 1)} s)`;
}

function percentText(share: number): string {
  return `${numberText(100 * share, 0)} %`;
}

function bracketSentence({ low, high, widestLow, widestHigh }: EffectBracket): string {
  const span = `${numberText(low, 1)} and ${numberText(high, 1)} s`;
  return `Agents were enrolled because of their results, so the effect on handle time is known only to lie between ${span} per interaction (with sampling error ${numberText(widestLow, 1)} to ${numberText(widestHigh, 1)} s), and no ROI can be stated.`;
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
