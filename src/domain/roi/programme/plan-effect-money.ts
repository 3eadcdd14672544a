import type { AttritionEffect } from "../../estimate/attrition.ts";
import { normalCdf } from "../../estimate/distributions.ts";
import type { Inference } from "../../estimate/effect.ts";
import type { Grade } from "../../estimate/grade.ts";
import { computeRoi, type EstimatedAmount, gainFromHandleTime, gainFromQuality, gainFromRetention } from "../../estimate/roi-money.ts";
import type { HorizonFacts, RoiSettings } from "../report/facts.ts";
import {
  absent,
  type DayRange,
  type Evidence,
  type MoneyFigure,
  type MoneyRange,
  measured,
  money,
  noMoney,
  recorded,
} from "../report/figure.ts";
import type { AssessedOutcome } from "./assess-outcome.ts";
import type { EffectHorizon, EffectMoney, EffectPart } from "./programme-assessment.ts";
import type { ProgrammeFacts } from "./programme-facts.ts";
import { type GainSource, resampleGains } from "./programme-money.ts";

export interface EffectMoneyInput {
  readonly facts: ProgrammeFacts;
  readonly settings: RoiSettings;
  readonly horizons: readonly HorizonFacts[];
  readonly handleTime: AssessedOutcome | null;
  readonly quality: AssessedOutcome | null;
  readonly attrition: AttritionEffect | null;
  readonly attritionReason: string;
}

/** A gain as estimated, in minor units, with its 95 % ends. */
interface Gain extends EstimatedAmount {
  readonly low: number;
  readonly high: number;
}

type Valued = { readonly kind: "gain"; readonly gain: Gain } | { readonly kind: "none"; readonly reason: string };

interface Component {
  readonly name: EffectPart["name"];
  readonly grade: Grade;
  readonly valued: Valued;
  readonly evidence: Evidence;
  readonly source: GainSource | null;
}

/** Grades C and D are associations: their amounts are shown nowhere as a gain of the programme. */
function isTrusted(grade: Grade): boolean {
  return grade === "A" || grade === "B";
}

const noRate = "what an hour costs is not configured (finance.loadedRatePerHour)";
const noPrice = "reported in points and not turned into money (finance.perQualityPoint)";
const noReplacement = "what replacing an agent costs is not configured (finance.replacementCost)";

/** Gains by component with their errors over one cost; what cannot be trusted or priced is named and left out of the sum. */
export function planEffectMoney(input: EffectMoneyInput): EffectMoney {
  const components = [handleTimeComponent(input), qualityComponent(input)];
  const { costMinor, costEntries, window } = input.facts;
  const cost = costFigure(costMinor, costEntries, window);
  const counted = components.filter(isCounted);
  const total = addGains(counted);
  const evidence: Evidence = { n: input.facts.treatedContacts, of: "interactions of enrolled agents with a past", window };
  const why = components[0]?.valued.kind === "none" ? components[0].valued.reason : "no component has grade A or B";
  const parts = [...components, attritionComponent(input)].map((component) => describePart(component, cost));
  const gain = total === null ? noMoney(why, evidence) : money(whole(total.amountMinor), evidence, rangeOf(total));
  const rates = ratesOf(total, cost, why, evidence);
  return {
    parts,
    gain,
    standardErrorMinor: total === null ? null : whole(total.standardErrorMinor),
    range: rangeOf(total),
    cost,
    net: netOf(gain, cost, evidence),
    ...rates,
    horizons: planHorizons(input),
    modelled: planModelled(input, gain, cost, evidence),
  };
}

function isCounted({ grade, valued, name }: Component): boolean {
  return name !== "Fewer leavers, 90 days" && isTrusted(grade) && valued.kind === "gain";
}

/** Several gains share teams and weeks, so their joint error comes from drawing teams, not from adding variances. */
function addGains(counted: readonly Component[]): Gain | null {
  const gains = counted.flatMap(({ valued }) => (valued.kind === "gain" ? [valued.gain] : []));
  const [first] = gains;
  if (first === undefined || counted[0]?.name !== "Handle time") return null;
  if (gains.length === 1) return first;
  const amountMinor = gains.reduce((sum, gain) => sum + gain.amountMinor, 0);
  const interval = resampleGains(counted.flatMap(({ source }) => source ?? []));
  if (interval === null) return null;
  return { amountMinor, standardErrorMinor: interval.standardError, low: interval.low, high: interval.high };
}

function handleTimeComponent({ facts, settings, handleTime }: EffectMoneyInput): Component {
  const evidence: Evidence = { n: facts.treatedContacts, of: "interactions of enrolled agents with a past", window: facts.window };
  const base = { name: "Handle time", grade: handleTime?.assessment.grade ?? "D", evidence } as const;
  const rate = settings.loadedRateMinorPerHour;
  if (rate === null) return { ...base, valued: { kind: "none", reason: noRate }, source: null };
  const priced = (effectSeconds: number, standardErrorSeconds: number) =>
    gainFromHandleTime({
      effectSeconds,
      standardErrorSeconds,
      contacts: facts.treatedContacts,
      loadedRateMinorPerHour: rate,
      realisationPpm: settings.realisationPpm,
    });
  return { ...base, valued: priceEffect(simpleOf(handleTime), priced), source: sourceOf(handleTime, priced(1, 0).amountMinor) };
}

function qualityComponent({ facts, settings, quality }: EffectMoneyInput): Component {
  const evidence: Evidence = { n: Math.round(facts.treatedAgentMonths), of: "agent-months after enrolment", window: facts.window };
  const base = { name: "Quality", grade: quality?.assessment.grade ?? "D", evidence } as const;
  const price = settings.minorPerQualityPoint ?? 0n;
  if (price === 0n) return { ...base, valued: { kind: "none", reason: noPrice }, source: null };
  const priced = (effectPoints: number, standardErrorPoints: number) =>
    gainFromQuality({ effectPoints, standardErrorPoints, agentMonths: facts.treatedAgentMonths, minorPerQualityPoint: price });
  return { ...base, valued: priceEffect(simpleOf(quality), priced), source: sourceOf(quality, priced(1, 0).amountMinor) };
}

/** Its own horizon and its own error: too wide to be summed with handle time without drowning it. */
function attritionComponent({ facts, settings, handleTime, attrition, attritionReason }: EffectMoneyInput): Component {
  const evidence: Evidence = { n: attrition?.enrolled ?? 0, of: "enrolled agents followed for 90 days", window: facts.window };
  const base = { name: "Fewer leavers, 90 days", grade: handleTime?.assessment.grade ?? "D", evidence, source: null } as const;
  if (settings.replacementCostMinor === null) return { ...base, valued: { kind: "none", reason: noReplacement } };
  if (attrition === null || attrition.interval === null) return { ...base, valued: { kind: "none", reason: attritionReason } };
  const { estimate, interval, enrolled } = attrition;
  const replacementCostMinor = settings.replacementCostMinor;
  const priced = (effectLeavers: number) =>
    gainFromRetention({ effectLeavers, standardErrorLeavers: interval.standardError * enrolled, replacementCostMinor });
  const ends = [priced(interval.low * enrolled).amountMinor, priced(interval.high * enrolled).amountMinor];
  const gain = { ...priced(estimate * enrolled), low: Math.min(...ends), high: Math.max(...ends) };
  return { ...base, valued: { kind: "gain", gain } };
}

function simpleOf(outcome: AssessedOutcome | null): Inference | null {
  return outcome?.assessment.aggregates?.simple ?? null;
}

function priceEffect(inference: Inference | null, priced: (effect: number, error: number) => EstimatedAmount): Valued {
  if (inference === null) return { kind: "none", reason: "no comparison could be made" };
  const { estimate, standardError, low, high } = inference;
  if (standardError === null || low === null || high === null) return { kind: "none", reason: "the estimate has no error" };
  const ends = [priced(low, 0).amountMinor, priced(high, 0).amountMinor];
  return { kind: "gain", gain: { ...priced(estimate, standardError), low: Math.min(...ends), high: Math.max(...ends) } };
}

function sourceOf(outcome: AssessedOutcome | null, perUnit: number): GainSource | null {
  return outcome === null || outcome.panel === null ? null : { panel: outcome.panel, design: outcome.design, perUnit };
}

function costFigure(costMinor: bigint, entries: number, window: DayRange | null): MoneyFigure {
  const evidence: Evidence = { n: entries, of: "cost entries up to the end of the last month compared", window };
  return entries === 0 ? noMoney("no cost is recorded", evidence) : money(costMinor, evidence, null, recorded);
}

function describePart(component: Component, cost: MoneyFigure): EffectPart {
  const { name, grade, valued, evidence } = component;
  const reason = valued.kind === "none" ? valued.reason : null;
  const withheld = isTrusted(grade) ? reason : `withheld: grade ${grade} shows a change, not an effect`;
  const gain = valued.kind === "gain" && isTrusted(grade) ? valued.gain : null;
  const why = withheld ?? "unknown";
  const contribution =
    gain === null || cost.amountMinor === null || cost.amountMinor <= 0n
      ? absent(gain === null ? why : "no cost to divide by", "ratio", evidence)
      : measured(gain.amountMinor / Number(cost.amountMinor), "ratio", evidence, [
          gain.low / Number(cost.amountMinor),
          gain.high / Number(cost.amountMinor),
        ]);
  return {
    name,
    grade,
    isCounted: isCounted(component),
    reason: withheld ?? (isCounted(component) ? null : "beside the sum: another horizon with an error of its own"),
    gain: gain === null ? noMoney(why, evidence) : money(whole(gain.amountMinor), evidence, rangeOf(gain)),
    standardErrorMinor: gain === null ? null : whole(gain.standardErrorMinor),
    range: rangeOf(gain),
    contribution,
  };
}

/** (gain - cost)/cost with the ends of the gain, and the chance that it is above 0. */
function ratesOf(gain: Gain | null, cost: MoneyFigure, why: string, evidence: Evidence): Pick<EffectMoney, "roi" | "probabilityPositive"> {
  const none = (reason: string) => ({
    roi: absent(reason, "ratio", evidence),
    probabilityPositive: absent(reason, "probability", evidence),
  });
  if (gain === null) return none(`no gain to divide: ${why}`);
  const result = computeRoi(gain, cost.amountMinor ?? 0n);
  if (result.kind === "undefined") return none(result.reason);
  const over = (amount: number) => (amount - Number(result.costMinor)) / Number(result.costMinor);
  return {
    roi: measured(result.roi, "ratio", evidence, [over(gain.low), over(gain.high)]),
    probabilityPositive: measured(normalCdf(result.netMinor / gain.standardErrorMinor), "probability", evidence),
  };
}

/** Handle time over the first 14 days, leavers over 90, each over the cost of its own days; they are never added. */
function planHorizons(input: EffectMoneyInput): EffectHorizon[] {
  const { facts, handleTime, horizons } = input;
  const costOf = (length: number) => horizons.find(({ days }) => days === length)?.costMinor ?? null;
  const firstDays = {
    ...input,
    facts: { ...facts, treatedContacts: facts.operationalContacts },
    handleTime: handleTime === null ? null : operationalOnly(handleTime),
  };
  return [
    describeHorizon("operational", handleTimeComponent(firstDays), costOf(14)),
    describeHorizon("stability", attritionComponent(input), costOf(90)),
  ];
}

function operationalOnly(outcome: AssessedOutcome): AssessedOutcome {
  const { assessment } = outcome;
  if (assessment.aggregates === null) return outcome;
  return { ...outcome, assessment: { ...assessment, aggregates: { ...assessment.aggregates, simple: assessment.aggregates.operational } } };
}

function describeHorizon(name: EffectHorizon["name"], component: Component, costMinor: bigint | null): EffectHorizon {
  const { valued, evidence, grade } = component;
  const gain = valued.kind === "gain" && isTrusted(grade) ? valued.gain : null;
  const why = valued.kind === "none" ? valued.reason : `withheld: grade ${grade} shows a change, not an effect`;
  const cost = costMinor === null ? noMoney("no cost is recorded for these days", evidence) : money(costMinor, evidence, null, recorded);
  return {
    name,
    gain: gain === null ? noMoney(why, evidence) : money(whole(gain.amountMinor), evidence, rangeOf(gain)),
    cost,
    ...ratesOf(gain, cost, why, evidence),
  };
}

function planModelled({ horizons }: EffectMoneyInput, gain: MoneyFigure, cost: MoneyFigure, evidence: Evidence): EffectMoney["modelled"] {
  const modelled = horizons.find(({ days }) => days === 90)?.gainMinor ?? null;
  const label = "modelled, assumes that the hazard ratio of low engagement is causal";
  const figure = modelled === null ? noMoney("the turnover model gives no amount", evidence) : money(modelled, evidence);
  if (modelled === null || gain.amountMinor === null || cost.amountMinor === null || cost.amountMinor <= 0n) {
    return { label, gain: figure, roiWithModelled: absent("no measured ROI to set it beside", "ratio", evidence) };
  }
  const roi = Number(gain.amountMinor + modelled - cost.amountMinor) / Number(cost.amountMinor);
  return { label, gain: figure, roiWithModelled: measured(roi, "ratio", evidence) };
}

function netOf(gain: MoneyFigure, cost: MoneyFigure, evidence: Evidence): MoneyFigure {
  if (gain.amountMinor === null) return noMoney(`no gain: ${gain.reason ?? "unknown"}`, evidence);
  if (cost.amountMinor === null) return noMoney(`no cost: ${cost.reason ?? "unknown"}`, evidence);
  const { interval } = gain;
  const ends =
    interval === null ? null : { fromMinor: interval.fromMinor - cost.amountMinor, toMinor: interval.toMinor - cost.amountMinor };
  return money(gain.amountMinor - cost.amountMinor, evidence, ends);
}

function whole(amount: number): bigint {
  return BigInt(Math.round(amount));
}

function rangeOf(gain: Gain | null): MoneyRange | null {
  return gain === null ? null : { fromMinor: whole(gain.low), toMinor: whole(gain.high) };
}
