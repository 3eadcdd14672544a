import { appendFileSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import type { Row } from "../../src/ports/warehouse.ts";
import { setFaults, simulatorCounts, startCentre } from "../support/extraction.ts";
import { gami, type Ran } from "../support/gami.ts";
import { requireOrSkip } from "../support/require.ts";

const [firstDay, missing, after, end] = ["2026-01-05", "2026-01-07", "2026-01-08", "2026-01-10"];

describe.runIf(requireOrSkip("python"))("a day on which the platform throttles", () => {
  const folder = mkdtempSync(join(tmpdir(), "gami-throttled-"));
  let centre: RunningSimulator;

  beforeAll(async () => {
    centre = await startCentre();
    expect(await gami(folder, "init", "--yes")).toMatchObject({ code: 0 });
    appendFileSync(
      join(folder, "gami.config.yaml"),
      `
sources:
  genesys:
    baseUrl: ${centre.url}
    loginUrl: ${centre.url}
    clientId: sim-client
    clientSecret: sim-secret
    requestsPerMinute: 600000
    jobPollMs: 10
`,
    );
  });
  afterAll(async () => {
    await centre.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const extract = (...flags: readonly string[]): Promise<Ran> => gami(folder, "extract", "--json", ...flags);

  async function rows(sql: string): Promise<Row[]> {
    const warehouse = openDuckDbWarehouse({ path: join(folder, "gami.duckdb"), threads: 1 });
    try {
      return await warehouse.rows(sql);
    } finally {
      await warehouse.close();
    }
  }

  /** Days the 28-day average of each agent says it rests on, and how many there are. */
  const daysUsed = () =>
    rows(`
      select
          days.agent_id::varchar as agent_id,
          days.work_date::varchar as work_date,
          days.handle_28d_days_used::integer as stated,
          (
              select count(*)::integer
              from marts.fct_agent_day as earlier
              where earlier.agent_id = days.agent_id and earlier.handle_count > 0
                  and earlier.work_date between days.work_date - 27 and days.work_date
          ) as there_are
      from marts.fct_agent_day as days
      order by all`);

  const handledOn = async (date: string) => {
    const [day] = await rows(`
      select count(*)::integer as n
      from raw.genesys_interaction
      where superseded_seq is null and entered_at::date = '${date}'`);
    return Number(day?.n);
  };

  test("[T36] [S4-R64] a day that throttles keep from being read is a gap that is told, and averages state the days they rest on", async () => {
    expect(await extract("--stream", "users,conversations", "--since", firstDay, "--until", missing)).toMatchObject({ code: 0 });
    // The evening of the missing day: every answer is a 429 that asks for an hour. The run gives up, to be tried again.
    await setFaults(centre.url, [{ name: "throttle", rate: 1, path: "/details/jobs" }], { retryAfterSeconds: 3_600 });
    const throttled = await extract("--stream", "conversations", "--until", after);
    expect(throttled).toMatchObject({ code: 75 });
    expect(JSON.parse(throttled.stdout)).toMatchObject({ status: "failed", error: { code: "PLATFORM_BUSY" } });
    await setFaults(centre.url, []);
    // Somebody reads the days behind it by hand.
    expect(await extract("--stream", "conversations", "--since", after, "--until", end)).toMatchObject({ code: 0 });
    const gaps = await extract("--gaps");
    expect(gaps.code).toBe(5);
    expect(gaps.stdout).toContain(missing);
    expect(await handledOn(missing)).toBe(0);

    const built = await gami(folder, "--quiet", "dbt", "run", "--select", "+fct_agent_day");
    expect(built, built.stderr).toMatchObject({ code: 0 });
    const stated = await daysUsed();
    expect(stated.length).toBeGreaterThan(50);
    for (const { stated: days, there_are } of stated) expect(days).toBe(there_are);
    // Monday to Friday, and one day is missing: only whose local day reaches over its edge can claim all five.
    const last = stated.filter(({ work_date }) => work_date === "2026-01-09").map(({ stated: days }) => Number(days));
    expect(Math.max(...last)).toBeGreaterThan(1);
    expect(last.filter((days) => days < 5).length).toBeGreaterThan(last.length / 2);
  }, 600_000);

  test("[T36] [S4-R62] [S4-R63] [S2-R10] bursts of throttles on the next run are waited out and leave no gap", async () => {
    await setFaults(
      centre.url,
      ["/details/jobs", "/results", "/availability"].map((path) => ({ name: "throttle", rate: 1, path, times: 3 })),
      { retryAfterSeconds: 0 },
    );
    const extracted = await extract("--stream", "conversations", "--since", missing, "--until", end);
    await setFaults(centre.url, []);
    expect(extracted, extracted.stderr).toMatchObject({ code: 0 });
    expect(JSON.parse(extracted.stdout).reads[0].counts.throttled).toBeGreaterThan(2);
    expect(await extract("--gaps")).toMatchObject({ code: 0 });
    expect(await handledOn(missing)).toBeGreaterThan(20);
    // Each of these runs was a process of its own, and they shared one token.
    expect((await simulatorCounts(centre.url)).tokensIssued.genesys).toBe(1);
  }, 600_000);
});
