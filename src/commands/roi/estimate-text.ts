import type { Assessed } from "../../app/roi/estimate-panel.ts";
import { counted } from "../../domain/counted.ts";
import type { Assessment } from "../../domain/estimate/assess-panel.ts";
import type { Bracket } from "../../domain/estimate/bracket.ts";
import type { Inference } from "../../domain/estimate/effect.ts";
import { renderTable } from "../table.ts";

const gradeWords = {
  A: "randomised holdout",
  B: "comparison group, checks passed",
  C: "an association, not a proven effect",
  D: "no figure to rely on",
} as const;

/** An assessment for a terminal: the grade and its reasons first, then what was estimated, then the checks. */
export function renderAssessment({ assessment, bracket, synthetic }: Assessed): string {
  const { panel, grade, reasons } = assessment;
  const head = [`Grade ${grade}: ${gradeWords[grade]}`, ...reasons.map((reason) => `- ${reason}`)];
  if (assessment.aggregates === null) return head.join("\n");
  const clusters = panel.isClustered ? `, ${panel.clusters} clusters` : "";
  const size = `${panel.units} units (${panel.treatedUnits} treated, ${panel.untreatedUnits} never), ${panel.periods} periods, ${counted(panel.cohorts, "cohort")}${clusters}`;
  const checks = [...checkLines(assessment), syntheticLine(synthetic)];
  return [...head, ...bracketLines(bracket), "", size, "", aggregateTable(assessment), "", ...checks].join("\n");
}

function syntheticLine(synthetic: Assessed["synthetic"]): string {
  if (synthetic.kind === "none") return `synthetic control: none. ${synthetic.reason}`;
  const clusters = synthetic.clusters.map(({ cluster, estimate, preRmspe, placebo }) => {
    const rank = placebo === null ? "no placebo" : `rank ${placebo.rank} of ${placebo.of}, p = ${pText(placebo.pValue)}`;
    return `${cluster} ${numberText(estimate)}, missed by ${numberText(preRmspe)} before, ${rank}`;
  });
  const without = synthetic.leftOut.map(({ cluster, reason }) => `none for ${cluster}: ${reason}`);
  return `synthetic control: ${numberText(synthetic.estimate)} (${[...clusters, ...without].join("; ")})`;
}

/** Who was chosen by results moves back by itself: no single estimate of the table is the effect. */
function bracketLines(bracket: Bracket | null): string[] {
  if (bracket === null) return [];
  const { low, high, widestLow, widestHigh } = bracket;
  const widest = `${numberText(widestLow)} .. ${numberText(widestHigh)} with sampling error`;
  return [
    "",
    `The first two periods' effect lies between ${numberText(low)} and ${numberText(high)} (${widest}); no single figure below is it.`,
  ];
}

function aggregateTable({ aggregates }: Assessment): string {
  if (aggregates === null) return "";
  const named: readonly (readonly [string, Inference | null])[] = [
    ["all periods (simple)", aggregates.simple],
    ["first two periods (operational)", aggregates.operational],
    ["mean of cohorts", aggregates.groupOverall],
    ["mean of event times", aggregates.dynamicOverall],
    ...aggregates.cohort.map((part) => [`cohort ${part.cohort}`, part] as const),
    ...aggregates.eventTime.map((part) => [`event time ${part.eventTime}`, part] as const),
  ];
  const rows = named.map(([name, inference]) =>
    inference === null
      ? [name, "", "", "", "", ""]
      : [
          name,
          numberText(inference.estimate),
          numberText(inference.standardError),
          intervalText(inference),
          pText(inference.pValue),
          numberText(inference.minimumDetectableEffect),
        ],
  );
  return renderTable(["effect", "estimate", "std. error", "95 % interval", "p", "detectable"], rows);
}

function checkLines({ preTest, placebos, sensitivity, holdout, wildBootstrap, band }: Assessment): string[] {
  const lines: string[] = [];
  if (preTest !== null) {
    const { numeratorDegrees, denominatorDegrees, fStatistic, pValue, detectableSlope } = preTest;
    lines.push(
      `trends before: F(${numeratorDegrees}, ${denominatorDegrees}) = ${numberText(fStatistic)}, p = ${pText(pValue)}; would have seen a slope of ${numberText(detectableSlope)} per period`,
    );
  }
  if (placebos.inTime !== null) {
    const { shift, effect } = placebos.inTime;
    lines.push(`placebo ${shift} periods earlier: ${numberText(effect.estimate)}, p = ${pText(effect.pValue)}`);
  }
  if (placebos.inSpace !== null) {
    lines.push(`treatment dates shuffled ${placebos.inSpace.draws} times: p = ${pText(placebos.inSpace.pValue)}`);
  }
  if (holdout !== null) {
    const { heldClusters, treatedClusters, sampleRatioP, cuped } = holdout;
    lines.push(`drawn: ${treatedClusters} treated, ${heldClusters} held out, sample ratio p = ${pText(sampleRatioP)}`);
    if (cuped !== null)
      lines.push(
        `drawn clusters against each other (CUPED): ${numberText(cuped.estimate)}, ${numberText(cuped.low)} .. ${numberText(cuped.high)}, ${numberText(cuped.varianceFactor)} of the variance left`,
      );
  }
  if (wildBootstrap?.simple) lines.push(`wild bootstrap (${wildBootstrap.simple.multipliers}): p = ${pText(wildBootstrap.simple.pValue)}`);
  if (band.eventTime !== null) {
    const { critical, draws } = band.eventTime;
    lines.push(`all event times at once: estimate -+ ${numberText(critical)} std. errors (${draws} draws)`);
  }
  for (const { eventTime, breakdown } of sensitivity?.effects ?? []) {
    if (breakdown === null) continue;
    lines.push(`event time ${eventTime} stands until trends part by ${numberText(breakdown)} times the worst deviation before`);
  }
  return lines;
}

function numberText(value: number | null): string {
  return value === null ? "" : String(Number(value.toPrecision(5)));
}

function intervalText({ low, high }: Inference): string {
  return low === null ? "" : `${numberText(low)} .. ${numberText(high)}`;
}

function pText(value: number | null): string {
  if (value === null) return "";
  return value < 0.0001 ? "< 0.0001" : value.toFixed(4);
}
