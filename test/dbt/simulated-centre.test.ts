import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import type { Row, Warehouse } from "../../src/ports/warehouse.ts";
import { gami } from "../support/gami.ts";
import { requireOrSkip } from "../support/require.ts";

interface Truth {
  readonly interactions: Readonly<Record<string, number>>;
  readonly gamification: Readonly<Record<string, number>>;
  readonly quality: Readonly<Record<string, number>>;
  readonly costs: Readonly<Record<string, string>>;
  readonly people: Readonly<Record<string, number>>;
}

const streams = ["agents", "queues", "badges", "challenges", "challenge_statuses", "enrolments", "costs", "shifts", "adherence"];
const files = [...streams, "interactions", "evaluations", "surveys", "gamification_events"].map((name) => join("sim", `${name}.csv`));

describe.runIf(requireOrSkip("python"))("a simulated centre over four changes of the clocks, through import, dbt and marts", () => {
  const folder = mkdtempSync(join(tmpdir(), "gami-simulated-"));
  let warehouse: Warehouse;
  let truth: Truth;

  beforeAll(async () => {
    expect(await gami(folder, "init", "--yes")).toMatchObject({ code: 0 });
    const simulated = await gami(
      folder,
      "simulate",
      "files",
      "--out",
      "sim",
      "--seed",
      "marts",
      "--agents",
      "36",
      "--days",
      "70",
      "--start",
      "2026-02-16",
    );
    expect(simulated).toMatchObject({ code: 0 });
    truth = JSON.parse(readFileSync(join(folder, "sim", "truth.json"), "utf8"));
    expect(await gami(folder, "--quiet", "import", "csv", ...files)).toMatchObject({ code: 0 });
    expect(await gami(folder, "--quiet", "dbt", "run")).toMatchObject({ code: 0 });
    warehouse = openDuckDbWarehouse({ path: join(folder, "gami.duckdb") });
  }, 600_000);

  afterAll(async () => {
    await warehouse?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function one(sql: string, ...values: readonly string[]): Promise<Row> {
    const rows = await warehouse.rows(sql, values);
    expect(rows).toHaveLength(1);
    return rows[0] ?? {};
  }

  test("contacts and durations of the marts are the true ones, after resends, corrections and duplicates", async () => {
    const { handled, talkMs, holdMs, afterCallMs, handleMs } = truth.interactions;
    const sums = await one(`
      select count(*) as handled, (sum(talk_seconds) * 1000)::bigint as "talkMs", (sum(hold_seconds) * 1000)::bigint as "holdMs",
        (sum(after_call_seconds) * 1000)::bigint as "afterCallMs", (sum(handle_seconds) * 1000)::bigint as "handleMs"
      from marts.fct_interaction where is_handled`);
    expect(sums).toEqual({ handled, talkMs, holdMs, afterCallMs, handleMs });
    expect(await one("select count(*) as lost from marts.fct_interaction where outcome = 'abandoned'")).toEqual({
      lost: truth.interactions.abandoned,
    });
  });

  test("[T32] [G15] [G16] every agent-day has its true contacts and handle time: night shifts, split shifts, moves between zones and changed clocks included", async () => {
    const compared = await one(
      `
      with truth as (
        select agent_native_id, work_date::date as work_date, contacts, handle_ms from read_csv($1)
      ),
      found as (
        select agents.agent_native_id, days.work_date, days.handle_count as contacts, (days.handle_seconds * 1000)::bigint as handle_ms
        from marts.fct_agent_day as days
        inner join (select distinct agent_id, agent_native_id from marts.dim_agent) as agents on days.agent_id = agents.agent_id
        where days.handle_count > 0
      )
      select
        count(*) as days,
        count(*) filter (where truth.contacts = found.contacts and truth.handle_ms = found.handle_ms) as equal_days
      from truth
      full join found on truth.agent_native_id = found.agent_native_id and truth.work_date = found.work_date`,
      join(folder, "sim", "truth", "agent_day.csv"),
    );
    expect(compared.days).toBeGreaterThan(1_000);
    expect(compared.equal_days).toBe(compared.days);
  });

  test("[T49] [T51] points paid are the true ones, and actions paid twice are counted", async () => {
    const { pointsMilli, actionsPaidTwice, engagementAboveOne } = truth.gamification;
    expect(actionsPaidTwice).toBeGreaterThan(0);
    const paid = await one(`
      select (sum(points) * 1000)::bigint as points, count(*) - count(distinct action_key) as twice
      from marts.fct_gamification_event where event_kind = 'points_earned'`);
    expect(paid).toEqual({ points: pointsMilli, twice: actionsPaidTwice });
    expect(await one("select sum(overflow_count)::bigint as over from marts.fct_agent_day")).toEqual({ over: engagementAboveOne });
  });

  test("costs of the programme and the number of enrolled agents are the true ones", async () => {
    const kinds = ["reward", "licence", "admin", "agent_time", "liability_change"];
    const sums = await one(
      `select ${kinds.map((kind) => `sum(${kind}_cost_minor)::bigint as ${kind}`).join(", ")} from marts.fct_program_month`,
    );
    expect(sums).toEqual(Object.fromEntries(kinds.map((kind) => [kind, Number(truth.costs[kind] ?? 0)])));
    expect(Number((await one("select max(enrolled_agents) as enrolled from marts.fct_program_month")).enrolled)).toBeLessThanOrEqual(
      truth.people.enrolled ?? 0,
    );
  });
});
