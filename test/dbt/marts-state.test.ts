import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { openParquetArchive } from "../../src/adapters/archive/parquet/archive.ts";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { loadRead } from "../../src/app/ingest/load-read.ts";
import { prepareForModels } from "../../src/app/ingest/prepare-for-models.ts";
import { readMarts } from "../../src/app/recognise/read-marts.ts";
import { startDbtServer } from "../support/dbt-server.ts";
import { readOf, recordItem } from "../support/item-read.ts";
import { dbtEnvironment, requireOrSkip } from "../support/require.ts";

const ready = requireOrSkip("python");
const folder = mkdtempSync(join(tmpdir(), "gami-marts-state-"));
const server = ready ? startDbtServer(dbtEnvironment() ?? "", join(folder, "target")) : null;

afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

test.runIf(ready)(
  "[S3-R13] marts are decided on after a run of every model only: what a part of them saw since is refused until the next whole run",
  { timeout: 300_000 },
  async () => {
    const file = join(folder, "gami.duckdb");
    const warehouse = openDuckDbWarehouse({ path: file, threads: 1 });
    const deps = { warehouse, archive: openParquetArchive({ path: join(folder, "archive") }), clock: { now: () => Date.UTC(2024, 1, 1) } };
    const dbt = async (...args: readonly string[]) => {
      await warehouse.release();
      await server?.run(file, ...args);
    };
    const stateOf = async () => {
      try {
        return await readMarts(warehouse);
      } catch (error) {
        return error instanceof Error && "code" in error ? error.code : error;
      }
    };
    const day = Date.UTC(2024, 0, 10, 12);
    await loadRead(
      deps,
      readOf(
        [0, 1, 2, 3, 4].map((later) =>
          recordItem("interaction", `i${later}`, {
            interaction_id: `i${later}`,
            agent_native_id: "ann",
            segment_id: "0",
            started_at: day + later * 86_400_000,
            ended_at: day + later * 86_400_000 + 60_000,
            talk_ms: 60_000,
            handle_ms: 60_000,
            outcome: "answered",
          }),
        ),
        { zone: "Europe/Berlin" },
      ),
    );
    await prepareForModels(deps, { organisation_zone: "Europe/Berlin" });
    expect(await stateOf()).toBe("MARTS_MISSING");
    await dbt("run");
    expect(await stateOf()).toMatchObject({
      lastDate: "2024-01-14",
      finalDate: "2024-01-12",
      snapshot: { "csv:test.interaction": 1, "gami.setting": 2 },
    });
    const survey = { survey_id: "s1", interaction_id: "i1", agent_native_id: "ann", score_milli: 5000, answered_at: day + 3_600_000 };
    await loadRead(deps, readOf([recordItem("survey", "s1", survey)], { streams: ["survey"] }));
    await dbt("run", "--select", "int_scores_resolved", "int_agent_days", "fct_agent_day");
    expect(await stateOf()).toBe("MARTS_DISAGREE");
    await dbt("run");
    expect(await stateOf()).toMatchObject({ snapshot: { "csv:test.interaction": 1, "csv:test.survey": 1 } });
    await warehouse.close();
  },
);
