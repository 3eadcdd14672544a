import { minorUnitDigits } from "../../money.ts";
import { statedAllocation } from "../programme/assess-outcome.ts";
import { listAssumptions } from "./assumptions.ts";
import { compareHandleTime } from "./comparison.ts";
import { planEffectMoneyTable } from "./effect-money.ts";
import { planEngagementMeasures } from "./engagement-measures.ts";
import type { BinFacts, ChangeFacts, CostFacts, MonthFacts, RoiFacts } from "./facts.ts";
import { absent, type Figure, type MoneyFigure, measured, noMoney } from "./figure.ts";
import { type Grade, gradeEvidence, isCausal } from "./grade.ts";
import { writeHeadline } from "./headline.ts";
import { describeActivity, describeChange, describePeriod } from "./plan-activity.ts";
import { describeChallenge } from "./plan-challenges.ts";
import { planDataQuality } from "./plan-data-quality.ts";
import { planHorizons } from "./plan-horizons.ts";
import {
  addGains,
  gainFigure,
  noteLeftOutCosts,
  planChallengeMoney,
  planMoney,
  qualityFigure,
  ratioOfReturn,
  type Sums,
  sumCosts,
} from "./plan-money.ts";
import { planRates } from "./plan-rates.ts";
import { planTurnover } from "./plan-turnover.ts";
import { shareFigure } from "./rates.ts";
import { type EngagementSection, type MonthRow, type ReportScope, type RoiReport, reportSchemaVersion } from "./report.ts";
import { describeStatusChange } from "./study-change.ts";

/** The decision of `roi build`: facts in, the whole report out. The same facts give the same report. */
export function planReport(facts: RoiFacts, scope: ReportScope): RoiReport {
  const evidence = gradeEvidence(facts);
  const ratioGrade = gradeOfRatios(facts, evidence.grade);
  const comparison = facts.comparison === null ? null : compareHandleTime(facts.comparison, facts.settings);
  const reason = facts.months.find(({ handleTimeReason }) => handleTimeReason !== null)?.handleTimeReason ?? nobodyEnrolled;
  const challenges = facts.challenges.map((challenge) => describeChallenge(challenge, facts.window, ratioGrade));
  const [chosen] = scope.challenge === null ? [] : challenges;
  const programme = planMoney({
    handleGain: gainFigure(addMinor(facts.months, "handleGainMinor"), addChanges(facts.months), facts.settings, facts.window, reason),
    qualityGain: qualityFigure(
      addMinor(facts.months, "qualityGainMinor"),
      addPoints(facts.months),
      facts.settings,
      facts.window,
      facts.months.filter(({ qualityPointMonths }) => qualityPointMonths !== null).length,
    ),
    costs: addCosts(facts.months),
    window: facts.window,
    grade: ratioGrade,
  });
  const counted = chosen === undefined ? countedMoney(facts, programme, evidence.grade) : planChallengeMoney(chosen, ratioGrade);
  const sums = noteLeftOutCosts(counted, facts.quality.costsLeftOut, facts.settings.currency);
  const money = { ...sums, rates: planRates(sums, facts.settings, ratioGrade) };
  const change = describeChange(addChanges(facts.months), facts.window, reason);
  return {
    schemaVersion: reportSchemaVersion,
    scope,
    asOf: facts.asOf,
    window: facts.window,
    zone: facts.settings.zone,
    currency: facts.settings.currency,
    currencyDigits: minorUnitDigits(facts.settings.currency),
    headline: writeHeadline({
      facts,
      evidence,
      table: money,
      comparison,
      change,
      challenge: chosen?.name ?? null,
      includeModelled: scope.includeModelled ?? false,
    }),
    evidence,
    keyFigures: {
      ...describeActivity(facts.total, facts.window),
      gain: headlineGain(money.gain, facts),
      cost: money.cost,
      roi: headlineReturn(money.roi, evidence.grade),
    },
    comparison,
    effect: facts.programme,
    horizons: planHorizons(facts, ratioGrade),
    money,
    weeks: facts.weeks.map(describePeriod),
    months: facts.months.map((month) => describeMonth(month, facts, ratioGrade)),
    challenges,
    engagement: describeEngagement(facts),
    lifecycle: facts.statusChanges.map((change) => describeStatusChange(change, seed)),
    turnover: planTurnover(facts.risk, facts.settings),
    dataQuality: planDataQuality(facts.quality, facts.window),
    assumptions: listAssumptions(facts.settings, facts.enrolment),
  };
}

/** Agents chosen by their results move back to their average by themselves: their own past makes no ratio at all. */
function gradeOfRatios(facts: RoiFacts, grade: Grade): Grade {
  return isSelected(facts) ? "D" : grade;
}

function isSelected({ enrolment, settings }: RoiFacts): boolean {
  return statedAllocation([settings.allocation, ...enrolment.allocations]) === "performance";
}

/** ... and no gain at the head of the report: much of it would have come without the programme. */
function headlineGain(gain: MoneyFigure, facts: RoiFacts): MoneyFigure {
  if (gain.amountMinor === null || !isSelected(facts)) return gain;
  return noMoney("withheld: agents chosen by their results move back to their average by themselves", gain);
}

/** Where there is an effect, money is made of it; costs end with the month of the last week compared. */
function countedMoney({ programme, months }: RoiFacts, ownPast: Sums, grade: Grade): Sums {
  if (programme === null || !isCausal(grade)) return ownPast;
  const lastMonth = programme.window?.to.slice(0, 7) ?? "";
  return planEffectMoneyTable(programme, addCosts(months.filter(({ label }) => label <= lastMonth)));
}

/** The ratio of grade C stays in the tables, beside the word associational; the head of the report does not carry it. */
function headlineReturn(roi: Figure, grade: Grade): Figure {
  if (roi.value === null || isCausal(grade)) return roi;
  return absent(`withheld: grade ${grade} shows a change, not an effect`, "ratio", { n: roi.n, of: roi.of, window: roi.window });
}

/** Of every random part of the report, as in the effect. */
const seed = 1;

const nobodyEnrolled = "nobody is recorded as enrolled";

/** Null as soon as no month has an amount. */
function addMinor(months: readonly MonthFacts[], key: "handleGainMinor" | "qualityGainMinor"): bigint | null {
  const amounts = months.flatMap((month) => month[key] ?? []);
  return amounts.length === 0 ? null : amounts.reduce((sum, amount) => sum + amount, 0n);
}

function addPoints(months: readonly MonthFacts[]): number | null {
  const points = months.flatMap(({ qualityPointMonths }) => qualityPointMonths ?? []);
  return points.length === 0 ? null : points.reduce((sum, value) => sum + value, 0);
}

function addChanges(months: readonly MonthFacts[]): ChangeFacts | null {
  const changes = months.flatMap(({ handleTime }) => (handleTime === null ? [] : [handleTime]));
  if (changes.length === 0) return null;
  return {
    agents: Math.max(...changes.map(({ agents }) => agents)),
    contacts: changes.reduce((sum, { contacts }) => sum + contacts, 0),
    savedMs: changes.reduce((sum, { savedMs }) => sum + savedMs, 0),
  };
}

function addCosts(months: readonly MonthFacts[]): CostFacts[] {
  const totals = new Map<string, CostFacts>();
  for (const cost of months.flatMap(({ costs }) => costs)) {
    const known = totals.get(cost.kind) ?? { kind: cost.kind, amountMinor: 0n, entries: 0 };
    totals.set(cost.kind, { kind: cost.kind, amountMinor: known.amountMinor + cost.amountMinor, entries: known.entries + cost.entries });
  }
  return [...totals.values()].sort((left, right) => (left.kind < right.kind ? -1 : 1));
}

function describeMonth(month: MonthFacts, { settings }: RoiFacts, grade: Grade): MonthRow {
  const window = month.range;
  const words = month.handleTimeReason ?? nobodyEnrolled;
  const handleGain = gainFigure(month.handleGainMinor, month.handleTime, settings, window, words);
  const gain = addGains(
    handleGain,
    qualityFigure(month.qualityGainMinor, month.qualityPointMonths, settings, window, month.qualityPointMonths === null ? 0 : 1),
  );
  const cost = sumCosts(month.costs, window);
  const agents = { n: month.activity.agentDays, of: "agent-days", window };
  return {
    ...describePeriod(month),
    employedAtStart: measured(month.employedAtStart, "count", { n: month.employedAtStart, of: "agents", window }),
    pointsPaid: measured(month.pointsPaidMilli / 1000, "points", agents),
    pointsUnweighted: measured(month.pointsUnweightedMilli / 1000, "points", agents),
    pointsWeighted: measured(month.pointsWeightedMilli / 1000, "points", agents),
    averageHandleTimeChange: describeChange(month.handleTime, window, words),
    gain,
    cost,
    roi: ratioOfReturn(gain, cost, grade),
  };
}

function describeEngagement({ engagementBins, settings, window, measures, challenges }: RoiFacts): EngagementSection {
  const agents = engagementBins.reduce((sum, bin) => sum + bin.agents, 0);
  const below = engagementBins.reduce((sum, bin) => sum + bin.belowRisk, 0);
  const evidence = { n: agents, of: "agents with engagement scores", window };
  return {
    distribution: engagementBins.map(toShares),
    agents: agents === 0 ? absent("no engagement score", "count", evidence) : measured(agents, "count", evidence),
    belowRisk: shareFigure(below, agents, "agents with engagement scores", window, "no engagement score"),
    thresholds: {
      risk: settings.riskThresholdPpm / 1e6,
      trigger: settings.triggerThresholdPpm / 1e6,
      riskCost: settings.riskCostThresholdPpm / 1e6,
    },
    measures: planEngagementMeasures(measures, challenges, window),
  };
}

function toShares({ fromPpm, toPpm, agents }: BinFacts) {
  return { from: fromPpm / 1e6, to: toPpm / 1e6, agents };
}
