import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeEach, expect, test } from "vitest";
import { type MemoryDecisions, openMemoryDecisions } from "../../../test/support/memory-decisions.ts";
import { agentOf, agentRows, builtRows, createMilestoneMarts, dayRows } from "../../../test/support/milestone-marts.ts";
import { aMilestone } from "../../../test/support/milestones.ts";
import { runInWarehouse } from "../../../test/support/roi-marts.ts";
import { openDuckDbWarehouse } from "../../adapters/warehouses/duckdb/warehouse.ts";
import { agentId } from "../../domain/business-key.ts";
import { evaluateMilestones } from "./evaluate-milestones.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-people-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const gold = aMilestone();
const ann = agentId("gami", "ann");
let files = 0;
let path = "";
let store: MemoryDecisions;
let warned: string[];

/** Agents 1 and 2 have earned it. */
beforeEach(async () => {
  files += 1;
  path = join(folder, `${files}.duckdb`);
  const january = { from: "2024-01-01", until: "2024-02-03", finalDate: "2024-01-31" };
  await createMilestoneMarts(path, [
    ...agentRows([
      { no: 1, zone: "UTC" },
      { no: 2, zone: "UTC" },
    ]),
    dayRows({ no: 1, ...january, seconds: "228.4" }),
    dayRows({ no: 2, ...january, seconds: "228.4" }),
    ...builtRows(1, { lastDate: "2024-02-02", finalDate: "2024-01-31" }),
  ]);
  store = openMemoryDecisions();
});

async function evaluate(definition = gold, apply = true) {
  warned = [];
  const nothing = () => undefined;
  const output = {
    note: nothing,
    detail: nothing,
    progress: nothing,
    progressDone: nothing,
    warn: (line: string) => void warned.push(line),
  };
  const warehouse = openDuckDbWarehouse({ path, memoryLimit: null, threads: 1, lockWaitSeconds: 0 });
  const { signal } = new AbortController();
  const request = { definitions: [definition], targets: [], zone: "UTC", asOf: null, since: null, apply, signal };
  try {
    return await evaluateMilestones({ warehouse, store, clock: { now: () => Date.UTC(2024, 5, 1) }, output, runId: "run" }, request);
  } finally {
    await warehouse.close();
  }
}

const tables = ["marts.fct_agent_day", "marts.dim_agent", "intermediate.int_agent_spans", "intermediate.int_agent_links"];
const become = (from: string, to: string) => tables.map((table) => `update ${table} set agent_id = '${to}' where agent_id = '${from}'`);
/** What dbt makes of one link more: the account's work is a person's. */
const linkTo = (no: number, person: string) => runInWarehouse(path, become(agentOf(no), person));

test("[T78] after identity was switched to mapped nobody is awarded a second time: it is refused, and plans too", async () => {
  expect(await evaluate()).toMatchObject({ totals: { granted: 2 } });
  await linkTo(1, ann);
  await linkTo(2, agentId("gami", "ben"));
  for (const apply of [true, false]) {
    await expect(evaluate(gold, apply)).rejects.toMatchObject({
      name: "ConfigError",
      code: "PEOPLE_SWITCHED",
      message: expect.stringMatching(/the ids of before hold 2 awards of aht_gold,/),
    });
  }
  expect(store.ledger).toHaveLength(2);
  // Awarding anew is a thing to be said: by another id.
  expect(await evaluate({ ...gold, id: "aht_gold_2" })).toMatchObject({ totals: { granted: 2 } });
});

test("after identity was switched back to self it is refused as well: the people of the crosswalk are nobody", async () => {
  await linkTo(1, ann);
  expect(await evaluate()).toMatchObject({ totals: { granted: 2 } });
  await runInWarehouse(path, [
    ...become(ann, agentOf(1)),
    `insert into raw.gami_identity values ('${agentOf(90)}', 'gami', 1, '${agentOf(91)}', 1, null, false, null, null, timestamp '2024-01-01', 'b', 'v',
      'csv:test', 'native-1', null, 'ann', 'manual', null)`,
  ]);
  await expect(evaluate()).rejects.toMatchObject({ code: "PEOPLE_SWITCHED" });
  expect(store.ledger).toHaveLength(2);
});

test("one person whose link went or was changed is told of and stops nobody's awards", async () => {
  await linkTo(1, ann);
  await linkTo(2, agentId("gami", "ben"));
  expect(await evaluate()).toMatchObject({ totals: { granted: 2 } });
  expect(warned).toEqual([]);
  await runInWarehouse(path, [`delete from intermediate.int_agent_links where agent_id = '${ann}'`]);
  expect(await evaluate()).toMatchObject({ totals: { duplicate: expect.any(Number) } });
  expect(warned).toEqual([
    "kept: 1 award under 1 id that nobody has any more; who was linked to another id since is awarded anew under it",
  ]);
});
