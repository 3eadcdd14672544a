import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { computeRoi } from "../../src/domain/estimate/roi-money.ts";

/** One healthy agent over ten days: a day has 10 points, a badge, an engagement score of .70 and five hours of handle time. */
const fixture = [
  "create table event as select 'a' as agent, timestamp '2026-03-02 00:00' + to_days(d::int) + to_hours(h::int) as occurred_at, if(h = 9, 10, null) as points, if(h = 15, 0.70, null) as engagement from range(10) as days(d), (values (9), (12), (15)) as hours(h)",
  "create table day as select 'a' as agent, cast(date '2026-03-02' + d::int as date) as work_date, 5.0 as handle_hours from range(10) as days(d)",
];

async function run(file: string): Promise<Record<string, number>> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  for (const sql of fixture) await connection.run(sql);
  const reader = await connection.runAndReadAll(readFileSync(new URL(file, import.meta.url), "utf8"));
  const [row = {}] = reader.getRowObjects();
  connection.closeSync();
  instance.closeSync();
  return Object.fromEntries(
    Object.entries(row)
      .filter(([name]) => name !== "month")
      .map(([name, value]) => [name, Number(value)]),
  );
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
