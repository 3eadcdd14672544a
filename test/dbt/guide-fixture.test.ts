import { cpSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import type { Row, Warehouse } from "../../src/ports/warehouse.ts";
import { gami } from "../support/gami.ts";
import { requireOrSkip } from "../support/require.ts";

const scenario = join(import.meta.dirname, "../../fixtures/scenarios/s4-guide");

describe.runIf(requireOrSkip("python"))("the guide's own month, through import, dbt and marts", () => {
  const folder = mkdtempSync(join(tmpdir(), "gami-guide-"));
  let warehouse: Warehouse;

  beforeAll(async () => {
    cpSync(scenario, folder, { recursive: true });
    expect(await gami(folder, "--quiet", "import", "csv", "events.csv", "performance.csv")).toMatchObject({ code: 0 });
    expect(await gami(folder, "--quiet", "dbt", "build")).toMatchObject({ code: 0 });
    warehouse = openDuckDbWarehouse({ path: join(folder, "gami.duckdb") });
  }, 600_000);

  afterAll(async () => {
    await warehouse?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function one(sql: string): Promise<Row> {
    const rows = await warehouse.rows(sql);
    expect(rows).toHaveLength(1);
    return rows[0] ?? {};
  }

  test("[G17] [T43] [T45] [T48] [T60] ten days of three events give 30 rows, 100 points, .70 engagement, 50 hours and no risk cost", async () => {
    const month = await one(`
      select event_count, points_paid::double as points, engagement, point_event_count, (handle_seconds / 3600)::double as handle_hours,
        modelled_risk_cost_minor, modelled_risk_cost_at_cost_threshold_minor, active_agents
      from marts.fct_program_month where year_month = '2024-05'`);
    expect(month).toMatchObject({
      event_count: 30,
      points: 100,
      point_event_count: 10,
      handle_hours: 50,
      modelled_risk_cost_minor: 0,
      modelled_risk_cost_at_cost_threshold_minor: 0,
      active_agents: 1,
    });
    expect(month.engagement).toBeCloseTo(0.7, 12);
  });

  test("[S4-R18] an agent's day has the events of its local date beside the platform's performance of it, and the week's engagement", async () => {
    const days = await warehouse.rows(`
      select event_count::integer as events, points::double as points, (handle_seconds / 3600)::double as handle_hours,
        round(engagement_7d, 12) as engagement, engagement_7d_days_used::integer as days_used
      from marts.fct_agent_day where year_month = '2024-05' order by work_date`);
    const usual = { events: 3, points: 10, handle_hours: 5 };
    const expected = Array.from({ length: 10 }, (_, day) => Math.min(day + 1, 7)).map((days_used) => ({
      ...usual,
      // Two days say nothing of a week.
      engagement: days_used < 3 ? null : 0.7,
      days_used,
    }));
    expect(days.slice(0, 10)).toEqual(expected);
  });

  test("[G17] the guide's formulas give 84 rows, 280 points, .221, 28 point events, 420 hours and a cost of 672,000 on the same rows", async () => {
    const month = await one(readFileSync(join(folder, "guide-month.sql"), "utf8"));
    expect(Number(month.row_count)).toBe(84);
    expect(Number(month.points)).toBe(280);
    expect(Number(month.engagement)).toBeCloseTo(0.2211, 4);
    expect(Number(month.point_events)).toBe(28);
    expect(Number(month.handle_hours)).toBe(420);
    expect(Number(month.risk_cost)).toBe(672_000);
  });

  test("[G19] [T49] an action that two challenges pay is owed twice and credited once; its badge stays", async () => {
    expect(
      await one(`
        select points_paid::double as paid, points_credited::double as credited, badge_count, actions_credited
        from marts.fct_program_month where year_month = '2024-06'`),
    ).toEqual({ paid: 30, credited: 15, badge_count: 1, actions_credited: 1 });
    expect(
      await warehouse.rows(`
        select event_id, points::double as points, attribution_weight
        from marts.fct_gamification_event where work_date = '2024-06-03' order by event_id`),
    ).toEqual([
      { event_id: "o1", points: 15, attribution_weight: 0.5 },
      { event_id: "o2", points: 15, attribution_weight: 0.5 },
      { event_id: "o3", points: null, attribution_weight: null },
    ]);
  });

  test("[T57] [G20] what is not known has a reason, never a silent null", async () => {
    expect(
      await one(`
        select roi, roi_reason, handle_benefit_minor, handle_reason, stability_roi, stability_reason, operational_roi, operational_reason
        from marts.fct_program_month where year_month = '2024-05'`),
    ).toEqual({
      roi: null,
      roi_reason: "undefined: no cost is recorded",
      handle_benefit_minor: null,
      handle_reason: "no agent is enrolled in this month",
      stability_roi: null,
      stability_reason: "no enrolled agent reached 90 days of follow-up in this month",
      operational_roi: null,
      operational_reason: "no agent is in the first 14 days after enrolment",
    });
  });
});
