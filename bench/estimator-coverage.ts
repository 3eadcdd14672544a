// Does the 95 % interval hold the truth 95 times in 100, and is enrolment after a dip refused every time?
// Run: node bench/estimator-coverage.ts [runs]
import { aggregate } from "../src/domain/estimate/aggregate.ts";
import { type AssessOptions, assessPanel, defaultDraws } from "../src/domain/estimate/assess-panel.ts";
import { buildPanel } from "../src/domain/estimate/build-panel.ts";
import { type Effect, inferFrom } from "../src/domain/estimate/effect.ts";
import { type Design, defaultDesign, estimateGroupTime } from "../src/domain/estimate/group-time.ts";
import type { Panel } from "../src/domain/estimate/panel.ts";
import { defaultPreTrend, testPreTrend } from "../src/domain/estimate/pre-trend.ts";
import { defaultPanel, type PanelParameters, simulatePanel } from "../src/domain/simulate/panel.ts";

const runs = Number(process.argv[2] ?? 2000);
const truth = defaultPanel.effectMs / 1000;

function draw(run: number, changes: Partial<PanelParameters> = {}): Panel {
  const rows = simulatePanel(`coverage ${run}`, changes);
  const build = buildPanel(
    rows.map(({ agent, team, week, contacts, y, treatedFrom }) => ({
      unit: agent,
      cluster: team,
      period: week,
      outcome: y,
      treatedFrom,
      weight: contacts,
    })),
  );
  if (build.kind === "refused") throw new Error(build.findings.map(({ text }) => text).join(" "));
  return build.panel;
}

interface Tally {
  readonly estimates: number[];
  readonly errors: number[];
  covered: number;
  coveredByUnit: number;
}

function note(tally: Tally, panel: Panel, effect: Effect | null): void {
  if (effect === null) throw new Error("no effect");
  const { estimate, standardError, unitStandardError, low, high } = inferFrom(panel, effect);
  if (low === null || high === null || standardError === null || unitStandardError === null) throw new Error("no interval");
  tally.estimates.push(estimate);
  tally.errors.push(standardError);
  if (low <= truth && truth <= high) tally.covered += 1;
  if (Math.abs(estimate - truth) <= 1.96 * unitStandardError) tally.coveredByUnit += 1;
}

function meanOf(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function print(name: string, { estimates, errors, covered, coveredByUnit }: Tally): void {
  const mean = meanOf(estimates);
  const spread = Math.sqrt(meanOf(estimates.map((estimate) => (estimate - mean) ** 2)));
  const bias = (100 * (mean - truth)) / Math.abs(truth);
  const words = [
    `bias ${bias.toFixed(2)} %`,
    `SD ${spread.toFixed(3)}`,
    `mean SE ${meanOf(errors).toFixed(3)}`,
    `coverage by team ${(covered / estimates.length).toFixed(4)}`,
    `by agent ${(coveredByUnit / estimates.length).toFixed(4)}`,
  ];
  console.log(`${name.padEnd(28)} ${words.join(", ")}`);
}

const started = performance.now();
const designs: Record<string, Design> = { "mean of 8": defaultDesign, last: { ...defaultDesign, baseline: "last" } };
for (const [name, design] of Object.entries(designs)) {
  const tallies = {
    simple: { estimates: [], errors: [], covered: 0, coveredByUnit: 0 } satisfies Tally,
    operational: { estimates: [], errors: [], covered: 0, coveredByUnit: 0 } satisfies Tally,
  };
  let fired = 0;
  for (let run = 0; run < runs; run++) {
    const panel = draw(run);
    const aggregates = aggregate(estimateGroupTime(panel, design));
    note(tallies.simple, panel, aggregates.simple);
    note(tallies.operational, panel, aggregates.operational);
    if ((testPreTrend(panel, aggregates.eventTime, defaultPreTrend)?.pValue ?? 1) < 0.05) fired += 1;
  }
  print(`${name}, all weeks`, tallies.simple);
  print(`${name}, weeks 0-1`, tallies.operational);
  console.log(`${name}: pre-trend test rejects ${((100 * fired) / runs).toFixed(1)} % though trends are parallel`);
}

const dipRuns = runs;
const options: AssessOptions = {
  ...defaultDraws,
  design: defaultDesign,
  allocation: null,
  holdoutShare: null,
  bandDraws: 99,
  placeboDraws: 19,
  label: (week) => week,
};
for (const allocation of ["performance", "operational", null] as const) {
  let refused = 0;
  for (let run = 0; run < dipRuns; run++) {
    const { grade } = assessPanel(draw(run, { allocation: "performance" }), [], { ...options, allocation });
    if (grade === "C" || grade === "D") refused += 1;
  }
  console.log(`enrolled after a dip, said to be ${allocation ?? "nothing"}: grade B refused in ${refused} of ${dipRuns} runs`);
}
console.log(`${((performance.now() - started) / 1000).toFixed(0)} s`);
