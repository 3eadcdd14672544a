import { spawn } from "node:child_process";
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import { startCentre } from "../support/extraction.ts";
import { gami, gamiProgram } from "../support/gami.ts";
import { airflowEnvironment, requireOrSkip } from "../support/require.ts";

const dags = join(import.meta.dirname, "../../airflow/dags");
const base = mkdtempSync(join(tmpdir(), "gami-airflow-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));

const milestone = `version: 1
milestones:
  - id: ten_contacts
    name: Ten contacts in a month
    metric: interactions
    direction: higher
    threshold: 10
    unit: interactions
    strict: false
    window: { unit: period }
    tier: { name: TIER_1, rank: 1 }
    reset: month
    valid: { from: "2026-01-01" }
    onChange: prospective
    flair: { badge: badge_ten, variant: ten, priority: 1 }
`;

interface TaskEnd {
  readonly state: string;
  readonly tries: number;
}
interface DayEnd {
  readonly day: string;
  readonly state: string;
  readonly tasks: Readonly<Record<string, TaskEnd>>;
}

function program(file: string, text: string): string {
  const path = join(base, file);
  writeFileSync(path, `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  return path;
}

/** Runs a Python program in Airflow's environment; its lines of JSON, and all it said. */
async function python(script: string, args: readonly string[], settings: Readonly<Record<string, string>>) {
  const environment = airflowEnvironment() ?? "";
  const child = spawn(join(environment, "bin", "python"), [script, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: {
      PATH: [join(environment, "bin"), process.env.PATH].join(delimiter),
      HOME: base,
      TZ: "UTC",
      AIRFLOW_HOME: join(base, "airflow"),
      AIRFLOW__CORE__LOAD_EXAMPLES: "False",
      AIRFLOW__CORE__DAGS_FOLDER: dags,
      AIRFLOW__USAGE_DATA_COLLECTION__ENABLED: "False",
      GAMI_RETRY_SECONDS: "0",
      ...settings,
    },
  });
  let said = "";
  let stdout = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    said += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  return { code, said, lines: lines.map((line) => JSON.parse(line)) };
}

async function runDays(days: readonly string[], settings: Readonly<Record<string, string>>): Promise<DayEnd[]> {
  const ran = await python(join(import.meta.dirname, "run_days.py"), days, settings);
  expect(ran.code, ran.said.slice(-6000)).toBe(0);
  return ran.lines.filter((line) => "day" in line);
}

describe.runIf(requireOrSkip("airflow") && requireOrSkip("python"))("the daily DAG in a real Airflow", () => {
  const realGami = program("gami", `echo $$ > "$GAMI_PID_FILE"\nexec "${process.execPath}" "${gamiProgram}" "$@"`);
  let centre: RunningSimulator;

  beforeAll(async () => {
    centre = await startCentre();
    const migrated = await python("-m", ["airflow", "db", "migrate"], {});
    expect(migrated.code, migrated.said.slice(-3000)).toBe(0);
  }, 300_000);
  afterAll(() => centre.close());

  /** A project of its own with everybody's key, so that pseudonyms are equal. */
  async function project(name: string): Promise<string> {
    const [template, folder] = [join(base, "template"), join(base, name)];
    if (!existsSync(template)) {
      mkdirSync(template);
      expect(await gami(template, "init", "--yes")).toMatchObject({ code: 0 });
      const address = `baseUrl: "${centre.url}", clientId: sim-client, clientSecret: sim-secret`;
      const pace = "requestsPerMinute: 60000, jobPollMs: 10";
      appendFileSync(
        join(template, "gami.config.yaml"),
        `\nsources:\n  genesys: { ${address}, ${pace} }\nhosts:\n  board: { kind: csv, path: told }\n`,
      );
      mkdirSync(join(template, "milestones"));
      writeFileSync(join(template, "milestones", "first.yaml"), milestone);
    }
    cpSync(template, folder, { recursive: true });
    return folder;
  }
  const settingsOf = (folder: string) => ({
    GAMI_PROJECT: folder,
    GAMI_BIN: realGami,
    GAMI_PID_FILE: join(folder, "pid"),
    GAMI_RECOGNISE: "apply",
    GAMI_APPLY: "1",
  });

  /** Every version of every row that came from the platform. */
  async function contentOf(folder: string) {
    const warehouse = openDuckDbWarehouse({ path: join(folder, "gami.duckdb") });
    try {
      const tables = await warehouse.rows(
        "select table_name as name from information_schema.tables where table_schema = 'raw' and table_name like 'genesys%' order by all",
      );
      const content: Record<string, string> = {};
      for (const { name } of tables) {
        const [sum] = await warehouse.rows(
          `select count(*) as n, bit_xor(hash(business_key, revision, row_hash, is_deleted, superseded_seq is null))::varchar as sum from raw."${name}"`,
        );
        content[String(name)] = `${sum?.n} ${sum?.sum}`;
      }
      return content;
    } finally {
      await warehouse.close();
    }
  }

  /** All that was told to the file host. */
  function toldIn(folder: string): string {
    const files = readdirSync(join(folder, "told")).toSorted();
    return files.map((name) => readFileSync(join(folder, "told", name), "utf8")).join("\n");
  }

  let whole: Awaited<ReturnType<typeof contentOf>>;

  test("two days run from platform to report, and a day executed again changes nothing", async () => {
    const folder = await project("days");
    const days = await runDays(["2026-01-05", "2026-01-06"], settingsOf(folder));
    for (const { state, tasks } of days) {
      expect(state).toBe("success");
      expect(tasks).toMatchObject({
        extract_genesys: { state: "success", tries: 1 },
        dbt_build: { state: "success" },
        evaluate: { state: "success", tries: 1 },
        reconcile: { state: "success" },
        relay: { state: "success" },
        report: { state: "success" },
      });
      expect(tasks.rejects).toMatchObject({ state: "skipped" });
    }
    whole = await contentOf(folder);
    expect(Number(whole.genesys_interaction?.split(" ")[0])).toBeGreaterThan(100);
    const told = toldIn(folder);
    expect(told).toContain("ten_contacts");
    const [again] = await runDays(["2026-01-06"], settingsOf(folder));
    expect(again).toMatchObject({ state: "success" });
    expect(await contentOf(folder)).toEqual(whole);
    expect(toldIn(folder)).toBe(told);
  }, 900_000);

  test("a task killed midway is retried, and the warehouse is equal row for row", async () => {
    const folder = await project("killed");
    const extractOnly = (day: string) => `${day}=extract_genesys`;
    const days = await runDays([extractOnly("2026-01-05"), extractOnly("2026-01-06")], {
      ...settingsOf(folder),
      GAMI_KILL_WHEN: join(folder, "archive", "genesys_agent", "*.parquet"),
    });
    expect(days[0]?.tasks.extract_genesys).toEqual({ state: "success", tries: 2 });
    expect(days[1]?.tasks.extract_genesys).toEqual({ state: "success", tries: 1 });
    expect(await contentOf(folder)).toEqual(whole);
  }, 600_000);

  test("6 and 75 are retried; 1, 2, 4 and 5 fail at once; 3 warns with the rejects at hand", async () => {
    const state = join(base, "codes");
    mkdirSync(state);
    const coded = program(
      "coded",
      `tries="${state}/$1.$3.$5"; echo x >> "$tries"; n=$(wc -l < "$tries")
case "$1.$3.$5.$n" in
  extract.genesys.2026-01-07.1) exit 75;; extract.genesys.2026-01-07.2) exit 6;;
  extract.cxone.2026-01-07.*) echo '{"quarantined": 7}'; exit 3;;
  dbt.*) echo '{"error": {"message": "two tests failed"}}'; exit 5;;
  extract.genesys.2026-01-08.*) exit 1;;
  extract.genesys.2026-01-09.*) exit 2;;
  extract.genesys.2026-01-10.*) exit 4;;
esac
echo '{}'`,
    );
    const [retried, ...refused] = await runDays(["2026-01-07", "2026-01-08", "2026-01-09", "2026-01-10"], {
      GAMI_BIN: coded,
      GAMI_SOURCES: "genesys,cxone",
    });
    expect(retried?.tasks).toMatchObject({
      extract_genesys: { state: "success", tries: 3 },
      extract_cxone: { state: "success", tries: 1 },
      rejects: { state: "success" },
      dbt_build: { state: "failed", tries: 1 },
      report: { state: "upstream_failed" },
    });
    expect(refused.map(({ tasks }) => tasks.extract_genesys)).toEqual(Array(3).fill({ state: "failed", tries: 1 }));
  }, 300_000);

  test("a task that is stopped passes SIGTERM on to gami", async () => {
    const patient = program("patient", `trap 'echo got TERM >&2; exit 143' TERM\necho $$ > "${base}/patient.pid"\nsleep 60 & wait`);
    const script = join(base, "stop.py");
    writeFileSync(
      script,
      `
import os, sys, threading, time
sys.path.insert(0, ${JSON.stringify(dags)})
from gami_daily import GamiOperator
operator = GamiOperator(task_id="one", args=["extract"])
ended = []
def work():
    try:
        operator.execute({})
    except Exception as error:
        ended.append(str(error))
thread = threading.Thread(target=work)
thread.start()
while not os.path.exists(${JSON.stringify(join(base, "patient.pid"))}):
    time.sleep(0.05)
operator.on_kill()
thread.join(30)
print(ended)
`,
    );
    const ran = await python(script, [], { GAMI_BIN: patient });
    expect(ran.said).toContain("exit 143, to be tried again");
  }, 120_000);
});
