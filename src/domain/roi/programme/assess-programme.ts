import { defaultDraws } from "../../estimate/assess-panel.ts";
import {
  type AttritionResult,
  estimateAttrition,
  estimateLeavingHazard,
  type HazardResult,
  testLeaving,
} from "../../estimate/attrition.ts";
import { type Bracket, estimateBracket } from "../../estimate/bracket.ts";
import { expectReturn } from "../../estimate/regression-to-mean.ts";
import type { HorizonFacts, RoiSettings } from "../report/facts.ts";
import { absent, type Evidence, measured, roundFigure } from "../report/figure.ts";
import { isCausal } from "../report/grade.ts";
import { assessChallenges } from "./assess-challenges.ts";
import { type AssessedOutcome, assessOutcome, type RollOutFacts, statedAllocation } from "./assess-outcome.ts";
import { describeOutcome, withoutIds } from "./describe-outcome.ts";
import { planEffectMoney } from "./plan-effect-money.ts";
import type { AttritionSection, EffectBracket, ProgrammeAssessment } from "./programme-assessment.ts";
import type { ProgrammeFacts } from "./programme-facts.ts";

export type { ProgrammeAssessment } from "./programme-assessment.ts";

/** What settings and the other marts say. */
export interface ProgrammeInput {
  readonly settings: RoiSettings;
  /** The allocations the enrolment records state. */
  readonly allocations: readonly string[];
  readonly horizons: readonly HorizonFacts[];
}

const followUpDays = 90;

/** Effects, their grade and their money for the whole programme. The same facts give the same bytes. */
export function assessProgramme(facts: ProgrammeFacts, { settings, allocations, horizons }: ProgrammeInput): ProgrammeAssessment {
  const allocation = statedAllocation([settings.allocation, ...allocations]);
  const holdoutShare = settings.holdoutSharePpm === null ? null : settings.holdoutSharePpm / 1_000_000;
  const rollOut: RollOutFacts = { allocation, holdoutShare, announcedOn: settings.announcedOn };
  const assessed = facts.panels.map((panel) => assessOutcome(panel, facts, rollOut));
  const handleTime = assessed.find(({ name }) => name === "handle_time") ?? null;
  const quality = assessed.find(({ name }) => name === "quality") ?? null;
  const attrition = refuseFewLeavers(
    estimateAttrition(facts.employments, {
      horizonDays: followUpDays,
      dataEnd: facts.lastDay,
      draws: drawsFor(facts.employments.length),
      seed: defaultDraws.seed,
    }),
  );
  const bracket = allocation === "performance" && handleTime?.panel ? estimateBracket(handleTime.panel) : null;
  return {
    window: facts.window,
    launchedOn: facts.launchedOn,
    allocation,
    grade: handleTime?.assessment.grade ?? "D",
    reasons: [...(handleTime?.assessment.reasons.map(withoutIds) ?? ["No week can be compared yet."]), ...guardReasons(facts, handleTime)],
    outcomes: assessed.map((outcome) => describeOutcome(outcome, facts.window)),
    bracket: bracket === null ? null : describeBracket(bracket),
    attrition: {
      ...describeAttrition(facts, attrition, estimateLeavingHazard(facts.employments)),
      logRankP: describeLogRank(facts, attrition),
    },
    challenges: assessChallenges(facts, allocation),
    money: planEffectMoney({
      facts,
      settings,
      horizons,
      handleTime,
      quality,
      attrition: attrition.kind === "effect" ? attrition.effect : null,
      attritionReason: attrition.kind === "refused" ? firstLower(attrition.reason) : "the difference has no error",
    }),
    seed: defaultDraws.seed,
  };
}

/** Without a comparison that stands, a reader takes the change for the effect: what of it comes by itself is said beside it. */
function guardReasons({ panels }: ProgrammeFacts, handleTime: AssessedOutcome | null): string[] {
  const build = panels.find(({ name }) => name === "handle_time")?.build;
  if (build?.kind !== "panel" || handleTime === null || isCausal(handleTime.assessment.grade)) return [];
  const expected = expectReturn(build.panel);
  if (expected === null || Math.abs(expected.move) < 0.05) return [];
  const [lead, move] = [expected.lead, expected.move].map((seconds) => Math.abs(seconds).toFixed(1));
  const [side, way] = expected.lead > 0 ? ["slower", "faster"] : ["faster", "slower"];
  return [
    `Before enrolment those enrolled were ${lead} s ${side} than all: ${move} s of a change to ${way} would come by itself (correlation of two 4-week windows ${expected.correlation.toFixed(2)}).`,
  ];
}

/** A side on which next to nobody left shows no spread, however often teams are drawn. */
const fewestLeavers = 5;

function refuseFewLeavers(result: AttritionResult): AttritionResult {
  if (result.kind === "refused") return result;
  const { leaversTreated, leaversControl } = result.effect;
  if (Math.min(leaversTreated, leaversControl) >= fewestLeavers) return result;
  const reason = `${leaversTreated} leavers within 90 days among the enrolled and ${leaversControl} among the others; ${fewestLeavers} of each are the least.`;
  return { kind: "refused", reason };
}

/** Every draw walks all employments, so a large centre gets fewer. */
function drawsFor(agents: number): number {
  return agents > 1_000 ? 199 : defaultDraws.bandDraws;
}

function describeBracket(bracket: Bracket): EffectBracket {
  return {
    low: roundFigure(bracket.low),
    high: roundFigure(bracket.high),
    widestLow: roundFigure(bracket.widestLow),
    widestHigh: roundFigure(bracket.widestHigh),
    differenceInDifferences: roundFigure(bracket.differenceInDifferences.estimate),
    laggedOutcome: roundFigure(bracket.laggedOutcome.estimate),
  };
}

function describeAttrition(
  { window, employments }: ProgrammeFacts,
  result: AttritionResult,
  hazard: HazardResult,
): Omit<AttritionSection, "logRankP"> {
  const people: Evidence = { n: employments.length, of: "agents employed at the launch", window };
  const hazardRatio = describeHazard(hazard, people);
  if (result.kind === "refused") {
    const difference = absent(firstLower(result.reason), "share", people);
    return { difference, leaversEnrolled: null, leaversControls: null, hazardRatio };
  }
  const { estimate, interval, enrolled, leaversTreated, leaversControl } = result.effect;
  const evidence: Evidence = { n: enrolled, of: "enrolled agents followed for 90 days", window };
  const difference =
    interval === null
      ? absent("the difference has no error: too few teams leave anybody to draw from", "share", evidence)
      : measured(estimate, "share", evidence, [interval.low, interval.high]);
  return { difference, leaversEnrolled: leaversTreated, leaversControls: leaversControl, hazardRatio };
}

function describeLogRank({ window, employments, lastDay }: ProgrammeFacts, result: AttritionResult) {
  const people: Evidence = { n: employments.length, of: "agents employed at the launch", window };
  if (result.kind === "refused") return absent(firstLower(result.reason), "probability", people);
  const test = testLeaving(employments, { horizonDays: followUpDays, dataEnd: lastDay });
  return test === null ? absent("nobody left within 90 days", "probability", people) : measured(test.pValue, "probability", people);
}

function describeHazard(hazard: HazardResult, people: Evidence) {
  if (hazard.kind === "refused") return absent(firstLower(hazard.reason), "ratio", people);
  const [coefficient] = hazard.fit.ratios;
  if (coefficient === undefined) return absent("the hazard ratio has no finite estimate", "ratio", people);
  return measured(coefficient.ratio, "ratio", people, [coefficient.low, coefficient.high]);
}

/** Reasons of figures are clauses without a full stop. */
function firstLower(text: string): string {
  return `${text.charAt(0).toLowerCase()}${text.slice(1).replace(/\.$/, "")}`;
}
