import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { explainEverything } from "../../../test/support/explain-everything.ts";
import { createMartsWarehouse, programmeRows } from "../../../test/support/roi-marts.ts";
import { type RollOutRows, rollOut, rollOutRows } from "../../../test/support/roll-out-marts.ts";
import { openDuckDbWarehouse } from "../../adapters/warehouses/duckdb/warehouse.ts";
import type { ReportScope } from "../../domain/roi/report/report.ts";
import { explainFigure, explainRoi, listRoi } from "./explain-roi.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-explain-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const everything: ReportScope = { month: null, challenge: null, compare: null };
let files = 0;

async function rollOutFile(changes: Partial<RollOutRows> = {}): Promise<string> {
  const path = join(folder, `${++files}.duckdb`);
  await createMartsWarehouse(path, rollOutRows(changes));
  return path;
}

async function inWarehouse<T>(path: string, work: (deps: Parameters<typeof explainRoi>[0]) => Promise<T>): Promise<T> {
  const warehouse = openDuckDbWarehouse({ path, memoryLimit: "500MB", threads: 1 });
  try {
    return await work({ warehouse, clock: { now: () => 0 }, version: "1.0.0" });
  } finally {
    await warehouse.close();
  }
}

/** By-hand marts hold months that do not follow from their days: what compares with the own past is tried over dbt's. */
const madeUp = /^(month\..*\.(gain|change|roi)|horizon\..*|change|gain\.leavers)$/;

const priced = "insert into meta.setting values ('usd_per_quality_point_minor', '500')";
const better = `${rollOut.quality} + case when treated then 2 else 0 end`;

describe("a number of the report taken apart", () => {
  test("[S4-R30] headline, components, effects, event weeks, cells and activity are the sums of their rows", async () => {
    const { explained } = await explainEverything(await rollOutFile({ weeks: 15, more: [priced], quality: better }), "1.0.0");
    const kept = [...explained].filter(([name]) => !madeUp.test(name));
    expect(kept.filter(([, { addsUp }]) => !addsUp).map(([name]) => name)).toEqual([]);
    const names = kept.map(([name]) => name);
    expect(names).toEqual(expect.arrayContaining(["headline", "roi", "gain", "gain.handle-time", "gain.quality", "cost", "cost.licence"]));
    expect(names).toEqual(
      expect.arrayContaining(["contacts", "effect.handle-time.first-weeks", "effect.quality.week.-2", "week.2026-W10.quality"]),
    );
    expect(names.filter((name) => name.startsWith("cell.")).length).toBeGreaterThan(40);
    expect(explained.get("headline")?.rows.map(({ explain }) => explain)).toEqual(["gain.handle-time", "gain.quality", null]);
    expect(explained.get("contacts")?.rows).toHaveLength(40);
  }, 180_000);

  test("a cell names each agent with its change and weight, and the weights of each side add up to 1", async () => {
    const { explanation, statements } = await inWarehouse(await rollOutFile(), (deps) =>
      explainRoi(deps, everything, "cell.handle-time.2026-W11.2026-W13"),
    );
    const enrolled = explanation.rows.filter(({ of }) => of.side === "enrolled");
    const controls = explanation.rows.filter(({ of }) => of.side === "control");
    expect([enrolled.length, controls.length]).toEqual([20, 20]);
    expect(enrolled.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1, 12);
    expect(controls.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(-1, 12);
    for (const { of, value } of explanation.rows) expect(value).toBeCloseTo(Number(of.now) - Number(of.before), 4);
    expect(statements.map(({ file }) => file)).toEqual(["sql/reports/roi-panel.sql", "sql/reports/roi-panel-size.sql"]);
    expect(statements[0]).toMatchObject({ parameters: ["2026-01-05", "2026-05-24"], text: expect.stringContaining("fct_agent_week") });
  });

  test("rows that no longer make the figure are told apart from rounding", async () => {
    const path = await rollOutFile();
    const explanation = await inWarehouse(path, async (deps) => {
      const listed = await listRoi(deps, everything);
      const wanted = listed.figures.find(({ name }) => name === "handle-time");
      if (wanted === undefined || listed.report.keyFigures.averageHandleTime.value === null) throw new Error("no handle time");
      const off = { ...listed.report.keyFigures.averageHandleTime, value: listed.report.keyFigures.averageHandleTime.value + 0.00002 };
      return (await explainFigure(deps.warehouse, listed, { ...wanted, figure: off })).explanation;
    });
    expect(explanation.addsUp).toBe(false);
    expect(explanation.difference).toBeCloseTo(-0.00002, 5);
  });

  test("a figure that is absent has its reason and no rows, and explaining writes nothing", async () => {
    const { explanation, statements, kept } = await inWarehouse(await rollOutFile(), async (deps) => ({
      ...(await explainRoi(deps, everything, "gain.quality")),
      kept: await deps.warehouse.rows("select count(*) as reports from meta.roi_result"),
    }));
    expect(explanation).toMatchObject({
      addsUp: true,
      rows: [],
      total: null,
      reported: { reason: expect.stringContaining("finance.perQualityPoint") },
    });
    expect(statements).toEqual([]);
    expect(Number(kept[0]?.reports)).toBe(0);
  });

  test("an unknown name is refused with the nearest one", async () => {
    await expect(inWarehouse(await rollOutFile(), (deps) => explainRoi(deps, everything, "gain.handletime"))).rejects.toMatchObject({
      code: "FIGURE_UNKNOWN",
      message: "the report has no figure gain.handletime; did you mean gain.handle-time?",
    });
  });

  test("[T63] without a comparison group the headline is the change against the agents' own past; agents picked by results have a bracket", async () => {
    const path = join(folder, `${++files}.duckdb`);
    await createMartsWarehouse(path, programmeRows);
    const { explanation } = await inWarehouse(path, (deps) => explainRoi(deps, everything, "headline"));
    expect(explanation).toMatchObject({ addsUp: true, rows: [{ of: { month: "2026-02" }, explain: "month.2026-02.change" }] });
    const picked = await inWarehouse(await rollOutFile({ allocation: "performance" }), (deps) => explainRoi(deps, everything, "headline"));
    expect(picked.explanation.reported.reason).toMatch(/a bracket is two estimates/);
  });
});
