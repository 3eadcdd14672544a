import type { OutcomeEffect, ProgrammeAssessment } from "../../../domain/roi/programme/programme-assessment.ts";
import type { RoiReport } from "../../../domain/roi/report/report.ts";
import { numberText } from "../../../domain/roi/report/words.ts";
import { bracketChart, eventStudyChart, preTrendChart } from "../charts/effect.ts";
import { challengeEffectTable, checkTable, contributionTable, effectTable } from "../effect-tables.ts";
import { type Html, html, nothing } from "./markup.ts";
import { drawTable, section } from "./sections.ts";

/** What the programme did against a comparison group: the picture first, then figures, money and checks. */
export function effectSection(report: RoiReport): Html | null {
  const { effect, currency } = report;
  if (effect === null) return null;
  const [handleTime] = effect.outcomes;
  return section(
    "effect",
    "Effect of the programme",
    leadOf(effect),
    html`<div class="grid">${bracketFigure(effect)}${handleTime === undefined ? nothing : studyFigures(handleTime)}</div>`,
    drawTable(effectTable(effect, currency)),
    html`<h3>What the effect is worth</h3>`,
    drawTable(contributionTable(effect, currency)),
    html`<h3>Checks</h3>`,
    drawTable(checkTable(effect, currency)),
    ...(effect.challenges.length === 0 ? [] : [html`<h3>Handle time by challenge</h3>`, drawTable(challengeEffectTable(report))]),
  );
}

function leadOf({ grade, launchedOn }: ProgrammeAssessment): string {
  const since = launchedOn === null ? "" : ` The first teams were enrolled in the week of ${launchedOn}.`;
  const how = "Enrolled agents against agents who were not, each compared with their own eight weeks before.";
  const warning = grade === "A" || grade === "B" ? "" : " The comparison does not stand on its own: read it as an association.";
  return `${how}${since}${warning}`;
}

function bracketFigure({ bracket }: ProgrammeAssessment): Html {
  if (bracket === null) return nothing;
  const span = `${numberText(bracket.low, 1)} to ${numberText(bracket.high, 1)} s; the pale part adds sampling error`;
  return html`<figure class="panel whole"><figcaption><b>Handle time: a bracket, no point</b> ${span}</figcaption>${bracketChart(bracket)}</figure>`;
}

function studyFigures(outcome: OutcomeEffect): Html {
  const after = eventStudyChart(outcome);
  const before = preTrendChart(outcome);
  const p = outcome.preTest === null ? "not testable" : `p = ${outcome.preTest.pValue.toFixed(2)}`;
  return html`${
    after === null
      ? nothing
      : html`<figure class="panel"><figcaption><b>Handle time after enrolment</b> lines: each week by itself; shade: all weeks at once, 95 %</figcaption>${after}</figure>`
  }${
    before === null
      ? nothing
      : html`<figure class="panel"><figcaption><b>Before enrolment: no effect is due</b> change to the week before; joint test ${p}</figcaption>${before}</figure>`
  }`;
}
