import { spawn } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { centre, since, sources, streams, tables, until } from "../../scripts/demo-centre.ts";
import { openParquetArchive } from "../../src/adapters/archive/parquet/archive.ts";
import { openBigQueryWarehouse } from "../../src/adapters/warehouses/bigquery/warehouse.ts";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { openSnowflakeWarehouse } from "../../src/adapters/warehouses/snowflake/warehouse.ts";
import { loadRead } from "../../src/app/ingest/load-read.ts";
import { agentId } from "../../src/domain/business-key.ts";
import type { SourceRead } from "../../src/ports/source.ts";
import type { Warehouse } from "../../src/ports/warehouse.ts";
import { type Emulator, startEmulator } from "../emulators/emulators.ts";
import { bigqueryConfig, snowflakeConfig } from "../support/cloud-warehouses.ts";
import { askEverything } from "../support/every-statement.ts";
import { gami, gamiProgram } from "../support/gami.ts";
import { readOf, recordItem } from "../support/item-read.ts";
import { firstDifference, type MartContent, martContent, martShapes } from "../support/mart-checksums.ts";
import { requireOrSkip } from "../support/require.ts";

/**
 * The demo's own centre, loaded by the demo's commands on DuckDB and from its archive elsewhere, and what dbt makes of it on
 * each warehouse: all but the last day and the last events are built whole, the rest incrementally by a second run, with
 * every data test and unit test. Every value of every mart is compared with DuckDB's.
 */
const kinds = {
  snowflake: {
    config: (url: string) =>
      `{ kind: snowflake, snowflake: { account: org-acc, user: gami, privateKey: "\${GAMI_TEST_KEY}", url: "${url}" } }`,
    open: (emulator: Emulator) => openSnowflakeWarehouse(snowflakeConfig(emulator)),
  },
  bigquery: {
    config: (url: string) => `{ kind: bigquery, bigquery: { project: gami-test, location: US, url: "${url}" } }`,
    open: (emulator: Emulator) => openBigQueryWarehouse(bigqueryConfig(emulator)),
  },
} as const;

const definitions = join(import.meta.dirname, "../../fixtures/milestones/simulated.yaml");

/** What reads the marts, end to end; a plan where the command writes. */
const readers: Readonly<Record<string, readonly string[]>> = {
  "roi report": ["roi", "report"],
  "roi explain": ["roi", "explain", "cost"],
  "evaluate milestones": ["evaluate", "milestones", "--since", "2026-03-02"],
  "flair reconcile": ["flair", "reconcile"],
  "challenges adjust": ["challenges", "adjust"],
};

const privateKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" });

const settings = `
organisation: { name: desk, zone: Europe/Berlin }
finance: { currency: USD, loadedRatePerHour: 30.00, realisation: 0.6, replacementCost: 10000.00, perQualityPoint: 1.50 }
programme: { allocation: operational }
key: { file: key }
hosts: { desk: { kind: csv, path: told } }
${sources}`;
const [dayBeforeLast, later] = ["2026-05-04", 150];

/** Answers as Genesys Cloud until it is told to stop. */
async function startPlatform(): Promise<{ readonly url: string; stop(): void }> {
  const server = spawn(process.execPath, [gamiProgram, "simulate", "serve", "--port", "0", ...centre], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  for await (const line of createInterface({ input: server.stderr })) {
    const url = /listening on (\S+)/.exec(line)?.[1];
    if (url !== undefined) return { url, stop: () => server.kill("SIGTERM") };
  }
  throw new Error("the simulated platform did not start");
}

/** What a simulated centre has none of: totals by day, awards and what they were given for. */
const dayTotals = readOf(
  [
    recordItem("performance_day", "1", {
      agent_native_id: "a0001",
      work_date: "2026-03-05",
      interactions: 12,
      talk_ms: 600_500,
      handle_ms: 900_250,
      quality_sum_milli: 180_500,
      quality_count: 2,
    }),
    recordItem("performance_day", "2", { agent_native_id: "totals only", work_date: "2026-03-06", interactions: 7, handle_ms: 480_333 }),
    recordItem("points_day", "1", {
      agent_native_id: "a0002",
      metric: "adherence",
      work_date: "2026-03-09",
      points_milli: 4_500,
      max_points_milli: 10_000,
    }),
    recordItem("points_day", "2", { agent_native_id: "a0003", metric: "quality", work_date: "2026-03-10", points_milli: -250 }),
  ],
  { source: "csv:sim", streams: ["performance_day", "points_day"] },
);
const award = {
  entry_no: 1,
  definition_id: "steady-hands",
  period_id: "2026-W11",
  tier: "gold",
  kind: "award",
  action: "grant",
  rule_hash: "5ce1",
} as const;
const awards = readOf(
  [
    recordItem("milestone", "1", {
      definition_id: award.definition_id,
      rule_hash: award.rule_hash,
      name: "Steady hands",
      metric: "handle_time",
      direction: "lower",
      threshold_milli: 300_000,
      tier: "gold",
      definition: "{ }",
      valid_from: Date.parse("2026-03-01T00:00:00Z"),
    }),
    ...["a0001", "a0002"].map((nativeId) =>
      recordItem("ledger_entry", nativeId, {
        ...award,
        award_key: `award of ${nativeId}`,
        agent_id: agentId("csv:sim", nativeId),
        commit_state: nativeId === "a0001" ? "final" : "provisional",
        occurred_at: Date.parse("2026-03-16T23:30:00.250Z"),
        posted_at: Date.parse("2026-03-17T04:00:00Z"),
      }),
    ),
  ],
  { source: "gami", streams: ["milestone", "ledger_entry"] },
);

interface Manifest {
  readonly nodes: Readonly<
    Record<string, { readonly name: string; readonly path: string; readonly config?: { readonly materialized?: string } }>
  >;
}

/** Which kinds of constant limits a compiled model carries. */
function limitsOf(sql: string): string[] {
  const kinds = {
    // By the order rows were loaded in: raw tables lie that way.
    batches: /versions\.seq > \d+\s+and versions\.seq <= \d+/,
    // By the month a table is divided by on BigQuery.
    months: /versions\.event_at >= timestamp '\d[\d-]+' and versions\.event_at < timestamp '\d[\d-]+'/,
    // Of tables by day.
    days: /work_date between cast\('\d[\d-]+' as date\) and cast\('\d[\d-]+' as date\)/,
  };
  return Object.entries(kinds).flatMap(([name, pattern]) => (pattern.test(sql) ? [name] : []));
}

/** All that read raw, by batch, and on BigQuery by month; all that read by day, by day. */
const limits = (ofRaw: readonly string[]) => ({
  int_agents_seen: ofRaw,
  int_queues_seen: ofRaw,
  int_interactions_resolved: ofRaw,
  int_gamification_events_resolved: ofRaw,
  int_interactions_by_agent_day: ["days"],
  int_gamification_by_agent_day: ["days"],
  // Events by day; of challenges nothing is new.
  int_gamification_events_credited: ["days"],
  // Asks no history: it is what differs from int_agent_days, day by day.
  int_agent_days_rolled: [],
});
const expectedLimits: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>> = {
  snowflake: limits(["batches"]),
  bigquery: limits(["batches", "months"]),
};

/** What each command answered, without what is another one in each run and what a warehouse is asked in its own words. */
async function answersOf(folder: string): Promise<Readonly<Record<string, unknown>>> {
  const answers: Record<string, unknown> = {};
  for (const [name, words] of Object.entries(readers)) {
    const { code, stdout, stderr } = await gami(folder, ...words, "--json");
    // How many batches a read makes, which a snapshot counts, depends on how quick the machine is.
    const { runId, resultId, statements, snapshot, ...rest } = JSON.parse(stdout === "" ? "{}" : stdout);
    answers[name] = { code, said: code === 0 ? "" : stderr, ...rest };
  }
  return answers;
}

/** Runs gami and expects it to succeed. */
async function ran(folder: string, ...words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await gami(folder, ...words);
  expect({ words, code, stderr: code === 0 ? "" : stderr }).toEqual({ words, code: 0, stderr: "" });
  return stdout;
}

const isHere = requireOrSkip("python") && Object.keys(kinds).some((kind) => requireOrSkip(kind as keyof typeof kinds));

describe.runIf(isHere)("what dbt makes of the same batches on every warehouse", () => {
  const folder = mkdtempSync(join(tmpdir(), "gami-marts-"));
  const [files, onDuckDb, archived] = ["files", "duckdb", "archived"].map((name) => join(folder, name)) as [string, string, string];
  let platform: Awaited<ReturnType<typeof startPlatform>>;
  let wanted: readonly MartContent[];
  let statements: Awaited<ReturnType<typeof askEverything>>;
  let answers: Awaited<ReturnType<typeof answersOf>>;
  let shapes: Awaited<ReturnType<typeof martShapes>>;

  function makeProject(path: string, warehouse: string): void {
    mkdirSync(path);
    const config = `version: 1\nwarehouse: ${warehouse}${settings}`.replace("http://127.0.0.1:0", platform.url);
    writeFileSync(join(path, "gami.config.yaml"), config);
    writeFileSync(join(path, "key"), "0f".repeat(32), { mode: 0o600 });
    mkdirSync(join(path, "milestones"));
    cpSync(definitions, join(path, "milestones", "simulated.yaml"));
  }

  const extract = (path: string, ...until: readonly string[]) => ran(path, "--quiet", "extract", "--stream", streams, ...until);
  const importFile = (path: string, name: string) =>
    ran(
      path,
      "--quiet",
      "import",
      "csv",
      join(files, `${name}.csv`),
      "--mapping",
      join(files, `${name.replace("first_", "")}.mapping.yaml`),
    );

  /** The last day, and the events that were left out. */
  async function loadTheRest(path: string): Promise<void> {
    await extract(path, "--until", until);
    await importFile(path, "gamification_events");
  }

  async function load(...reads: readonly SourceRead[]): Promise<void> {
    const warehouse = openDuckDbWarehouse({ path: join(onDuckDb, "gami.duckdb") });
    const archive = openParquetArchive({ path: join(onDuckDb, "archive") });
    for (const read of reads) await loadRead({ warehouse, archive, clock: { now: () => Date.now() } }, read);
    await warehouse.close();
    await archive.close();
  }

  async function contents(warehouse: Warehouse): Promise<readonly MartContent[]> {
    const found: MartContent[] = [];
    for (const shape of shapes) found.push(await martContent(warehouse, shape));
    await warehouse.close();
    return found;
  }

  beforeAll(async () => {
    process.env.GAMI_TEST_KEY = String(privateKey);
    platform = await startPlatform();
    makeProject(onDuckDb, "{ kind: duckdb }");
    await extract(onDuckDb, "--since", since, "--until", dayBeforeLast);
    await ran(onDuckDb, "--quiet", "simulate", "files", "--out", files, ...centre);
    const events = readFileSync(join(files, "gamification_events.csv"), "utf8").trimEnd().split("\n");
    writeFileSync(join(files, "first_gamification_events.csv"), events.slice(0, -later).join("\n"));
    const names = tables.filter((name) => name !== "gamification_events").map((name) => join(files, `${name}.csv`));
    await ran(onDuckDb, "--quiet", "import", "csv", ...names);
    await importFile(onDuckDb, "first_gamification_events");
    await load(dayTotals, awards);
    await ran(onDuckDb, "--quiet", "identity", "link", "--apply");
    await ran(onDuckDb, "--quiet", "dbt", "run");
    cpSync(join(onDuckDb, "archive"), archived, { recursive: true });
    await loadTheRest(onDuckDb);
    await ran(onDuckDb, "--quiet", "dbt", "run");
    const duckdb = openDuckDbWarehouse({ path: join(onDuckDb, "gami.duckdb") });
    shapes = await martShapes(duckdb);
    statements = await askEverything(duckdb);
    wanted = await contents(duckdb);
    answers = await answersOf(onDuckDb);
  }, 900_000);

  afterAll(() => {
    platform.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  test("there is something to compare in the answers on DuckDB", () => {
    expect(Object.entries(answers).map(([name, answer]) => [name, Object(answer).code])).toEqual(
      Object.keys(readers).map((name) => [name, 0]),
    );
    expect(Object.values(statements).filter((rows) => rows.length > 0).length).toBeGreaterThan(40);
    expect(answers["evaluate milestones"]).toMatchObject({ entries: { grant: expect.any(Number) } });
    expect(Object(answers["challenges adjust"]).challenges).not.toEqual([]);
  });

  test("every mart has rows to compare", () => {
    expect(wanted.filter(({ rows }) => rows === 0).map(({ mart }) => mart)).toEqual([]);
  });

  for (const [kind, { config, open }] of Object.entries(kinds)) {
    describe.runIf(requireOrSkip(kind as keyof typeof kinds))(`dbt on ${kind} (an emulator, through the real adapter)`, () => {
      const project = join(folder, kind);
      let emulator: Emulator;
      let report: Readonly<Record<string, unknown>>;
      let found: ReturnType<typeof answersOf> | null = null;

      beforeAll(async () => {
        emulator = await startEmulator(kind as keyof typeof kinds);
        makeProject(project, config(emulator.url));
        cpSync(archived, join(project, "archive"), { recursive: true });
        await ran(project, "--quiet", "warehouse", "rebuild");
        await ran(project, "--quiet", "dbt", "run");
        await loadTheRest(project);
        const { code, stdout, stderr } = await gami(project, "dbt", "build", "--unit-tests", "--json");
        report = { code, said: code === 0 ? "" : stderr, ...JSON.parse(stdout === "" ? "{}" : stdout) };
      }, 1_800_000);
      afterAll(() => emulator.stop());

      test("[S4-R69] every model, data test and unit test of the project ran and passed", () => {
        const manifest = JSON.parse(readFileSync(join(project, ".gami", "dbt-target", "manifest.json"), "utf8"));
        const all = Object.keys(manifest.nodes).length + Object.keys(manifest.unit_tests).length;
        expect(report).toMatchObject({ code: 0, said: "", failed: 0, warned: 0, skipped: 0, succeeded: all });
      });

      test("the marts are DuckDB's: whole numbers and text exactly, ratios to nine digits", async () => {
        const found = await contents(open(emulator));
        const table = (content: readonly MartContent[]) => content.map(({ mart, rows, checksum }) => `${mart} ${rows} ${checksum}`);
        const differences = wanted.map((mart, index) => firstDifference(mart, found[index] ?? { ...mart, lines: [] }));
        expect(differences.filter((difference) => difference !== "")).toEqual([]);
        expect(table(found)).toEqual(table(wanted));
        process.stdout.write(`${kind}, equal to duckdb:\n  ${table(found).join("\n  ")}\n`);
      }, 600_000);

      test("every statement of sql/reports and sql/recognise runs, and answers what it answers on DuckDB", async () => {
        const warehouse = open(emulator);
        const found = await askEverything(warehouse);
        await warehouse.close();
        for (const [name, rows] of Object.entries(statements)) expect({ [name]: found[name] }).toEqual({ [name]: rows });
      }, 600_000);

      test.each(Object.keys(readers))(
        "'%s' answers what it answers on DuckDB",
        async (name) => {
          found ??= answersOf(project);
          expect((await found)[name]).toEqual(answers[name]);
        },
        600_000,
      );

      test("what an incremental run is asked carries limits by which the warehouse leaves history unread, in every such model", () => {
        const target = join(project, ".gami", "dbt-target");
        const manifest: Manifest = JSON.parse(readFileSync(join(target, "manifest.json"), "utf8"));
        const compiled = Object.values(manifest.nodes)
          .filter(({ config }) => config?.materialized === "incremental")
          .map(({ name, path }) => [name, readFileSync(join(target, "compiled", "gami", "models", path), "utf8")] as const);
        expect(Object.fromEntries(compiled.map(([name, sql]) => [name, limitsOf(sql)]))).toEqual(expectedLimits[kind]);
      });

      test("no secret is left on disk", () => {
        const secret = String(privateKey).split("\n")[1] ?? "";
        const written = readdirSync(project, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
        expect(written.length).toBeGreaterThan(20);
        const holders = written.filter((entry) => readFileSync(join(entry.parentPath, entry.name)).includes(secret));
        expect(holders.map(({ name }) => name)).toEqual([]);
      });
    });
  }
});
