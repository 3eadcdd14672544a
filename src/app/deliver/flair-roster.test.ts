import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { agentOf, agentRows, builtRows, createMilestoneMarts } from "../../../test/support/milestone-marts.ts";
import { runInWarehouse } from "../../../test/support/roi-marts.ts";
import { openDuckDbWarehouse } from "../../adapters/warehouses/duckdb/warehouse.ts";
import { readFlairRoster } from "./flair-roster.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-roster-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test("flair is compared on marts that an evaluation would decide on: half built or failed 'try again', missing for good", async () => {
  const path = join(folder, "gami.duckdb");
  await createMilestoneMarts(path, agentRows([{ no: 1, zone: "UTC" }]));
  const rosterAfter = async (...statements: string[]) => {
    await runInWarehouse(path, statements);
    const warehouse = openDuckDbWarehouse({ path, memoryLimit: null, threads: 1, lockWaitSeconds: 0 });
    return readFlairRoster(warehouse, Date.parse("2024-02-02"))
      .catch((error: { code: string; retry: string }) => `${error.code} ${error.retry}`)
      .finally(() => warehouse.close());
  };
  expect(await rosterAfter("select 1")).toBe("MARTS_HALF_BUILT later");
  const built = builtRows(1, { lastDate: "2024-02-02", finalDate: "2024-01-31" });
  expect(await rosterAfter(...built)).toEqual([{ agentId: agentOf(1), source: "csv:test", nativeId: "native-1" }]);
  expect(await rosterAfter("insert into meta.build values ('build-9', 1, timestamp '2031-01-01')")).toBe("BUILD_FAILED later");
  expect(await rosterAfter("drop table intermediate.int_shifts")).toBe("MARTS_MISSING never");
});

test("an account that passed from one person to another shows the flair of who has it now, at each moment", async () => {
  const path = join(folder, "shared.duckdb");
  await createMilestoneMarts(path, agentRows([1, 2, 3].map((no) => ({ no, zone: "UTC" }))));
  const held = (no: number, from: string, until: string) =>
    `update intermediate.int_agent_links set starts_at = timestamp '${from}', ends_at = timestamp '${until}' where agent_id = '${agentOf(no)}'`;
  await runInWarehouse(path, [
    ...builtRows(1, { lastDate: "2024-02-02", finalDate: "2024-01-31" }),
    "update marts.dim_agent set agent_native_id = 'desk'",
    "update intermediate.int_agent_links set agent_native_id = 'desk'",
    held(2, "1900-01-01", "2024-01-10"),
    held(1, "2024-01-10", "2024-02-01"),
    held(3, "2024-03-01", "9999-01-01"),
  ]);
  const holderAt = async (day: string) => {
    const warehouse = openDuckDbWarehouse({ path, memoryLimit: null, threads: 1, lockWaitSeconds: 0 });
    const roster = await readFlairRoster(warehouse, Date.parse(day)).finally(() => warehouse.close());
    return roster.map(({ agentId, source, nativeId }) => [agentId, source, nativeId]);
  };
  expect(await holderAt("2024-01-09")).toEqual([[agentOf(2), "csv:test", "desk"]]);
  expect(await holderAt("2024-01-10")).toEqual([[agentOf(1), "csv:test", "desk"]]);
  // Nobody has it for a month: what stands there is the last one's still.
  expect(await holderAt("2024-02-15")).toEqual([[agentOf(1), "csv:test", "desk"]]);
  expect(await holderAt("2024-03-01")).toEqual([[agentOf(3), "csv:test", "desk"]]);
});

test("who passed their account on is told about at the other one they have", async () => {
  const path = join(folder, "moved.duckdb");
  await createMilestoneMarts(path, agentRows([1, 2].map((no) => ({ no, zone: "UTC" }))));
  await runInWarehouse(path, [
    ...builtRows(1, { lastDate: "2024-02-02", finalDate: "2024-01-31" }),
    `insert into marts.dim_agent select '${agentOf(9)}', '${agentOf(1)}', source, 'native-2', * exclude (agent_key, agent_id, source, agent_native_id)
      from marts.dim_agent where agent_id = '${agentOf(2)}'`,
    `insert into intermediate.int_agent_links values ('${agentOf(2)}', '${agentOf(1)}', 'csv:test', 'native-2', timestamp '1900-01-01', timestamp '2024-01-10')`,
    `update intermediate.int_agent_links set starts_at = timestamp '2024-01-10' where agent_id = '${agentOf(2)}'`,
  ]);
  const warehouse = openDuckDbWarehouse({ path, memoryLimit: null, threads: 1, lockWaitSeconds: 0 });
  expect(await readFlairRoster(warehouse, Date.parse("2024-02-02")).finally(() => warehouse.close())).toEqual([
    { agentId: agentOf(1), source: "csv:test", nativeId: "native-1" },
    { agentId: agentOf(2), source: "csv:test", nativeId: "native-2" },
  ]);
});
