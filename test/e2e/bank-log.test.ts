import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { afterAll, beforeAll, expect, test } from "vitest";
import { gami, type Ran } from "../support/gami.ts";
import { requireOrSkip, sharedData } from "../support/require.ts";

/**
 * The main job on a real call log, by the commands a user types in an empty folder:
 * one month of an Israeli bank's call centre (1999), whose totals were counted independently of gami.
 */
const ready = requireOrSkip("data") && requireOrSkip("python");
const log = sharedData("technion-anonymous-bank-feb1999/data_anonymous_bank_february.txt");
const mapping = join(import.meta.dirname, "../../fixtures/csv/technion/calls.mapping.yaml");
const folder = mkdtempSync(join(tmpdir(), "gami-bank-"));
const steps: Record<string, Ran> = {};
let rows: (sql: string) => Promise<Record<string, unknown>[]>;
let closeWarehouse = () => {};

beforeAll(async () => {
  if (!ready) return;
  steps.init = await gami(folder, "init", "--yes");
  steps.import = await gami(folder, "import", "csv", log, "--mapping", mapping, "--json");
  steps.again = await gami(folder, "import", "csv", log, "--mapping", mapping, "--json");
  steps.build = await gami(folder, "dbt", "build", "--json");
  steps.compare = await gami(folder, "roi", "report", "--compare", "1999-W05:1999-W08", "--json");
  steps.page = await gami(folder, "roi", "report", "--compare", "1999-W05:1999-W08", "--format", "html");
  const instance = await DuckDBInstance.create(join(folder, "gami.duckdb"), { access_mode: "READ_ONLY" });
  const connection = await instance.connect();
  rows = async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson();
  closeWarehouse = () => {
    connection.closeSync();
    instance.closeSync();
  };
}, 240_000);

afterAll(() => {
  closeWarehouse();
  rmSync(folder, { recursive: true, force: true });
});

test.runIf(ready)("each command ends well", () => {
  const codes = Object.fromEntries(Object.entries(steps).map(([name, { code, stderr }]) => [name, code === 0 ? 0 : `${code}: ${stderr}`]));
  expect(codes).toEqual({ init: 0, import: 0, again: 0, build: 0, compare: 0, page: 0 });
});

test.runIf(ready)("every row of the log is accounted for, and a second import adds nothing", () => {
  const { received, new: added, changed, unchanged, duplicate, filtered, quarantined } = json("import");
  expect(received).toBe(33_344);
  expect(Number(added) + Number(changed) + Number(unchanged) + Number(duplicate) + Number(filtered) + Number(quarantined)).toBe(33_344);
  expect(json("again")).toMatchObject({ received: 33_344, new: 0, changed: 0 });
});

test.runIf(ready)("the handled calls and their talk seconds are the log's", async () => {
  const sql =
    "select count(*)::int as calls, sum(talk_seconds)::double as talk, count(distinct agent_id)::int as agents from marts.fct_interaction where is_handled";
  expect(await rows(sql)).toEqual([{ calls: 26_671, talk: 4_775_034, agents: 24 }]);
});

test.runIf(ready)("each week has its calls and talk seconds", async () => {
  const sql = `select strftime(work_date, '%G-W%V') as week, count(*)::int as calls, sum(talk_seconds)::double as talk
    from marts.fct_interaction where is_handled group by all order by week`;
  expect(await rows(sql)).toEqual([
    { week: "1999-W05", calls: 7304, talk: 1_244_805 },
    { week: "1999-W06", calls: 6826, talk: 1_149_277 },
    { week: "1999-W07", calls: 6385, talk: 1_177_892 },
    { week: "1999-W08", calls: 6156, talk: 1_203_060 },
  ]);
});

test.runIf(ready)("each day has its calls and talk seconds", async () => {
  const sql =
    "select count(*)::int || '/' || sum(talk_seconds)::int as day from marts.fct_interaction where is_handled group by work_date order by work_date";
  const known =
    "1333/221561, 1577/250919, 1294/225982, 1230/204198, 425/78779, 163/32849, 1282/230517, 1086/173080, 1132/199743, 1313/227622, 1396/248452, 396/67049, 165/36624, 1338/196707, 1232/223554, 1350/255543, 1081/197250, 1126/220628, 383/61997, 179/27604, 1034/191316, 1214/249734, 1141/226565, 1034/214906, 1052/212678, 342/56206, 149/20142, 1224/222829";
  expect((await rows(sql)).map(({ day }) => day).join(", ")).toBe(known);
});

test.runIf(ready)("calls that reached no agent keep their outcome and are not handled", async () => {
  const sql =
    "select outcome, count(*)::int as calls, count(*) filter (where is_handled)::int as handled from marts.fct_interaction group by all order by outcome";
  expect(await rows(sql)).toEqual([
    { outcome: "abandoned", calls: 5904, handled: 0 },
    { outcome: "answered", calls: 27_162, handled: 26_671 },
    { outcome: "phantom", calls: 278, handled: 0 },
  ]);
});

test.runIf(ready)("agent-days hold the same calls: 385 of them, none lost on the way", async () => {
  const sql = "select count(*) filter (where interactions > 0)::int as days, sum(interactions)::int as calls from marts.fct_agent_day";
  expect(await rows(sql)).toEqual([{ days: 385, calls: 26_671 }]);
});

test.runIf(ready)("the report shows a loss as a loss, with grade D and no ROI", () => {
  const text = steps.compare?.stdout ?? "";
  expect(text).toContain("-42.7517");
  expect(text).toMatch(/"grade":\s*"D"/);
});

test.runIf(ready)("no agent's name stands in any output, report or table", async () => {
  const header = readFileSync(log, "latin1").split("\r\n")[0]?.split("\t") ?? [];
  const place = header.findIndex((name) => name.trim() === "server");
  const names = new Set(
    readFileSync(log, "latin1")
      .split("\r\n")
      .slice(1)
      .map((line) => line.split("\t")[place]?.trim() ?? "")
      .filter((name) => name !== "" && name !== "NO_SERVER"),
  );
  expect(names.size).toBe(24);
  const printed = Object.values(steps).map(({ stdout, stderr }) => stdout + stderr);
  const pages = readdirSync(join(folder, "reports")).map((name) => readFileSync(join(folder, "reports", name), "utf8"));
  const stored = await rows("select distinct agent_native_id as id from raw.csv_interaction where agent_native_id is not null");
  const everything = [...printed, ...pages, ...stored.map(({ id }) => String(id))].join("\n");
  expect([...names].filter((name) => new RegExp(`\\b${name}\\b`).test(everything))).toEqual([]);
});

function json(step: string): Record<string, unknown> {
  return JSON.parse(steps[step]?.stdout ?? "{}");
}
