import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { simulatePanel } from "../../src/domain/simulate/panel.ts";
import { toyRows } from "../support/panels.ts";
import { requireOrSkip, sharedData } from "../support/require.ts";

const bundle = join(import.meta.dirname, "..", "..", "dist", "main.js");
let folder = "";

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "gami-estimate-"));
  const weeks = ["2025-W51", "2025-W52", "2026-W01", "2026-W02"];
  const lines = toyRows.map(
    ({ unit, period, outcome, treatedFrom, weight }) =>
      `${unit},${weeks[period]},${outcome},${treatedFrom === null ? "" : weeks[treatedFrom]},${weight}`,
  );
  writeFileSync(join(folder, "toy.csv"), ["agent,week,aht,enrolled,contacts", ...lines].join("\n"));
  writeFileSync(join(folder, "twice.csv"), ["agent,week,aht,enrolled", "a,1,5,0", "a,1,6,0", "b,1,7,2", "b,2,8,2"].join("\n"));
  writeFileSync(join(folder, "mixed.csv"), ["agent,week,aht,enrolled", "a,1,5,0", "a,2025-W02,6,0"].join("\n"));
  writeFileSync(join(folder, "words.csv"), ["agent,week,aht,enrolled", "a,1,fast,0", "a,2,6,0", "b,1,6,2", "b,2,6,2"].join("\n"));
  writeFileSync(join(folder, "flags.csv"), ["agent,week,aht,enrolled", "a,1,5,0", "a,2,6,1", "b,1,7,0", "b,2,8,0"].join("\n"));
  writeFileSync(join(folder, "semicolons.csv"), ["agent;week;aht;enrolled", "a;1;5;0"].join("\n"));
  writeFileSync(join(folder, "decimal-commas.csv"), ["agent;week;aht;enrolled", "a;1;5,5;0"].join("\n"));
  writeFileSync(join(folder, "two-columns.csv"), ["agent,week,aht,enrolled,aht", "a,1,5,0,6", "b,1,7,2,8"].join("\n"));
  writeFileSync(join(folder, "nothing.csv"), "");
  const dates = (days: number) => (period: number) => new Date(Date.UTC(2026, 0, 5 + 7 * period + days)).toISOString().slice(0, 10);
  const dated = toyRows.map(
    ({ unit, period, outcome, treatedFrom }) =>
      `${unit},${dates(0)(period)},${outcome},${treatedFrom === null ? "" : dates(2)(treatedFrom)}`,
  );
  writeFileSync(join(folder, "dates.csv"), ["agent,week,aht,enrolled", ...dated].join("\n"));
  writeFileSync(join(folder, "empty.csv"), "agent,week,aht,enrolled\n");
  writeFileSync(join(folder, "ragged.csv"), "agent,week,aht,enrolled\na,1\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const columns = ["--unit", "agent", "--period", "week", "--outcome", "aht", "--treated-from", "enrolled"];

function estimate(...words: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  return gami("roi", "estimate", ...words);
}

async function gami(...words: readonly string[]): Promise<{ code: number; stdout: string; stderr: string }> {
  const run = promisify(execFile)(process.execPath, [bundle, ...words], { cwd: folder, maxBuffer: 1e8 });
  return run.then(
    ({ stdout, stderr }) => ({ code: 0, stdout, stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({ code: error.code, stdout: error.stdout, stderr: error.stderr }),
  );
}

test("a panel of ISO weeks over a year's end, as a table and as JSON [T63]", async () => {
  const table = await estimate("--panel", "toy.csv", ...columns, "--baseline", "last");
  expect(table).toMatchObject({ code: 0, stdout: expect.stringContaining("cohort 2026-W01") });
  expect(table.stdout).toMatch(/^Grade C/);
  expect(table.stdout).toContain("synthetic control: none. 4 units are treated");
  const { stdout } = await estimate("--panel", "toy.csv", ...columns, "--baseline", "last", "--json");
  const json: unknown = JSON.parse(stdout);
  expect(json).toMatchObject({
    command: "roi estimate",
    status: "done",
    aggregates: {
      simple: { estimate: expect.closeTo(-5.833333, 6), standardError: expect.closeTo(1.040091, 6) },
      cohort: [{ cohort: "2026-W01" }, { cohort: "2026-W02" }],
    },
    grade: "C",
  });
  const names = (value: unknown) => Object.keys(value ?? {});
  expect(names(json)).toEqual(
    expect.arrayContaining(["cells", "aggregates", "preTest", "sensitivity", "grade", "reasons", "schemaVersion"]),
  );
  expect(names(JSON.parse(stdout).aggregates)).toEqual(
    expect.arrayContaining(["simple", "cohort", "groupOverall", "eventTime", "dynamicOverall", "operational"]),
  );
  expect(names(JSON.parse(stdout).cells[0])).toEqual(expect.arrayContaining(["cohort", "period", "estimate", "standardError", "n"]));
  expect(json).toHaveProperty("cells.1", expect.objectContaining({ cohort: "2026-W01", period: "2026-W01", estimate: -4.5, n: 4 }));
});

test("weekly dates, with enrolment on a day within the week", async () => {
  const { stdout } = await estimate("--panel", "dates.csv", ...columns, "--baseline", "last", "--json");
  const { aggregates, cells } = JSON.parse(stdout);
  expect(aggregates.simple.estimate).toBeCloseTo(-5.833333, 6);
  expect(cells[1]).toMatchObject({ cohort: "2026-01-19", period: "2026-01-19", estimate: -4.5 });
});

test("units chosen by their results get a bracket beside the estimates, others none [T63]", async () => {
  const lines = simulatePanel("roll-out", { allocation: "performance" }).map(
    ({ agent, team, week, y, treatedFrom }) => `${agent},${team},${week},${y},${treatedFrom ?? ""}`,
  );
  writeFileSync(join(folder, "chosen.csv"), ["agent,team,week,aht,enrolled", ...lines].join("\n"));
  const words = ["--panel", "chosen.csv", ...columns, "--cluster", "team", "--draws", "99"];
  const { stdout } = await estimate(...words, "--allocation", "performance", "--json");
  const { bracket, grade } = JSON.parse(stdout);
  expect(grade).toBe("C");
  expect(bracket.widestLow < -5.9 && -5.9 < bracket.widestHigh).toBe(true);
  expect((await estimate(...words, "--allocation", "performance")).stdout).toContain("no single figure below is it");
  expect(JSON.parse((await estimate(...words, "--allocation", "operational", "--json")).stdout)).toMatchObject({
    bracket: null,
    grade: "C",
  });
});

test("few treated teams get a synthetic control with its placebo beside the estimates, more than three none and why", async () => {
  // Team 0 is half of team 1 and half of team 2 but for a wobble of its own, and six less from week 11 on.
  const level = (team: number, week: number) => 300 + 10 * team + ((team * 7 + week * 3) % 5) + ((team * week * week) % 7);
  const ahtOf = (team: number, week: number) =>
    team > 0 ? level(team, week) : (level(1, week) + level(2, week)) / 2 + (week % 2 === 0 ? 0.5 : -0.5) - (week > 10 ? 6 : 0);
  const written = (treated: number) =>
    Array.from({ length: 10 * 2 * 14 }, (_, place) => {
      const [team, agent, week] = [place % 10, Math.floor(place / 10) % 2, 1 + Math.floor(place / 20)];
      return `t${team}a${agent},t${team},${week},${ahtOf(team, week) + (agent === 0 ? 3 : -3)},${team < treated ? 11 : ""}`;
    });
  const header = "agent,team,week,aht,enrolled";
  writeFileSync(join(folder, "one-site.csv"), [header, ...written(1)].join("\n"));
  writeFileSync(join(folder, "four-sites.csv"), [header, ...written(4)].join("\n"));
  const words = (file: string) => ["--panel", file, ...columns, "--cluster", "team", "--allocation", "operational", "--draws", "99"];
  const { syntheticControl, syntheticControlReason } = JSON.parse((await estimate(...words("one-site.csv"), "--json")).stdout);
  expect(syntheticControlReason).toBeNull();
  const [cluster] = syntheticControl.clusters;
  expect(cluster).toMatchObject({ cluster: "t0", treatedFrom: 11, prePeriods: 10, donors: 9, placebo: { rank: 1, of: 10, pValue: 0.1 } });
  expect(Math.abs(syntheticControl.estimate + 6)).toBeLessThan(0.5);
  expect(cluster.effects.map(({ period }: { period: number }) => period)).toEqual([11, 12, 13, 14]);
  const weights: { donor: string; weight: number }[] = cluster.weights;
  expect(weights.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 9);
  expect(weights.flatMap(({ donor, weight }) => (weight > 0.4 ? [donor] : []))).toEqual(["t1", "t2"]);
  expect((await estimate(...words("one-site.csv"))).stdout).toMatch(
    /\nsynthetic control: -[56]\.\d+ \(t0 -[56]\.\d+, missed by 0\.\d+ before, rank 1 of 10, p = 0\.1000\)\n/,
  );
  expect(JSON.parse((await estimate(...words("four-sites.csv"), "--json")).stdout)).toMatchObject({
    syntheticControl: null,
    syntheticControlReason: "4 clusters are treated; a synthetic control is made for at most 3.",
  });
});

test("weights, controls and the mean baseline reach the estimator", async () => {
  const read = async (...words: string[]) => JSON.parse((await estimate("--panel", "toy.csv", ...columns, "--json", ...words)).stdout);
  expect((await read("--baseline", "last", "--weights", "contacts")).cells[1].estimate).toBeCloseTo(-3.916667, 6);
  expect((await read("--baseline", "last", "--controls", "not-yet")).aggregates.simple.estimate).toBeCloseTo(-5.666667, 6);
  expect((await read("--min-pre", "1")).aggregates.simple.standardError).toBeCloseTo(0.752568, 6);
});

test("bad panels are answered with grade D and a reason, not with a crash", async () => {
  const reasons = async (file: string) => JSON.parse((await estimate("--panel", file, ...columns, "--json")).stdout);
  expect(await reasons("twice.csv")).toMatchObject({
    status: "done",
    grade: "D",
    aggregates: null,
    syntheticControl: null,
    syntheticControlReason: expect.stringContaining("no figure"),
    reasons: [expect.stringContaining("more than once")],
  });
  expect(await reasons("mixed.csv")).toMatchObject({ grade: "D", reasons: [expect.stringContaining('week has "1", "2025-W02"')] });
  expect(await reasons("words.csv")).toMatchObject({ grade: "D", reasons: [expect.stringContaining('a in period 1: aht is "fast"')] });
  expect((await reasons("flags.csv")).reasons).toEqual([
    expect.stringContaining("a: never and 1"),
    expect.stringContaining("holds only 0 and 1: it must be the first treated period"),
  ]);
  expect(await reasons("empty.csv")).toMatchObject({ grade: "D", reasons: ["The panel has no rows."] });
  expect(await reasons("toy.csv")).toMatchObject({ grade: "D", reasons: [expect.stringContaining("--min-pre")] });
});

test("a wrong column, a missing file, a torn file and no source at all are faults with a hint", async () => {
  expect(await estimate("--panel", "toy.csv", ...columns.map((word) => (word === "aht" ? "AHT" : word)))).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('has no column "AHT"; it has agent, week, aht'),
  });
  expect(await estimate("--panel", "none.csv", ...columns)).toMatchObject({ code: 6, stderr: expect.stringContaining("hint:") });
  expect(await estimate("--panel", "ragged.csv", ...columns)).toMatchObject({ code: 6, stderr: expect.stringContaining("no regular CSV") });
  expect(await estimate("--panel", "semicolons.csv", ...columns)).toMatchObject({
    code: 6,
    stderr: expect.stringContaining('";", not with'),
  });
  expect(await estimate("--panel", "decimal-commas.csv", ...columns)).toMatchObject({
    code: 6,
    stderr: expect.stringContaining("points in decimals"),
  });
  expect(await estimate("--panel", "nothing.csv", ...columns)).toMatchObject({
    code: 6,
    stderr: expect.stringContaining("no header line"),
  });
  expect(await estimate("--panel", "two-columns.csv", ...columns)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('more than one column "aht"'),
  });
  expect(await estimate("--panel", "toy.csv", "--query", "select 1", ...columns)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("either --panel FILE or --query SQL"),
  });
  expect(await estimate("--panel", "toy.csv", ...columns, "--pre-window", "2")).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("use --min-pre 2 or less"),
  });
  expect(await estimate(...columns)).toMatchObject({ code: 2, stderr: expect.stringContaining("--panel FILE or --query SQL") });
  expect(await estimate("--panel", "toy.csv", ...columns, "--baseline", "median")).toMatchObject({ code: 2 });
});

test("a query on the warehouse is a panel too; anything but one select is refused", async () => {
  expect(await gami("init", "--yes")).toMatchObject({ code: 0 });
  const query = "select * replace (nullif(aht, 0) as aht) from read_csv('toy.csv')";
  expect(await estimate("--query", query, ...columns)).toMatchObject({ code: 6, stderr: expect.stringContaining("there is no warehouse") });
  expect(existsSync(join(folder, "gami.duckdb"))).toBe(false);
  expect(await gami("state", "export")).toMatchObject({ code: 0 });
  const { stdout } = await estimate("--query", query, ...columns, "--baseline", "last", "--json");
  expect(JSON.parse(stdout).aggregates.simple.estimate).toBeCloseTo(-5.833333, 6);
  expect(await estimate("--query", "delete from meta.batch", ...columns)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("one select"),
  });
  expect(await estimate("--query", "select x from nowhere", ...columns)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining("nowhere"),
  });
  expect(await estimate("--query", "select 1 as agent", ...columns)).toMatchObject({
    code: 2,
    stderr: expect.stringContaining('no column "week"'),
  });
});

test.runIf(requireOrSkip("data"))("county employment by the command of the documentation, twice the same bytes", async () => {
  const words = [
    "--panel",
    sharedData("mpdta", "mpdta.csv"),
    "--unit",
    "countyreal",
    "--period",
    "year",
    "--outcome",
    "lemp",
    "--treated-from",
    "first.treat",
  ];
  const first = await estimate(...words, "--baseline", "last", "--allocation", "operational", "--json");
  const json = JSON.parse(first.stdout);
  expect(json.cells).toHaveLength(12);
  expect(Math.abs(json.aggregates.simple.estimate - -0.0399512751551763)).toBeLessThan(1e-9);
  expect(Math.abs(json.aggregates.simple.standardError - 0.0120340127701854)).toBeLessThan(1e-9);
  expect(Math.abs(json.preTest.cells.statistic - 7.79123662720035)).toBeLessThan(1e-9);
  expect(json.grade).toBe("B");
  expect((await estimate(...words, "--baseline", "last", "--allocation", "operational", "--json")).stdout).toBe(first.stdout);
});
