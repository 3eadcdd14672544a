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
    return readFlairRoster(warehouse)
      .catch((error: { code: string; retry: string }) => `${error.code} ${error.retry}`)
      .finally(() => warehouse.close());
  };
  expect(await rosterAfter("select 1")).toBe("MARTS_HALF_BUILT later");
  const built = builtRows(1, { lastDate: "2024-02-02", finalDate: "2024-01-31" });
  expect(await rosterAfter(...built)).toEqual([{ agentId: agentOf(1), source: "csv:test", nativeId: "native-1" }]);
  expect(await rosterAfter("insert into meta.build values ('build-9', 1, timestamp '2031-01-01')")).toBe("BUILD_FAILED later");
  expect(await rosterAfter("drop table intermediate.int_shifts")).toBe("MARTS_MISSING never");
});

test("an account that passed from one person to another shows the flair of one of them", async () => {
  const path = join(folder, "shared.duckdb");
  await createMilestoneMarts(path, agentRows([1, 2].map((no) => ({ no, zone: "UTC" }))));
  await runInWarehouse(path, [
    ...builtRows(1, { lastDate: "2024-02-02", finalDate: "2024-01-31" }),
    "update marts.dim_agent set agent_native_id = 'native-1'",
  ]);
  const warehouse = openDuckDbWarehouse({ path, memoryLimit: null, threads: 1, lockWaitSeconds: 0 });
  const roster = await readFlairRoster(warehouse).finally(() => warehouse.close());
  expect(roster).toEqual([{ agentId: agentOf(1), source: "csv:test", nativeId: "native-1" }]);
});
