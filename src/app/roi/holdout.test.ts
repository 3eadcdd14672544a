import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, describe, expect, test } from "vitest";
import { createMemoryFolder } from "../../../test/support/memory-folder.ts";
import { createMartsWarehouse, runInWarehouse } from "../../../test/support/roi-marts.ts";
import { rollOutRows } from "../../../test/support/roll-out-marts.ts";
import { openCsvTable } from "../../adapters/files/csv-table.ts";
import { openDuckDbWarehouse } from "../../adapters/warehouses/duckdb/warehouse.ts";
import type { OpenTableFile } from "../../ports/table-file.ts";
import type { Warehouse } from "../../ports/warehouse.ts";
import { assignmentFile, drawTeams, holdoutFileNames, readTeams, writeHoldout } from "./assign-holdout.ts";
import { checkHoldout } from "./check-holdout.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-holdout-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const opened: Warehouse[] = [];
afterEach(async () => {
  for (const warehouse of opened.splice(0)) await warehouse.close();
});

let files = 0;
const key = Buffer.alloc(32, 7);
const aTeam = { site: "", tenureDays: 1, agents: 1, enrolledAgents: 0, handleSeconds: 0, handleCount: 0 };
const plan = { programme: "points", share: 0.25, enrolOn: "2026-07-06" };

async function centre(treatedFrom = "null"): Promise<{ path: string; warehouse: Warehouse }> {
  const path = join(folder, `${++files}.duckdb`);
  await createMartsWarehouse(path, rollOutRows({ treatedFrom, weeks: 10 }));
  return { path, warehouse: open(path) };
}

function open(path: string): Warehouse {
  const warehouse = openDuckDbWarehouse({ path, memoryLimit: "500MB", threads: 1 });
  opened.push(warehouse);
  return warehouse;
}

/** The rows of the enrolment file of a source. */
async function enrolments(warehouse: Warehouse, source = "test"): Promise<string[]> {
  const { folder: out, files: written } = createMemoryFolder();
  await writeHoldout(warehouse, out, await drawTeams(warehouse, plan, key), plan);
  return (written.get(`enrolments-${source}.csv`) ?? "").trimEnd().split("\n").slice(1);
}

/** A table of the text a command wrote. */
function tableOf(text: string): OpenTableFile {
  const [header = "", ...lines] = text.trimEnd().split("\n");
  const columns = header.split(",");
  const rows = lines.map((line) => Object.fromEntries(line.split(",").map((cell, index) => [columns[index] ?? "", cell])));
  return async () => ({
    columns,
    async *rows() {
      yield rows;
    },
  });
}

describe("drawing teams", () => {
  test("a quarter of 12 teams is held out, half of them at each site, the same teams with the same key", async () => {
    const { warehouse } = await centre();
    const { assignments } = await drawTeams(warehouse, plan, key);
    const held = assignments.filter(({ arm }) => arm === "holdout");
    expect(assignments).toHaveLength(12);
    expect(held).toHaveLength(3);
    expect(new Set(held.map(({ site }) => site))).toEqual(new Set(["North", "South"]));
    expect((await drawTeams(warehouse, plan, key)).assignments).toEqual(assignments);
    expect((await drawTeams(warehouse, plan, Buffer.alloc(32, 8))).assignments).not.toEqual(assignments);
  });

  test("a team has as many agents as people work in it: not who had an account before, and once who has two of them, or came back", async () => {
    const { path, warehouse } = await centre();
    const before = await readTeams(warehouse);
    await warehouse.close();
    opened.pop();
    const former = "00000000-0000-0000-0000-0000000f0000";
    await runInWarehouse(path, [
      `insert into marts.dim_agent select '${former}', '${former}', * exclude (agent_key, agent_id) from marts.dim_agent where agent_native_id = 'native-1'`,
      `create or replace view intermediate.int_employment as
        select agent_id, 1 as stint_no, hired_on, case when agent_id = '${former}' then date '2026-02-01' else left_on end as left_on, left_reason
        from marts.dim_agent where is_current
        union all select agent_id, 2, date '2030-01-01', null, null from marts.dim_agent where agent_native_id = 'native-3'`,
      "update marts.dim_agent set left_on = date '2029-12-31' where agent_native_id = 'native-3'",
      `insert into marts.dim_agent select '00000000-0000-0000-0000-0000000f0001', * exclude (agent_key) replace ('second' as agent_native_id, false as is_current)
        from marts.dim_agent where agent_native_id = 'native-2'`,
    ]);
    expect(await readTeams(open(path))).toEqual(before);
  });

  test("what is written enrols every agent of every other team, and nobody held out", async () => {
    const { warehouse } = await centre();
    const draw = await drawTeams(warehouse, plan, key);
    const { folder: out, files: written } = createMemoryFolder();
    expect(await writeHoldout(warehouse, out, draw, plan)).toEqual(["enrolments-test.csv", "enrolments-test.mapping.yaml", assignmentFile]);
    const rows = (written.get("enrolments-test.csv") ?? "").trimEnd().split("\n").slice(1);
    expect(rows).toHaveLength(9 * 5);
    expect(rows.every((row) => row.endsWith(",2026-07-06T12:00:00Z,,random"))).toBe(true);
    const held = new Set(draw.assignments.filter(({ arm }) => arm === "holdout").map(({ team }) => Number(team.replace(/\D+/, ""))));
    for (const row of rows) expect(held.has(Math.floor(Number(/native-(\d+)/.exec(row)?.[1]) / 5))).toBe(false);
    expect(written.get("enrolments-test.mapping.yaml")).toContain("source: test\nstream: enrolment");
  });

  test("who will leave later is enrolled with the team; who is gone by then is not", async () => {
    const { path, warehouse } = await centre();
    const { assignments } = await drawTeams(warehouse, plan, key);
    await warehouse.close();
    opened.pop();
    const [enrolled = 0] = assignments.filter(({ arm }) => arm === "treated").map(({ team }) => Number(team.replace(/\D+/, "")));
    const [gone, lastDay, later, ...staying] = Array.from({ length: 5 }, (_, agent) => `native-${enrolled * 5 + agent}`);
    await runInWarehouse(path, [
      `update marts.dim_agent set left_on = date '2026-07-05' where agent_native_id = '${gone}'`,
      `update marts.dim_agent set left_on = date '2026-07-06' where agent_native_id = '${lastDay}'`,
      `update marts.dim_agent set left_on = date '2026-09-30' where agent_native_id = '${later}'`,
    ]);
    const rows = await enrolments(open(path));
    expect(rows).toHaveLength(9 * 5 - 1);
    const named = rows.map((row) => row.split(",")[1]);
    expect(named).toEqual(expect.arrayContaining([lastDay, later, ...staying]));
    expect(named).not.toContain(gone);
  });

  test("sources whose names differ in one sign have files of their own", () => {
    const ofSource = (source: string) => ({ ...aTeam, source, team: `${source} t1` });
    const names = holdoutFileNames({ assignments: [], teams: [ofSource("csv:desk_a"), ofSource("csv:desk-a"), ofSource("genesys")] });
    expect(names).toEqual([
      assignmentFile,
      "enrolments-desk-a.csv",
      "enrolments-desk-a.mapping.yaml",
      "enrolments-desk_a.csv",
      "enrolments-desk_a.mapping.yaml",
    ]);
  });

  test("everybody is enrolled on the day itself by their own clock, from UTC-11 to UTC+14", async () => {
    const { path, warehouse } = await centre();
    await warehouse.close();
    opened.pop();
    const zones = ["Pacific/Kiritimati", "Pacific/Auckland", "Europe/Berlin", "Pacific/Pago_Pago"];
    const cases = zones.map((zone, no) => `when ${no} then '${zone}'`).join(" ");
    await runInWarehouse(path, [
      `update marts.dim_agent set zone = case cast(replace(agent_native_id, 'native-', '') as integer) % 5 ${cases} end`,
    ]);
    const found = new Map((await enrolments(open(path))).map((row) => [Number(/native-(\d+)/.exec(row)?.[1]) % 5, row.split(",")[2]]));
    expect([...found].toSorted().map(([, at]) => at)).toEqual([
      "2026-07-05T22:00:00Z",
      "2026-07-06T00:00:00Z",
      "2026-07-06T10:00:00Z",
      "2026-07-06T23:00:00Z",
      // A zone nobody knows.
      "2026-07-06T12:00:00Z",
    ]);
  });

  test("a draw after the first enrolment is refused: it would not be one", async () => {
    const { warehouse } = await centre("case when team = 0 then 5 end");
    await expect(drawTeams(warehouse, plan, key)).rejects.toMatchObject({ code: "HOLDOUT_TOO_LATE" });
  });

  test("a share that leaves one side empty is refused", async () => {
    const { warehouse } = await centre();
    await expect(drawTeams(warehouse, { ...plan, share: 0.000_001 }, key)).rejects.toMatchObject({ code: "HOLDOUT_TOO_SMALL" });
  });
});

describe("what became of a draw", () => {
  test("teams held out that were enrolled all the same are named, with both arms' size and past", async () => {
    const { path, warehouse } = await centre();
    const draw = await drawTeams(warehouse, plan, key);
    const { folder: out, files: written } = createMemoryFolder();
    await writeHoldout(warehouse, out, draw, plan);
    await warehouse.close();
    opened.pop();
    const [first] = draw.assignments.filter(({ arm }) => arm === "holdout");
    const number = Number(first?.team.replace(/\D+/, ""));
    await runInWarehouse(path, [
      `insert into intermediate.int_first_enrolments select agent_id, date '2026-03-02', 'random' from marts.dim_agent where team_id = 't${number}'`,
    ]);
    const report = await checkHoldout(open(path), tableOf(written.get(assignmentFile) ?? ""), assignmentFile);
    expect(report).toMatchObject({ programme: "points", share: 0.25, enrolledHoldout: [first?.team], gone: [], unknown: [] });
    expect(report.arms.map(({ teams, agents }) => [teams, agents])).toEqual([
      [3, 15],
      [9, 45],
    ]);
    for (const { handleSeconds } of report.arms) expect(handleSeconds).toBeGreaterThan(250);
    expect(report.sampleRatio?.pValue).toBeGreaterThan(0.001);
  });

  test("a file that is no assignment is refused with its name and what was expected", async () => {
    const { warehouse } = await centre();
    await expect(checkHoldout(warehouse, tableOf("team,arm\nt1,maybe"), "other.csv")).rejects.toMatchObject({ code: "HOLDOUT_FILE" });
    await expect(checkHoldout(warehouse, openCsvTable, join(folder, "missing.csv"))).rejects.toMatchObject({
      name: "UsageError",
      message: `there is no draw at ${join(folder, "missing.csv")}`,
      hint: expect.stringContaining("gami holdout assign"),
    });
  });
});
