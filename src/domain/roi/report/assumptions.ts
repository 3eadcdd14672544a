import type { EnrolmentFacts, RoiSettings } from "./facts.ts";
import { realisationWords } from "./plan-horizons.ts";
import type { Assumption } from "./report.ts";
import { amountText, numberText } from "./words.ts";

/** Every input somebody chose rather than measured, with the value in force. */
export function listAssumptions(settings: RoiSettings, enrolment: Pick<EnrolmentFacts, "allocations">): Assumption[] {
  const amount = (minor: bigint | null): string => (minor === null ? "not configured" : amountText(minor, settings.currency));
  const share = (ppm: number | null): string => (ppm === null ? "not configured" : `${numberText(ppm / 10_000, 1)} %`);
  return [
    { name: "Hour of an agent", value: amount(settings.loadedRateMinorPerHour), meaning: "loaded cost, not the wage" },
    { name: "Realisation", value: share(settings.realisationPpm), meaning: realisationWords(settings) },
    { name: "Baseline", value: "8 weeks before enrolment, at least 4 observed", meaning: "each agent's own past, as sum over sum" },
    {
      name: "Announced on",
      value: settings.announcedOn ?? "not configured",
      meaning: "the day agents first heard of the programme; a baseline that reaches past it is tainted",
    },
    {
      name: "Who was enrolled",
      value: chosenWords(settings.allocation, enrolment.allocations),
      meaning: "random, operational or by performance; decides which grade is possible",
    },
    {
      name: "Quality point",
      value: settings.minorPerQualityPoint ? amount(settings.minorPerQualityPoint) : "no price",
      meaning: "per agent and month; without a price quality is reported in points, never as money",
    },
    { name: "Replacement of an agent", value: amount(settings.replacementCostMinor), meaning: "used in the turnover scenario only" },
    { name: "Monthly attrition", value: share(settings.monthlyAttritionPpm), meaning: "used in the turnover scenario only" },
    {
      name: "Hazard ratio of low engagement",
      value: numberText(settings.hazardRatioMilli / 1000, 1),
      meaning: "an association reported by others, no cause shown; used in the turnover scenario only",
    },
    {
      name: "Engagement thresholds",
      value: [settings.riskThresholdPpm, settings.triggerThresholdPpm, settings.riskCostThresholdPpm]
        .map((ppm) => numberText(ppm / 1e6, 2))
        .join(" / "),
      meaning: "attrition risk / adjustment of a challenge / risk cost: three settings, shown side by side",
    },
    {
      name: "Lifecycle weight",
      value: `half-life ${settings.decayHalfLifeDays} days, ${settings.decayWindowDays} days at most`,
      meaning: "for the weighted columns only; measured values are never decayed",
    },
  ];
}

/** What the config says and what the enrolment records say: the grade looks at both. */
function chosenWords(configured: string | null, recorded: readonly string[]): string {
  const records = recorded.length === 0 ? null : `${recorded.join(" and ")} (enrolment records)`;
  if (configured === null) return records ?? "not configured, and no enrolment record says it";
  return records === null || recorded.join() === configured ? configured : `${configured} (config), ${records}`;
}
