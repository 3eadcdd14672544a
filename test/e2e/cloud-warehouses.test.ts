import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { openSnowflakeWarehouse } from "../../src/adapters/warehouses/snowflake/warehouse.ts";
import type { Warehouse } from "../../src/ports/warehouse.ts";
import { type Emulator, type EmulatorKind, startEmulator } from "../emulators/emulators.ts";
import { snowflakeConfig } from "../support/cloud-warehouses.ts";
import { gami, type Ran } from "../support/gami.ts";
import { requireOrSkip } from "../support/require.ts";

/** The same commands on the same files, on DuckDB and on an emulated cloud warehouse: the same answers and the same content. */
const kinds: Readonly<Record<"snowflake", { config(url: string): string; open(emulator: Emulator): Warehouse }>> = {
  snowflake: {
    config: (url) => `{ kind: snowflake, snowflake: { account: org-acc, user: gami, password: any, url: "${url}" } }`,
    open: (emulator) => openSnowflakeWarehouse(snowflakeConfig(emulator)),
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

async function runAll(folder: string, warehouse: string): Promise<Record<string, Ran>> {
  mkdirSync(folder);
  const write = (name: string, text: string) => writeFileSync(join(folder, name), text);
  write("gami.config.yaml", `organisation: { name: desk, zone: Europe/Berlin }\nwarehouse: ${warehouse}\nkey: { file: key }\n`);
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

for (const [kind, { config, open }] of Object.entries(kinds)) {
  const isHere = requireOrSkip(kind as EmulatorKind);
  describe.runIf(isHere)(`the same commands on ${kind} and on DuckDB`, () => {
    const folder = mkdtempSync(join(tmpdir(), `gami-${kind}-`));
    let emulator: Emulator;
    let onCloud: Record<string, Ran>;
    let onDuckDb: Record<string, Ran>;

    beforeAll(async () => {
      emulator = await startEmulator(kind as EmulatorKind);
      onCloud = await runAll(join(folder, "cloud"), config(emulator.url));
      onDuckDb = await runAll(join(folder, "duckdb"), "{ kind: duckdb }");
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

    test("both hold the same versions with the same numbers", async () => {
      const cloud = open(emulator);
      const duckdb = openDuckDbWarehouse({ path: join(folder, "duckdb", "gami.duckdb") });
      expect(await cloud.contentHash({ versions: true })).toBe(await duckdb.contentHash({ versions: true }));
      await cloud.close();
      await duckdb.close();
    });
  });
}
