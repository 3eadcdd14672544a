import type { ComparisonFacts, EnrolmentFacts, RoiSettings } from "./facts.ts";

export type Grade = "A" | "B" | "C" | "D";

/** How far the figures may be read as an effect of the programme (statistics.md 2.1). Printed beside everything. */
export interface EvidenceGrade {
  readonly grade: Grade;
  /** What the letter means, in plain words. */
  readonly meaning: string;
  readonly design: "holdout" | "staggered_roll_out" | "own_past" | "before_after" | "none";
  readonly reading: "causal" | "associational";
  readonly reasons: readonly string[];
  /** What would have to be true for a better grade. */
  readonly toImprove: string;
}

export const gradeMeanings: Readonly<Record<Grade, string>> = {
  A: "Randomised holdout: the difference is an effect.",
  B: "Staggered roll-out with a comparison group that passed its checks: the difference is very likely an effect.",
  C: "Agents compared with their own past: a change that goes with the programme, not proof of an effect.",
  D: "No comparison group: a change over time, whatever caused it.",
};

const notYet =
  "A comparison with agents who are not enrolled: keep some teams out at random for 12 weeks, or enrol teams at different times, then let gami estimate the effect.";

/** Only D and C can be given as long as no estimator has run; A and B come with one. */
export function gradeEvidence(enrolment: EnrolmentFacts, settings: RoiSettings, comparison: ComparisonFacts | null): EvidenceGrade {
  const reasons = enrolmentReasons(enrolment, settings);
  if (comparison !== null) {
    const sentence = `${comparison.before.label} and ${comparison.after.label} are two periods of the calendar: season, staffing and the mix of calls changed with them`;
    return graded("D", "before_after", [sentence, ...reasons]);
  }
  if (enrolment.enrolledAgents === 0) return graded("D", "none", reasons);
  if (enrolment.withBaseline === 0) return graded("D", "none", reasons);
  return graded("C", "own_past", reasons);
}

function graded(grade: Grade, design: EvidenceGrade["design"], reasons: readonly string[]): EvidenceGrade {
  return { grade, meaning: gradeMeanings[grade], design, reading: "associational", reasons, toImprove: notYet };
}

function enrolmentReasons(enrolment: EnrolmentFacts, settings: RoiSettings): string[] {
  if (enrolment.enrolledAgents === 0) return ["nobody is recorded as enrolled, so there is no before and after per agent"];
  const reasons = [`enrolled agents: ${enrolment.enrolledAgents}; at work and never enrolled: ${enrolment.neverEnrolled}`];
  if (enrolment.withBaseline === 0) reasons.push("no enrolled agent has 4 observed weeks in the 8 before enrolment");
  if (enrolment.withBaseline > 0 && enrolment.withBaseline < enrolment.enrolledAgents) {
    reasons.push(`left out for too short a past: ${enrolment.enrolledAgents - enrolment.withBaseline} of the enrolled`);
  }
  const allocations = new Set([...enrolment.allocations, ...(settings.allocation === null ? [] : [settings.allocation])]);
  if (allocations.has("performance"))
    reasons.push("agents were chosen by their results: part of any improvement is return to their own average");
  if (allocations.size === 0) reasons.push("how agents were chosen is not recorded (programme.allocation)");
  reasons.push("no estimate against a comparison group has been made");
  return reasons;
}
