import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openParquetArchive } from "../../src/adapters/archive/parquet/archive.ts";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { loadRead } from "../../src/app/ingest/load-read.ts";
import { prepareForModels } from "../../src/app/ingest/prepare-for-models.ts";
import { startDbtServer } from "../support/dbt-server.ts";
import { readOf, recordItem } from "../support/item-read.ts";
import { onFile } from "../support/random-history.ts";
import { dbtEnvironment, requireOrSkip } from "../support/require.ts";

/** Records that a source may well send, and that no data test of the build may fall over. */
describe.runIf(requireOrSkip("python"))("a build over odd records", () => {
  const folder = mkdtempSync(join(tmpdir(), "gami-odd-"));
  const file = join(folder, "gami.duckdb");

  beforeAll(async () => {
    const warehouse = openDuckDbWarehouse({ path: file, threads: 1 });
    const archive = openParquetArchive({ path: join(folder, "archive") });
    const stores = { warehouse, archive, clock: { now: () => Date.parse("2026-03-20T00:00:00Z") } };
    await loadRead(
      stores,
      readOf([recordItem("agent", "1", { agent_native_id: "ann", zone: "America/Los_Angeles" })], { streams: ["agent"] }),
    );
    const call = (no: number, at: string) =>
      recordItem("interaction", `${no}`, {
        interaction_id: `i${no}`,
        agent_native_id: "ann",
        started_at: Date.parse(at),
        handle_ms: 60_000,
        outcome: "answered",
      });
    // The first one is dated by a platform's zero: in Los Angeles that is New Year's Eve of 1969.
    await loadRead(stores, readOf([call(1, "1970-01-01T00:00:00Z"), call(2, "2026-03-02T18:00:00Z")]));
    const event = recordItem("gamification_event", "1", {
      event_id: "e1",
      agent_native_id: "ann",
      metric: "m",
      occurred_at: Date.parse("2026-03-02T18:00:00Z"),
      event_kind: "points_earned",
      points_milli: -1_000,
    });
    await loadRead(stores, readOf([event], { streams: ["gamification_event"] }));
    await prepareForModels(stores, { organisation_zone: "UTC", identity: "self" });
    await warehouse.close();
    await archive.close();
    const dbt = startDbtServer(dbtEnvironment() ?? "", join(folder, "target"));
    try {
      await dbt.run(file, "build", "--exclude-resource-type", "unit_test");
    } finally {
      await dbt.close();
    }
  }, 300_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("an interaction at the zero of all clocks counts on its local day, the last of 1969", async () => {
    const days = await onFile(file, (rows) =>
      rows(
        "select cast(work_date as varchar) as day, interactions::integer as n from marts.fct_agent_day where interactions > 0 order by day",
      ),
    );
    expect(days).toEqual([
      { day: "1969-12-31", n: 1 },
      { day: "2026-03-02", n: 1 },
    ]);
  });

  test("a month in which one point was taken away adds up over its challenges", async () => {
    const months = await onFile(file, (rows) => rows("select points_credited from marts.fct_program_month where year_month = '2026-03'"));
    expect(months).toEqual([{ points_credited: -1 }]);
  });
});
