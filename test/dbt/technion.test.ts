import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startDbtServer } from "../support/dbt-server.ts";
import { gami } from "../support/gami.ts";
import { dbtEnvironment, requireOrSkip, sharedData } from "../support/require.ts";

/**
 * A bank's call log of February 1999 in the star schema: every total was counted from the file independently of gami.
 * Agents are told apart by their figures, never by name.
 */
const ready = requireOrSkip("data") && requireOrSkip("python");
const log = sharedData("technion-anonymous-bank-feb1999/data_anonymous_bank_february.txt");
const mapping = join(import.meta.dirname, "../../fixtures/csv/technion/calls.mapping.yaml");
const folder = mkdtempSync(join(tmpdir(), "gami-technion-"));
let rows: (sql: string) => Promise<unknown[]>;
let closeFile = () => {};

beforeAll(async () => {
  if (!ready) return;
  await gami(folder, "init", "--yes");
  await gami(folder, "import", "csv", log, "--mapping", mapping, "--json");
  const file = join(folder, "gami.duckdb");
  await writeOffsets(file);
  const dbt = startDbtServer(dbtEnvironment() ?? "", join(folder, "target"));
  await dbt.run(file, "build", "--exclude-resource-type", "unit_test");
  await dbt.close();
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  rows = async (sql) => (await connection.runAndReadAll(sql)).getRowsJson();
  closeFile = () => {
    connection.closeSync();
    instance.closeSync();
  };
}, 300_000);

afterAll(() => {
  closeFile();
  rmSync(folder, { recursive: true, force: true });
});

test.runIf(ready)("handled calls, talk seconds, wait, agents, agent-days and days are the log's", async () => {
  const sql = `select count(*)::int, sum(talk_seconds)::int, sum(queue_seconds)::int, count(distinct agent_id)::int, count(distinct (agent_id, work_date))::int,
      count(distinct work_date)::int, max(talk_seconds)::int, median(talk_seconds)::int, count(*) filter (talk_seconds < 10)::int
    from marts.fct_interaction where is_handled`;
  expect(await rows(sql)).toEqual([[26_671, 4_775_034, 1_107_203, 24, 385, 28, 4264, 109, 1475]]);
});

test.runIf(ready)("outcomes keep what the log says, unhandled calls included", async () => {
  const sql = "select outcome, count(*)::int from marts.fct_interaction group by outcome order by outcome";
  expect(await rows(sql)).toEqual([
    ["abandoned", 5904],
    ["answered", 27_162],
    ["phantom", 278],
  ]);
});

test.runIf(ready)("calls and talk seconds by type of call", async () => {
  const sql = `select queues.queue_native_id, count(*)::int, sum(calls.talk_seconds)::int
    from marts.fct_interaction as calls inner join marts.dim_queue as queues on calls.queue_key = queues.queue_key
    where calls.is_handled group by 1 order by 2 desc`;
  expect(await rows(sql)).toEqual([
    ["PS", 18_129, 3_375_346],
    ["NW", 4865, 528_052],
    ["NE", 2512, 693_270],
    ["TT", 849, 98_557],
    ["IN", 199, 52_409],
    ["PE", 117, 27_400],
  ]);
});

test.runIf(ready)("[T40] [T47] the weeks, with handle time as sum over sum", async () => {
  const sql = `select iso_week, sum(interactions)::int, sum(handle_seconds)::int, round(sum(handle_seconds) / sum(handle_count), 5)::double
    from marts.fct_agent_week group by 1 order by 1`;
  expect(await rows(sql)).toEqual([
    ["1999-W05", 7304, 1_244_805, 170.42785],
    ["1999-W06", 6826, 1_149_277, 168.36757],
    ["1999-W07", 6385, 1_177_892, 184.478],
    ["1999-W08", 6156, 1_203_060, 195.42885],
  ]);
});

test.runIf(ready)("the busiest agents of the month, with their days and short calls", async () => {
  const sql = `select count(*)::int as calls, sum(talk_seconds)::int, sum(queue_seconds)::int, count(distinct work_date)::int, count(*) filter (talk_seconds < 10)::int
    from marts.fct_interaction where is_handled group by agent_id order by calls desc limit 6`;
  expect(await rows(sql)).toEqual([
    [1957, 239_833, 65_505, 19, 84],
    [1904, 293_886, 97_133, 20, 64],
    [1794, 311_842, 78_171, 21, 20],
    [1739, 446_039, 81_211, 23, 11],
    [1697, 324_812, 89_329, 18, 42],
    [1682, 257_569, 63_975, 18, 166],
  ]);
});

test.runIf(ready)("the busiest agent-days", async () => {
  const sql = "select interactions::int, work_date::varchar from marts.fct_agent_day order by 1 desc, 2 limit 3";
  expect(await rows(sql)).toEqual([
    [199, "1999-02-18"],
    [193, "1999-02-21"],
    [162, "1999-02-02"],
  ]);
});

test.runIf(ready)("[T54] the spine has silent days, and what is not final says so", async () => {
  const sql = `select count(*) filter (interactions = 0) > 0, sum(interactions)::int, max(work_date) filter (handle_state = 'final')::varchar, max(work_date)::varchar
    from marts.fct_agent_day`;
  expect(await rows(sql)).toEqual([[true, 26_671, "1999-02-26", "1999-02-28"]]);
});

/** Two hours, all month long: what the IANA rules say of Israel's February 1999. */
async function writeOffsets(file: string): Promise<void> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  await connection.run("delete from meta.zone_offset");
  for (const zone of ["Asia/Jerusalem", "UTC"]) {
    const seconds = zone === "UTC" ? 0 : 7200;
    await connection.run(
      `insert into meta.zone_offset values ('${zone}', timestamp '1900-01-01', timestamp '9999-01-01', ${seconds}, 'test')`,
    );
  }
  connection.closeSync();
  instance.closeSync();
}
