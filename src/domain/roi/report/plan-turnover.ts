import type { RiskFacts, RoiSettings } from "./facts.ts";
import { absent, measured, money, noMoney } from "./figure.ts";
import { parseMonth } from "./period.ts";
import type { TurnoverRow, TurnoverSection } from "./report.ts";

const label =
  "A scenario, not a measurement: it takes the configured hazard ratio as causal and sets the baseline so that the observed attrition comes out. It enters no gain.";

/** What low engagement would cost in leavers, at each of the three configured thresholds. */
export function planTurnover(risk: readonly RiskFacts[], settings: RoiSettings): TurnoverSection {
  const reason = whyNot(risk, settings);
  const rows = [...risk].sort((left, right) => left.thresholdPpm - right.thresholdPpm).map((facts) => describeRisk(facts, settings));
  return { label, reason, rows };
}

function whyNot(risk: readonly RiskFacts[], settings: RoiSettings): string | null {
  if (risk.length === 0) return "no engagement was observed, so nobody's exposure is known";
  if (settings.monthlyAttritionPpm === null) return "the observed monthly attrition is not configured (finance.monthlyAttrition)";
  if (settings.replacementCostMinor === null) return "what replacing an agent costs is not configured (finance.replacementCost)";
  return null;
}

function describeRisk(facts: RiskFacts, settings: RoiSettings): TurnoverRow {
  const month = parseMonth(facts.yearMonth);
  const window = month === null ? null : { from: month.from, to: month.to };
  const evidence = { n: facts.agents, of: "agents with observed engagement", window };
  const noAttrition = "the observed monthly attrition is not configured (finance.monthlyAttrition)";
  const noPrice = "what replacing an agent costs is not configured (finance.replacementCost)";
  return {
    threshold: facts.thresholdPpm / 1e6,
    isConfigured: facts.thresholdPpm === settings.riskThresholdPpm,
    atRiskShare: measured(facts.atRiskPpm / 1e6, "share", evidence),
    expectedLeavers:
      facts.expectedLeavers === null ? absent(noAttrition, "count", evidence) : measured(facts.expectedLeavers, "count", evidence),
    riskCost:
      facts.riskCostMinor === null
        ? noMoney(settings.monthlyAttritionPpm === null ? noAttrition : noPrice, evidence)
        : money(facts.riskCostMinor, evidence),
  };
}
