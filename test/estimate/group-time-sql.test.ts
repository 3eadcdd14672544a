import { readFileSync } from "node:fs";
import { DuckDBInstance } from "@duckdb/node-api";
import { expect, test } from "vitest";
import { effectOfCell } from "../../src/domain/estimate/aggregate.ts";
import type { PanelRow } from "../../src/domain/estimate/build-panel.ts";
import { inferFrom } from "../../src/domain/estimate/effect.ts";
import { defaultDesign, estimateGroupTime } from "../../src/domain/estimate/group-time.ts";
import { simulatePanel } from "../../src/domain/simulate/panel.ts";
import { mpdtaRows, panelOf, toyRows, withoutWeights } from "../support/panels.ts";
import { requireOrSkip } from "../support/require.ts";

const sql = readFileSync(new URL("group-time.sql", import.meta.url), "utf8");

async function bySql(rows: readonly PanelRow[]): Promise<Map<string, readonly [number, number]>> {
  const instance = await DuckDBInstance.create(":memory:");
  const connection = await instance.connect();
  await connection.run("create table panel (id varchar, t bigint, g bigint, y double)");
  const appender = await connection.createAppender("panel");
  for (const { unit, period, treatedFrom, outcome } of rows) {
    if (outcome === null) continue;
    appender.appendVarchar(unit);
    appender.appendBigInt(BigInt(period));
    if (treatedFrom === null) appender.appendNull();
    else appender.appendBigInt(BigInt(treatedFrom));
    appender.appendDouble(outcome);
    appender.endRow();
  }
  appender.closeSync();
  const reader = await connection.runAndReadAll(sql);
  const found = reader
    .getRowObjects()
    .map(({ g, t, estimate, standard_error }) => [`${g},${t}`, [Number(estimate), Number(standard_error)]] as const);
  connection.closeSync();
  instance.closeSync();
  return new Map(found);
}

async function compare(rows: readonly PanelRow[]): Promise<number> {
  const panel = panelOf(rows);
  const groupTime = estimateGroupTime(panel, { ...defaultDesign, baseline: "last" });
  const reference = await bySql(rows);
  for (const cell of groupTime.cells) {
    const { estimate, unitStandardError } = inferFrom(panel, effectOfCell(groupTime, cell));
    const [sqlEstimate, sqlError] = reference.get(`${panel.cohorts[cell.cohort]},${panel.periods[cell.period]}`) ?? [
      Number.NaN,
      Number.NaN,
    ];
    expect(Math.abs(estimate - sqlEstimate)).toBeLessThan(1e-9);
    expect(Math.abs((unitStandardError ?? 0) - sqlError)).toBeLessThan(1e-9);
  }
  expect(groupTime.cells).toHaveLength(reference.size);
  return reference.size;
}

test("the cells equal those of the SQL in DuckDB: toy panel", async () => {
  expect(await compare(withoutWeights(toyRows))).toBe(6);
});

test("the cells equal those of the SQL in DuckDB: simulated weeks with gaps", async () => {
  const weeks = simulatePanel("sql", { agents: 60, teams: 12, missingShare: 0.05 });
  const rows = weeks.map(({ agent, week, y, treatedFrom }) => ({ unit: agent, period: week, outcome: y, treatedFrom }));
  expect(await compare(rows)).toBe(3 * 23);
});

test.runIf(requireOrSkip("data"))("the cells equal those of the SQL in DuckDB: county employment", async () => {
  expect(await compare(mpdtaRows())).toBe(12);
});
