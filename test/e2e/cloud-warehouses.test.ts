import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBigQueryWarehouse } from "../../src/adapters/warehouses/bigquery/warehouse.ts";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { openSnowflakeWarehouse } from "../../src/adapters/warehouses/snowflake/warehouse.ts";
import type { Warehouse } from "../../src/ports/warehouse.ts";
import { type Emulator, type EmulatorKind, emulatorKinds, startEmulator } from "../emulators/emulators.ts";
import { bigqueryConfig, snowflakeConfig } from "../support/cloud-warehouses.ts";
import { gami, type Ran } from "../support/gami.ts";
import { requireOrSkip } from "../support/require.ts";

/** The same commands on the same files, on DuckDB and on an emulated cloud warehouse: the same answers and the same content. */
const kinds: Readonly<Record<EmulatorKind, { section(url: string, place: string): string; open(emulator: Emulator): Warehouse }>> = {
  snowflake: {
    section: (url, place) => `snowflake: { account: org-acc, user: gami, password: any, database: ${place}, url: "${url}" }`,
    open: (emulator) => openSnowflakeWarehouse(snowflakeConfig(emulator)),
  },
  bigquery: {
    section: (url, place) => `bigquery: { project: ${place}-test, url: "${url}" }`,
    open: (emulator) => openBigQueryWarehouse(bigqueryConfig(emulator)),
  },
};

const mapping = `source: desk
stream: interaction
columns:
  interaction_id: call_id
  agent_native_id: agent
  entered_at: started
  ended_at: ended
  talk_ms: { column: talk_seconds, unit: seconds }
  handle_ms: { sum: [talk_ms] }
  outcome: { column: outcome, map: { abandoned: abandoned, answered: answered } }
`;
const header = "call_id,agent,started,ended,talk_seconds,outcome";
const calls = (talkSeconds: number) =>
  Array.from({ length: 300 }, (_, index) => {
    const minute = String(index % 60).padStart(2, "0");
    const day = String(1 + (index % 28)).padStart(2, "0");
    return `c${index},agent ${index % 7} ñ,2026-01-${day}T09:${minute}:00Z,2026-01-${day}T09:${minute}:59.5Z,${talkSeconds + index},answered`;
  });

const commands = {
  doctor: ["doctor"],
  import: ["import", "csv", "calls.csv", "--mapping", "calls.mapping.yaml"],
  again: ["import", "csv", "calls.csv", "--mapping", "calls.mapping.yaml"],
  corrected: ["import", "csv", "corrected.csv", "--mapping", "calls.mapping.yaml"],
  quarantine: ["quarantine", "list"],
  records: ["quarantine", "list", "--records", "5"],
  retry: ["quarantine", "retry", "--mapping", "lenient.mapping.yaml"],
  verify: ["warehouse", "verify"],
  rebuild: ["warehouse", "rebuild"],
  verifyAgain: ["warehouse", "verify"],
  report: ["roi", "report"],
} satisfies Record<string, readonly string[]>;

const configOf = (warehouse: string) => `organisation: { name: desk, zone: Europe/Berlin }\nwarehouse: ${warehouse}\nkey: { file: key }\n`;

async function runAll(folder: string, warehouse: string): Promise<Record<string, Ran>> {
  mkdirSync(folder);
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write("gami.config.yaml", configOf(warehouse));
  write("key", "");
  write("calls.mapping.yaml", mapping);
  write("lenient.mapping.yaml", mapping.replace("  ended_at: ended\n", ""));
  write("calls.csv", [header, ...calls(60), "bad,anna,2026-01-05T09:10:00Z,yesterday,95,answered"].join("\n"));
  write("corrected.csv", [header, ...calls(60).slice(0, 250), ...calls(90).slice(250)].join("\n"));
  const ran: Record<string, Ran> = {};
  for (const [name, words] of Object.entries(commands)) ran[name] = await gami(folder, ...words, "--json");
  return ran;
}

/** What a command answered, without what differs from run to run. */
function answer({ code, stdout, stderr }: Ran | undefined = { code: -1, stdout: "", stderr: "not run" }) {
  if (stdout === "") return { code, stderr };
  const { runId, checks, ...rest } = JSON.parse(stdout);
  return { code, ...rest };
}

for (const kind of emulatorKinds) {
  const { section, open } = kinds[kind];
  const isHere = requireOrSkip(kind);
  describe.runIf(isHere)(`the same commands on ${kind} and on DuckDB`, () => {
    const folder = mkdtempSync(join(tmpdir(), `gami-${kind}-`));
    let emulator: Emulator;
    let onCloud: Record<string, Ran>;
    let onDuckDb: Record<string, Ran>;

    beforeAll(async () => {
      emulator = await startEmulator(kind);
      onCloud = await runAll(join(folder, "cloud"), `{ kind: ${kind}, ${section(emulator.url, "gami")} }`);
      onDuckDb = await runAll(join(folder, "duckdb"), "{ kind: duckdb }");
      writeFileSync(join(folder, "duckdb", "moving.yaml"), configOf(`{ kind: duckdb, ${section(emulator.url, "moved")} }`));
      writeFileSync(join(folder, "duckdb", "moved.yaml"), configOf(`{ kind: ${kind}, ${section(emulator.url, "moved")} }`));
    }, 600_000);
    afterAll(async () => {
      await emulator.stop();
      rmSync(folder, { recursive: true, force: true });
    });

    test.each(Object.keys(commands))("'%s' answers the same", (name) => {
      expect(answer(onCloud[name])).toEqual(answer(onDuckDb[name]));
    });

    test("doctor says where the warehouse is and that it answers", () => {
      const { checks } = JSON.parse(onCloud.doctor?.stdout ?? "{}");
      expect(checks).toContainEqual(
        expect.objectContaining({ name: "warehouse", state: "ok", detail: expect.stringContaining(", 0 batches") }),
      );
    });

    test("they did what they should", () => {
      expect(answer(onCloud.import)).toMatchObject({ received: 301, new: 300, quarantined: 1 });
      expect(answer(onCloud.again)).toMatchObject({ new: 0, unchanged: 300 });
      expect(answer(onCloud.corrected)).toMatchObject({ received: 300, changed: 50, unchanged: 250 });
      expect(answer(onCloud.verifyAgain)).toMatchObject({ code: 0, findings: [] });
    });

    test("a warehouse moves there with batches, totals and content equal, and goes on there", async () => {
      const at = (config: string, ...words: readonly string[]) => gami(join(folder, "duckdb"), "--config", config, ...words, "--json");
      const move = ["warehouse", "migrate", "--to", kind];
      expect(answer(await at("moving.yaml", ...move))).toMatchObject({ code: 0, from: "duckdb", to: kind, batches: 3, rows: 602 });
      const next = answer(await at("moved.yaml", "import", "csv", "calls.csv", "--mapping", "calls.mapping.yaml"));
      expect(next).toMatchObject({ new: 0, unchanged: 300 });
      const nowhere = await gami(join(folder, "cloud"), "warehouse", "migrate", "--to", kind);
      expect(nowhere).toMatchObject({ code: 2, stderr: expect.stringContaining(`on ${kind} already`) });
    }, 600_000);

    test("both hold the same versions with the same numbers", async () => {
      const cloud = open(emulator);
      const duckdb = openDuckDbWarehouse({ path: join(folder, "duckdb", "gami.duckdb") });
      expect(await cloud.contentHash({ versions: true })).toBe(await duckdb.contentHash({ versions: true }));
      await cloud.close();
      await duckdb.close();
    });
  });
}
