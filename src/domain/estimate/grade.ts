import type { Finding } from "./finding.ts";

/**
 * How far a figure may be trusted. A: randomised holdout. B: staggered difference in differences that passes its checks.
 * C: selected by performance, before and after only, or checks failed. D: no comparison, or no error. Money headlines need A or B.
 */
export type Grade = "A" | "B" | "C" | "D";

/** How units came to be treated, as the operator states it. */
export type Allocation = "random" | "operational" | "performance";

export interface Evidence {
  readonly comparison: "controls" | "before-after" | "none";
  /** Null when nobody said; it then counts as unknown selection. */
  readonly allocation: Allocation | null;
  /** A randomised holdout, with the p of its sample ratio; null when there is none. */
  readonly holdout: { readonly sampleRatioP: number } | null;
  readonly units: { readonly treated: number; readonly control: number };
  readonly clusters: { readonly treated: number; readonly control: number };
  /** Null when it could not be tested. */
  readonly preTrendP: number | null;
  /** A placebo before treatment, null when the panel does not reach back far enough. */
  readonly placeboP: number | null;
  readonly hasInterval: boolean;
  readonly findings: readonly Finding[];
}

export interface GradeDecision {
  readonly grade: Grade;
  /** Why not better, in words; what was refused or lowered by first. */
  readonly reasons: readonly string[];
}

/** Some reasons leave no figure to trust (D), others leave an association (C); without either only the holdout is missing (B) or not (A). */
export function decideGrade(evidence: Evidence): GradeDecision {
  const forD = reasonsForD(evidence);
  const findings = weighFindings(evidence);
  const forC = [...reasonsForC(evidence), ...findings.filter(({ severity }) => severity === "lowers").map(({ text }) => text)];
  const remarks = findings.filter(({ severity }) => severity === "notes").map(({ text }) => text);
  const reasons = [...forD, ...forC, ...brokenDraw(evidence), ...remarks];
  if (forD.length > 0) return { grade: "D", reasons };
  if (forC.length > 0) return { grade: "C", reasons };
  const failsRandomisation = reasonAgainstA(evidence);
  if (failsRandomisation === null) return { grade: "A", reasons };
  return { grade: "B", reasons: [...new Set([...reasons, failsRandomisation])] };
}

/** A draw that was made and not kept is told at every grade; that there was none is told only where nothing else is missing. */
function brokenDraw(evidence: Evidence): string[] {
  const reason = reasonAgainstA(evidence);
  return evidence.allocation === "random" && evidence.holdout !== null && reason !== null ? [reason] : [];
}

/** One date for all is a fault only without a draw: whatever else happened then happened to the teams held out as well. */
function weighFindings(evidence: Evidence): Finding[] {
  const isDrawn = reasonAgainstA(evidence) === null;
  return evidence.findings.filter(({ code }) => !(isDrawn && code === "one-cohort"));
}

function reasonsForD(evidence: Evidence): string[] {
  const refused = evidence.findings.filter(({ severity }) => severity === "refuses").map(({ text }) => text);
  if (refused.length > 0) return refused;
  if (evidence.comparison === "none") return ["There is no comparison group and no period before treatment."];
  return evidence.hasInterval ? [] : ["No error could be computed, so nothing is known about how far off the estimate is."];
}

function reasonsForC(evidence: Evidence): string[] {
  const reasons: string[] = [];
  if (evidence.comparison === "before-after")
    reasons.push("There is no comparison group, only before and after: whatever else changed is in the figure.");
  if (evidence.allocation === "performance") {
    reasons.push("Units were chosen by their recent performance: it would have moved back towards the mean without any treatment.");
  }
  if (evidence.allocation === null) {
    reasons.push(
      "How units were chosen was not stated (--allocation random, operational or performance): choice by performance cannot be ruled out.",
    );
  }
  const { units, clusters } = evidence;
  if (evidence.comparison === "controls" && Math.min(units.treated, units.control) < 10) {
    reasons.push(`Treated units: ${units.treated}; controls: ${units.control}. Grade B asks for 10 on each side.`);
  }
  if (evidence.comparison === "controls" && Math.min(clusters.treated, clusters.control) < 5) {
    reasons.push(`Clusters with treated units: ${clusters.treated}; with controls: ${clusters.control}. Grade B asks for 5 on each side.`);
  }
  return [...reasons, ...reasonsAgainstTrends(evidence)];
}

/** With a random holdout the trends are alike by design; a failed test of them is then one draw in twenty. */
function reasonsAgainstTrends(evidence: Evidence): string[] {
  if (evidence.comparison !== "controls" || reasonAgainstA(evidence) === null) return [];
  const { preTrendP, placeboP } = evidence;
  const reasons: string[] = [];
  if (preTrendP === null) reasons.push("Trends before treatment could not be tested: too few periods before it or too few clusters.");
  if (preTrendP !== null && preTrendP < 0.05) {
    reasons.push(`Treated and untreated units moved apart before treatment already (pre-trend test p = ${preTrendP.toFixed(4)}).`);
  }
  if (placeboP !== null && placeboP < 0.01) {
    reasons.push(`A placebo treatment before the true one shows an effect too (p = ${placeboP.toFixed(4)}).`);
  }
  return reasons;
}

function reasonAgainstA({ allocation, holdout }: Evidence): string | null {
  if (allocation !== "random" || holdout === null) return "Without a randomised holdout grade A is out of reach.";
  // A ratio this unlikely means that the assignment was not kept, whatever was planned.
  if (holdout.sampleRatioP < 0.001) {
    return `The holdout is not the share that was drawn (sample ratio p = ${holdout.sampleRatioP.toExponential(1)}): assignment was not kept.`;
  }
  return null;
}
