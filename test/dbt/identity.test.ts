import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import type { Row } from "../../src/ports/warehouse.ts";
import { readTruth } from "../simulator/simulate.ts";
import { startCentre } from "../support/extraction.ts";
import { gami } from "../support/gami.ts";
import { requireOrSkip } from "../support/require.ts";

const secrets = { GC_SECRET: "sim-secret", CX_SECRET: "sim secret+", CX_KEY_SECRET: "SIMSECRETXYZ====" };
const [since, until] = ["2026-01-05", "2026-01-09"];

describe.runIf(requireOrSkip("python"))("one person with an account on each platform", () => {
  const folder = mkdtempSync(join(tmpdir(), "gami-identity-"));
  let centre: RunningSimulator;

  beforeAll(async () => {
    centre = await startCentre();
    Object.assign(process.env, secrets);
    expect(await gami(folder, "init", "--yes")).toMatchObject({ code: 0 });
    const config = join(folder, "gami.config.yaml");
    appendFileSync(
      config,
      `
identity: mapped
sources:
  genesys:
    baseUrl: ${centre.url}
    loginUrl: ${centre.url}
    clientId: sim-client
    clientSecret: \${GC_SECRET}
    requestsPerMinute: 600000
    jobPollMs: 10
  cxone:
    loginUrl: ${centre.url}
    clientId: sim-client@gami
    clientSecret: \${CX_SECRET}
    accessKeyId: SIMKEY7Q====
    accessKeySecret: \${CX_KEY_SECRET}
    requestsPerMinute: 600000
    jobPollMs: 10
`,
    );
    const wanted = "agent,queue,interaction,evaluation,adherence";
    const extracted = await gami(folder, "extract", "--stream", wanted, "--since", since, "--until", until, "--json");
    expect(extracted, extracted.stderr).toMatchObject({ code: 0 });
  }, 300_000);

  afterAll(async () => {
    for (const name of Object.keys(secrets)) delete process.env[name];
    await centre.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function rows(sql: string): Promise<Row[]> {
    const warehouse = openDuckDbWarehouse({ path: join(folder, "gami.duckdb"), threads: 1 });
    try {
      return await warehouse.rows(sql);
    } finally {
      await warehouse.close();
    }
  }
  const leftOut = () => rows("select source, reason, interactions::integer as n from intermediate.int_interactions_left_out order by all");
  const counted = () =>
    rows("select source, count(*)::integer as n from marts.fct_interaction where agent_id is not null group by all order by all");

  async function handled(source: string): Promise<number> {
    const truth = await readTruth(centre.url, source, "interaction", `${since}T00:00:00Z`, `${until}T00:00:00Z`);
    return truth.filter(({ agent_native_id }) => agent_native_id !== null).length;
  }

  test("[T78] without a link nobody's work is in the marts, and all of it is counted as left out", async () => {
    const built = await gami(folder, "--quiet", "dbt", "run");
    expect(built, built.stderr).toMatchObject({ code: 0 });
    expect(await counted()).toEqual([]);
    const out = await leftOut();
    expect(out.map(({ source }) => source)).toEqual(["cxone", "genesys"]);
    expect(out.every(({ reason, n }) => reason === "no link names the agent" && Number(n) > 100)).toBe(true);
    expect(await rows("select count(*)::integer as n from marts.fct_agent_day where interactions > 0")).toEqual([{ n: 0 }]);
  }, 300_000);

  test("[T78] [S2-R26] links by employee id bring both platforms to one person, a link by hand ends when it says, and nothing is written without --apply", async () => {
    const [mine] = await rows(`
      select agent_native_id from raw.cxone_interaction
      where started_at >= timestamp '2026-01-07' and agent_native_id is not null
      group by all order by count(*) desc, agent_native_id limit 1`);
    const file = join(folder, "people.csv");
    writeFileSync(file, `source,agent_native_id,person,from,to\ncxone,${mine?.agent_native_id},by-hand,,2026-01-07\n`);
    const planned = JSON.parse((await gami(folder, "identity", "link", "--file", file, "--json")).stdout);
    expect(planned).toMatchObject({ isApplied: false, withdrawn: 0, kept: 0, unlinked: 0, conflicts: [] });
    expect(await rows("select count(*)::integer as n from raw.gami_identity")).toEqual([{ n: 0 }]);

    const applied = await gami(folder, "identity", "link", "--file", file, "--apply", "--json");
    expect(JSON.parse(applied.stdout)).toMatchObject({ isApplied: true, added: planned.added, new: planned.added, quarantined: 0 });
    expect(JSON.parse((await gami(folder, "identity", "link", "--apply", "--json")).stdout)).toMatchObject({
      status: "nothing_to_do",
      added: 0,
      withdrawn: 0,
      kept: planned.added,
    });

    const built = await gami(folder, "--quiet", "dbt", "run");
    expect(built, built.stderr).toMatchObject({ code: 0 });
    const ended = `
      select count(*)::integer as n from raw.cxone_interaction
      where superseded_seq is null and agent_native_id = '${mine?.agent_native_id}' and started_at >= timestamp '2026-01-07'`;
    const [after] = await rows(ended);
    expect(Number(after?.n)).toBeGreaterThan(0);
    expect(await leftOut()).toEqual([{ source: "cxone", reason: "no link names the agent", n: after?.n }]);
    const inMarts = Object.fromEntries((await counted()).map(({ source, n }) => [source, Number(n)]));
    expect(inMarts.cxone).toBe((await handled("cxone")) - Number(after?.n));
    expect(inMarts.genesys).toBeGreaterThanOrEqual(await handled("genesys"));

    // Both platforms of the simulator show the same contacts: whoever has both accounts did each of them twice.
    const perPerson = await rows(`
      select
        count(*) filter (where source = 'genesys' and entered_at >= timestamp '${since}' and entered_at < timestamp '${until}')::integer as genesys,
        count(*) filter (where source = 'cxone')::integer as cxone
      from marts.fct_interaction
      where agent_id is not null and agent_id not in (
        select agent_id from marts.dim_agent where agent_native_id = '${mine?.agent_native_id}'
      )
      group by agent_id`);
    const both = perPerson.filter(({ genesys, cxone }) => Number(genesys) > 0 && genesys === cxone);
    expect(both.length).toBeGreaterThan(10);
    // The account whose colleague was named by hand followed by their employee id, so that nobody stands alone.
    expect(perPerson.length).toBe(both.length);

    // One day of one person has what each platform knows of it: contacts and scores of both, kept shifts.
    const [day] = await rows(`
      select count(*)::integer as n, sum(days.interactions)::integer as interactions, min(days.scheduled_seconds)::double as scheduled
      from marts.fct_agent_day as days
      inner join (
        select agent_id, work_date, count(*) as handled, count(distinct source) as sources
        from marts.fct_interaction where is_handled group by all
      ) as contacts on days.agent_id = contacts.agent_id and days.work_date = contacts.work_date
      where contacts.sources = 2 and days.quality_count > 1 and days.interactions = contacts.handled and days.scheduled_seconds > 0`);
    expect(Number(day?.n)).toBeGreaterThan(0);
    expect(Number(day?.scheduled)).toBeGreaterThan(0);

    // While both accounts are open always by the same one, or the teams of two platforms would mix; never by one given up.
    const described = await rows(`
      select
        agents.source,
        days.agent_id in (select agent_id from marts.dim_agent where agent_native_id = '${mine?.agent_native_id}') as gave_up,
        days.work_date >= date '2026-01-07' as is_after
      from marts.fct_agent_day as days
      inner join marts.dim_agent as agents on days.agent_key = agents.agent_key
      where days.agent_id in (select agent_id from marts.dim_agent group by agent_id having count(distinct source) = 2)
      group by all order by all`);
    expect(described).toEqual([
      { source: "cxone", gave_up: false, is_after: false },
      { source: "cxone", gave_up: false, is_after: true },
      { source: "cxone", gave_up: true, is_after: false },
      { source: "genesys", gave_up: true, is_after: true },
    ]);
  }, 300_000);

  test("a file with faults exits 2 and names each line", async () => {
    const file = join(folder, "wrong.csv");
    writeFileSync(file, "source,agent_native_id,person,from,to\ngenesys,,anna,,\ngenesys,x,anna,yesterday,\n");
    const refused = await gami(folder, "identity", "link", "--file", file);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("line 2: agent_native_id is empty");
    expect(refused.stderr).toContain('line 3: from "yesterday"');
    expect(readFileSync(file, "utf8")).toContain("yesterday");
  });
});
