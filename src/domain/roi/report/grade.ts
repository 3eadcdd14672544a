import type { ProgrammeAssessment } from "../programme/programme-assessment.ts";
import type { ComparisonFacts, EnrolmentFacts, RoiSettings } from "./facts.ts";

export type Grade = "A" | "B" | "C" | "D";

/** How far the figures may be read as an effect of the programme (statistics.md 2.1). Printed beside everything. */
export interface EvidenceGrade {
  readonly grade: Grade;
  /** What the letter means, in plain words. */
  readonly meaning: string;
  readonly design: "holdout" | "staggered_roll_out" | "failed_comparison" | "own_past" | "before_after" | "none";
  readonly reading: "causal" | "associational";
  readonly reasons: readonly string[];
  /** What would have to be true for a better grade. */
  readonly toImprove: string;
}

/** Whether a figure may be read as an effect, and a headline may state an ROI. */
export function isCausal(grade: Grade): boolean {
  return grade === "A" || grade === "B";
}

export const gradeMeanings: Readonly<Record<Grade, string>> = {
  A: "Randomised holdout: the difference is an effect.",
  B: "Staggered roll-out with a comparison group that passed its checks: the difference is very likely an effect.",
  C: "Agents compared with their own past: a change that goes with the programme, not proof of an effect.",
  D: "No comparison group: a change over time, whatever caused it.",
};

const notYet =
  "A comparison with agents who are not enrolled: keep some teams out at random for 12 weeks ('gami holdout assign'), or enrol teams at different times.";

const toImproveBy: Readonly<Record<Grade, string>> = {
  A: "Nothing: keep the holdout as long as the figure matters.",
  B: "Keep some teams out at random: 'gami holdout assign' draws them.",
  C: notYet,
  D: notYet,
};

export interface GradeInput {
  readonly enrolment: EnrolmentFacts;
  readonly settings: RoiSettings;
  readonly comparison: ComparisonFacts | null;
  /** The estimate against a comparison group; null when the report is about a part of the programme. */
  readonly programme: ProgrammeAssessment | null;
}

/** A and B come from the estimate alone; without one that stands, agents are compared with their own past at best. */
export function gradeEvidence({ enrolment, settings, comparison, programme }: GradeInput): EvidenceGrade {
  const past = enrolmentReasons(enrolment, settings);
  if (comparison !== null) {
    const sentence = `${comparison.before.label} and ${comparison.after.label} are two periods of the calendar: season, staffing and the mix of calls changed with them`;
    return graded("D", "before_after", [sentence, ...past, noEstimate]);
  }
  if (enrolment.enrolledAgents === 0) return graded("D", "none", [...past, noEstimate]);
  if (programme === null) {
    return graded(enrolment.withBaseline === 0 ? "D" : "C", enrolment.withBaseline === 0 ? "none" : "own_past", [...past, noEstimate]);
  }
  const found = programme.reasons.map(asClause);
  if (programme.grade === "A") return graded("A", "holdout", found);
  if (programme.grade === "B") return graded("B", "staggered_roll_out", found);
  if (programme.grade === "C") return graded("C", "failed_comparison", [...found, ...past]);
  return graded(enrolment.withBaseline === 0 ? "D" : "C", enrolment.withBaseline === 0 ? "none" : "own_past", [...found, ...past]);
}

const noEstimate = "no estimate against a comparison group has been made";

/** Reasons are listed as clauses; renderers add the full stop. */
function asClause(reason: string): string {
  return reason.replace(/\.$/, "");
}

function graded(grade: Grade, design: EvidenceGrade["design"], reasons: readonly string[]): EvidenceGrade {
  const meaning = design === "failed_comparison" ? failedMeaning : gradeMeanings[grade];
  const reading = grade === "A" || grade === "B" ? "causal" : "associational";
  return { grade, meaning, design, reading, reasons, toImprove: toImproveBy[grade] };
}

const failedMeaning = "A comparison group that does not settle it: a change that goes with the programme, not proof of an effect.";

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
  return reasons;
}
