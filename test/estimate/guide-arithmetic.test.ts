import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { computeRoi } from "../../src/domain/estimate/roi-money.ts";

/** One healthy agent over ten days: a day has 10 points, a badge, an engagement score of .70 and five hours of handle time. */
const fixture = [
  "create table event as select 'a' as agent, timestamp '2026-03-02 00:00' + to_days(d::int) + to_hours(h::int) as occurred_at, if(h = 9, 10, null) as points, if(h = 15, 0.70, null) as engagement from range(10) as days(d), (values (9), (12), (15)) as hours(h)",
  "create table day as select 'a' as agent, cast(date '2026-03-02' + d::int as date) as work_date, 5.0 as handle_hours from range(10) as days(d)",
];

async function query(file: string): Promise<Record<string, unknown>[]> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  for (const sql of fixture) await connection.run(sql);
  const reader = await connection.runAndReadAll(readFileSync(new URL(file, import.meta.url), "utf8"));
  const rows = reader.getRowObjects();
  connection.closeSync();
  instance.closeSync();
  return rows;
}

async function run(file: string): Promise<Record<string, number>> {
  const [row = {}] = await query(file);
  return Object.fromEntries(
    Object.entries(row)
      .filter(([name]) => name !== "month")
      .map(([name, value]) => [name, Number(value)]),
  );
}

/** Rows of the tables in the documentation's section, without the head: name, proposed, right. */
function documented(): string[][] {
  const [, section = ""] = readFileSync(new URL("../../docs/roi-method.md", import.meta.url), "utf8").split("\n## Common arithmetic");
  const [tables = ""] = section.split("\n### A roll-out");
  const rows = tables
    .split("\n")
    .flatMap((line) => (line.startsWith("| ") ? [line.split(" | ").map((cell) => cell.replace(/^\| /, ""))] : []));
  return rows.map((cells) => cells.slice(0, 3)).filter(([, proposed]) => proposed !== "proposed");
}

test("the proposed arithmetic multiplies events and finds a healthy agent at risk [G17] [T43] [T45] [T48] [T60]", async () => {
  const guide = await run("guide-roi.sql");
  expect(guide).toMatchObject({ event_rows: 84, points: 280, point_events: 28, handle_hours: 420, risk_cost: 672_000 });
  expect(guide.engagement).toBeCloseTo(0.221, 3);
  expect(guide.roi).toBeCloseTo((3000 - 672_000) / 672_000, 9);
});

test("each figure at its own grain is the right one [G17]", async () => {
  const right = await run("right-grain.sql");
  expect(right).toEqual({
    event_rows: 30,
    points: 100,
    engagement: expect.closeTo(0.7, 12),
    point_events: 10,
    handle_hours: 50,
    risk_cost: 0,
  });
});

test("the return sets the gain against what was spent, not against a risk [G20] [T58]", () => {
  const roi = computeRoi({ amountMinor: 300_000, standardErrorMinor: 60_000 }, 250_000n);
  expect(roi.kind === "roi" && [roi.roi, roi.netMinor]).toEqual([expect.closeTo(0.2, 12), 50_000]);
});

test("[S4-R20] [S4-R21] [S4-R23] [S4-R24] [S4-R33] [S4-R34] [S4-R35] [S4-R54] the documentation prints what both say [G17] [G20] [T44] [T45] [T57] [T58] [T60]", async () => {
  const [guide, right, steps] = [await run("guide-roi.sql"), await run("right-grain.sql"), await query("guide-steps.sql")];
  const grouped = (value: number | undefined) => (value ?? Number.NaN).toLocaleString("en");
  const share = (value: number | undefined, digits: number) => (value ?? Number.NaN).toFixed(digits).replace(/^0/, "");
  const roi = computeRoi({ amountMinor: 300_000, standardErrorMinor: 60_000 }, 250_000n);
  expect(documented()).toEqual([
    ["event rows", grouped(guide.event_rows), grouped(right.event_rows)],
    ["points", grouped(guide.points), grouped(right.points)],
    ["events with points", grouped(guide.point_events), grouped(right.point_events)],
    ["engagement", share(guide.engagement, 3), share(right.engagement, 2)],
    ["handle time", `${guide.handle_hours} h`, `${right.handle_hours} h`],
    ["risk cost", grouped(guide.risk_cost), grouped(right.risk_cost)],
    ["ROI, 200 h saved at 15, cost 2,500", guide.roi?.toFixed(4), roi.kind === "roi" ? roi.roi.toFixed(2) : ""],
    ...steps.map(({ step, proposed, correct }) => [step, proposed, correct]),
  ]);
});
