import { generateKeyPairSync } from "node:crypto";
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
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
import { gami } from "../support/gami.ts";
import { readOf, recordItem } from "../support/item-read.ts";
import { firstDifference, type MartContent, martContent, martShapes } from "../support/mart-checksums.ts";
import { requireOrSkip } from "../support/require.ts";

/**
 * The same batches, and what dbt makes of them on each warehouse: every model, data test and unit test, and every value of
 * every mart compared with DuckDB's. With GAMI_CHAOS=full a first part is built whole and the rest incrementally.
 */
const isFull = process.env.GAMI_CHAOS === "full";
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
identity: self
finance: { currency: USD, loadedRatePerHour: 30.00, realisation: 0.6, replacementCost: 10000.00, perQualityPoint: 1.50 }
programme: { allocation: operational }
key: { file: key }
hosts: { desk: { kind: csv, path: told } }
`;

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

/** What each command answered, without what is another one in each run and what a warehouse is asked in its own words. */
async function answersOf(folder: string): Promise<Readonly<Record<string, unknown>>> {
  const answers: Record<string, unknown> = {};
  for (const [name, words] of Object.entries(readers)) {
    const { code, stdout, stderr } = await gami(folder, ...words, "--json");
    const { runId, resultId, statements, ...rest } = JSON.parse(stdout === "" ? "{}" : stdout);
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
  const [sim, first, onDuckDb, archived] = ["sim", "first", "duckdb", "archived"].map((name) => join(folder, name)) as [
    string,
    string,
    string,
    string,
  ];
  const later = ["interactions", "gamification_events"].map((name) => join("..", "sim", `${name}.csv`));
  let wanted: readonly MartContent[];
  let statements: Awaited<ReturnType<typeof askEverything>>;
  let answers: Awaited<ReturnType<typeof answersOf>>;
  let shapes: Awaited<ReturnType<typeof martShapes>>;

  function makeProject(path: string, warehouse: string): void {
    mkdirSync(path);
    writeFileSync(join(path, "gami.config.yaml"), `version: 1\nwarehouse: ${warehouse}${settings}`);
    writeFileSync(join(path, "key"), "");
    mkdirSync(join(path, "milestones"));
    cpSync(definitions, join(path, "milestones", "simulated.yaml"));
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
    makeProject(onDuckDb, "{ kind: duckdb }");
    const centre = ["--seed", "three", "--agents", "20", "--days", "42", "--start", "2026-03-02", "--contacts-per-day", "3"];
    await ran(onDuckDb, "--quiet", "simulate", "files", "--out", sim, ...centre);
    cpSync(sim, first, { recursive: true });
    for (const name of ["interactions.csv", "gamification_events.csv"]) {
      const lines = readFileSync(join(sim, name), "utf8").split("\n");
      writeFileSync(join(first, name), lines.slice(0, -150).join("\n"));
    }
    const files = readdirSync(first).filter((name) => name.endsWith(".csv"));
    await ran(onDuckDb, "--quiet", "import", "csv", ...files.map((name) => join("..", "first", name)));
    await load(dayTotals, awards);
    const keepArchive = () => cpSync(join(onDuckDb, "archive"), archived, { recursive: true });
    if (isFull) await ran(onDuckDb, "--quiet", "dbt", "run");
    if (isFull) keepArchive();
    await ran(onDuckDb, "--quiet", "import", "csv", ...later);
    await ran(onDuckDb, "--quiet", "dbt", "run");
    if (!isFull) keepArchive();
    const duckdb = openDuckDbWarehouse({ path: join(onDuckDb, "gami.duckdb") });
    shapes = await martShapes(duckdb);
    statements = await askEverything(duckdb);
    wanted = await contents(duckdb);
    answers = await answersOf(onDuckDb);
  }, 900_000);

  afterAll(() => rmSync(folder, { recursive: true, force: true }));

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
        if (isFull) await ran(project, "--quiet", "dbt", "run");
        if (isFull) await ran(project, "--quiet", "import", "csv", ...later);
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
      });

      test("every statement of sql/reports and sql/recognise runs, and answers what it answers on DuckDB", async () => {
        const warehouse = open(emulator);
        const found = await askEverything(warehouse);
        await warehouse.close();
        for (const [name, rows] of Object.entries(statements)) expect({ [name]: found[name] }).toEqual({ [name]: rows });
      }, 120_000);

      test.each(Object.keys(readers))(
        "'%s' answers what it answers on DuckDB",
        async (name) => {
          found ??= answersOf(project);
          expect((await found)[name]).toEqual(answers[name]);
        },
        300_000,
      );

      test.runIf(isFull)("an incremental run reads raw rows between constant limits, on BigQuery those of the partitions too", () => {
        const compiled = join(project, ".gami", "dbt-target", "compiled", "gami", "models", "intermediate");
        for (const model of ["interactions/int_interactions_resolved.sql", "events/int_gamification_events_resolved.sql"]) {
          const sql = readFileSync(join(compiled, model), "utf8");
          expect(sql).toMatch(/versions\.seq > \d+\s+and versions\.seq <= \d+/);
          if (kind === "bigquery")
            expect(sql).toMatch(/versions\.event_at >= timestamp '[\d-]+' and versions\.event_at < timestamp '[\d-]+'/);
        }
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
