// What the whole assessment of a large panel costs, beside one plain estimate of it.
// Run: node bench/estimator-speed.ts
import { aggregate, combineCells, isPost } from "../src/domain/estimate/aggregate.ts";
import { type AssessOptions, assessPanel, defaultDraws } from "../src/domain/estimate/assess-panel.ts";
import { drawBand } from "../src/domain/estimate/band.ts";
import { collectPanel } from "../src/domain/estimate/build-panel.ts";
import { bootstrapClusters, reweigh } from "../src/domain/estimate/cluster-bootstrap.ts";
import { collapseToClusters } from "../src/domain/estimate/collapse.ts";
import { defaultDesign, estimateGroupTime } from "../src/domain/estimate/group-time.ts";
import { startRandom } from "../src/domain/estimate/random.ts";

const size = { agents: 5000, weeks: 104, cohorts: 20, teams: 500, draws: 999 };

function timed<T>(name: string, work: () => T): { result: T; millis: number } {
  const started = performance.now();
  const result = work();
  const millis = performance.now() - started;
  console.log(`${name.padEnd(52)} ${millis.toFixed(0).padStart(6)} ms`);
  return { result, millis };
}

function build() {
  const random = startRandom(1, 0);
  const collector = collectPanel();
  for (let agent = 0; agent < size.agents; agent++) {
    const team = agent % size.teams;
    const treatedFrom = team % 5 === 0 ? null : 12 + 4 * (Math.floor(team / 5) % size.cohorts);
    for (let period = 0; period < size.weeks; period++) {
      const effect = treatedFrom !== null && period >= treatedFrom ? -5 : 0;
      const outcome = 300 + 20 * (random.unit() + random.unit() - 1) + effect;
      collector.add({ unit: `a${agent}`, cluster: `t${team}`, period, treatedFrom, outcome, weight: 100 + (agent % 50) });
    }
  }
  const built = collector.finish();
  if (built.kind === "refused") throw new Error(built.findings.map(({ text }) => text).join(" "));
  return built.panel;
}

console.log(`${size.agents} agents x ${size.weeks} weeks, ${size.teams} teams, ${size.cohorts} cohorts, ${size.draws} draws`);
const { result: panel } = timed("rows to panel", build);
const plain = timed("one plain estimate: cells, all aggregates, errors", () => aggregate(estimateGroupTime(panel, defaultDesign)));
const band = timed(`band of ${plain.result.eventTime.length} event times, ${size.draws} draws`, () =>
  drawBand(
    panel,
    plain.result.eventTime.map(({ effect }) => effect),
    { draws: size.draws, seed: 1 },
  ),
);
const teams = collapseToClusters(panel);
if (teams === null) throw new Error("teams share their date here");
const cohortOf = Int32Array.from(teams.cohortOf);
const bootstrap = timed(`cluster bootstrap of the simple effect, ${size.draws} draws`, () =>
  bootstrapClusters(
    cohortOf,
    (drawn) => {
      const groupTime = estimateGroupTime(reweigh(teams, drawn), defaultDesign, (eventTime) => eventTime >= 0);
      return [combineCells(groupTime, groupTime.cells.filter(isPost))?.estimate ?? null];
    },
    { draws: size.draws, seed: 1 },
  ),
);
const options: AssessOptions = {
  ...defaultDraws,
  design: defaultDesign,
  allocation: "operational",
  holdoutShare: null,
  label: (week) => week,
};
const all = timed("whole assessment: checks, band, 499 placebos", () => assessPanel(panel, [], options));
console.log(
  `ratio to one plain estimate: band ${(band.millis / plain.millis).toFixed(1)}, bootstrap ${(bootstrap.millis / plain.millis).toFixed(1)}, everything ${(all.millis / plain.millis).toFixed(1)}`,
);
console.log(`largest memory ${(process.resourceUsage().maxRSS / 1024).toFixed(0)} MiB; grade ${all.result.grade}`);
