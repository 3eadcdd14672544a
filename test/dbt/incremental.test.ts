import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { afterAll, expect, test } from "vitest";
import { openParquetArchive } from "../../src/adapters/archive/parquet/archive.ts";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { loadRead } from "../../src/app/ingest/load-read.ts";
import { commitInput, syncSettings } from "../../src/app/ingest/sync-settings.ts";
import type { StreamName } from "../../src/domain/records/streams.ts";
import type { SourceItem } from "../../src/ports/source.ts";
import { startDbtServer } from "../support/dbt-server.ts";
import { readOf, recordItem } from "../support/item-read.ts";
import { dbtEnvironment, requireOrSkip } from "../support/require.ts";

/**
 * Incremental models equal a full refresh, whatever happened before: random histories of new, changed, moved and deleted
 * records, backdated zones and shifts, links between platforms, and dbt runs that did only a part of their work.
 * GAMI_CHAOS=full tries many more histories.
 */
const ready = requireOrSkip("python");
const folder = mkdtempSync(join(tmpdir(), "gami-incremental-"));
const server = ready ? startDbtServer(dbtEnvironment() ?? "", join(folder, "target")) : null;
const seeds = Array.from({ length: process.env.GAMI_CHAOS === "full" ? 40 : 3 }, (_, index) => index + 1);

afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

for (const seed of seeds) {
  test.runIf(ready)(
    `history ${seed}: models that were brought up to date in steps equal a full refresh`,
    { timeout: 300_000 },
    async () => {
      const warehouse = await openHistory(`history-${seed}`);
      const random = randomFrom(seed);
      const story: string[] = [];
      await warehouse.begin(random);
      await server?.run(warehouse.file, "run");
      for (let step = 0; step < 4; step++) {
        for (let act = 0; act < 1 + random.below(3); act++) story.push(await warehouse.act(random));
        story.push(await runPartly(warehouse, random));
      }
      story.push(await warehouse.act(random));
      await server?.run(warehouse.file, "run");
      expect(await differences(warehouse), story.join("\n")).toEqual({});
    },
  );
}

test.runIf(ready)("a batch that arrives while dbt runs is the next run's", { timeout: 300_000 }, async () => {
  const warehouse = await openHistory("late-batch");
  const random = randomFrom(99);
  await warehouse.begin(random);
  await server?.run(warehouse.file, "run");
  const before = await content(warehouse.file);
  await warehouse.loadInteractions(random);
  // The run does not see the batch: its bound was read before, as if its row were not there yet.
  await execute(warehouse.file, [
    "create table hidden as select * from meta.batch where stream = 'interaction' qualify seq = max(seq) over (partition by source)",
    "delete from meta.batch where batch_id in (select batch_id from hidden)",
  ]);
  await server?.run(warehouse.file, "run");
  const during = await content(warehouse.file);
  await execute(warehouse.file, ["insert into meta.batch select * from hidden", "drop table hidden"]);
  await server?.run(warehouse.file, "run");
  expect(during).toEqual(before);
  expect(await content(warehouse.file)).not.toEqual(before);
  expect(await differences(warehouse)).toEqual({});
});

test.runIf(ready)("what reads nothing new is left as it is, and is built again where it should be", { timeout: 300_000 }, async () => {
  const warehouse = await openHistory("unchanged");
  const random = randomFrom(7);
  await warehouse.begin(random);
  await server?.run(warehouse.file, "run");
  const everything = await builtLast(warehouse.file);
  expect(everything).toEqual(expect.arrayContaining(["stg_agent", "int_agents_seen", "int_shifts", "dim_date", "fct_agent_day"]));

  await server?.run(warehouse.file, "run");
  expect(await builtLast(warehouse.file)).toEqual([]);

  await warehouse.loadInteractions(random);
  await server?.run(warehouse.file, "run");
  const ofNewDay = await builtLast(warehouse.file);
  expect(ofNewDay).toEqual(expect.arrayContaining(["int_interactions_resolved", "int_interactions_by_agent_day", "fct_agent_day"]));
  expect(ofNewDay.filter((name) => /^stg_|shift|challenges|gamification|cost|dim_date|points/.test(name))).toEqual([]);

  await execute(warehouse.file, ["drop table marts.dim_date"]);
  await server?.run(warehouse.file, "run");
  expect(await builtLast(warehouse.file)).toEqual(["dim_date"]);

  await syncSettings(warehouse.deps, { organisation_zone: "America/New_York", day_start: "05:00" });
  await warehouse.deps.warehouse.release();
  await server?.run(warehouse.file, "run");
  expect(await builtLast(warehouse.file)).toEqual(expect.arrayContaining(["int_agent_spans", "int_source_spans", "int_shifts"]));

  await server?.run(warehouse.file, "run", "--full-refresh");
  expect((await builtLast(warehouse.file)).toSorted()).toEqual(everything.toSorted());
});

test.runIf(ready)(
  "dbt build leaves tests whose tables are what they were when they passed, dbt test runs them all",
  { timeout: 300_000 },
  async () => {
    const warehouse = await openHistory("tests");
    const random = randomFrom(11);
    const build = () => server?.run(warehouse.file, "build", "--exclude-resource-type", "unit_test");
    await warehouse.begin(random);
    await build();
    const everyTest = (await builtLast(warehouse.file)).filter(isTest);
    expect(everyTest.length).toBeGreaterThan(50);

    await build();
    expect((await builtLast(warehouse.file)).filter(isTest)).toEqual([]);

    await warehouse.loadInteractions(random);
    await build();
    const ofNewDay = (await builtLast(warehouse.file)).filter(isTest);
    expect(ofNewDay).toEqual(
      expect.arrayContaining([expect.stringContaining("fct_agent_day"), expect.stringContaining("talk_time_equals_raw")]),
    );
    expect(ofNewDay.filter((name) => /_(together|null|values)_(dim_|fct_points|fct_cost|int_challenge_states)/.test(name))).toEqual([]);

    // A change by hand that no build knows of: the build trusts what it made, a test is a test, and what failed is asked again.
    await execute(warehouse.file, ["insert into marts.dim_date select * from marts.dim_date limit 1"]);
    await build();
    await expect(server?.run(warehouse.file, "test", "--select", "dim_date")).rejects.toThrow("dim_date");
    await expect(build()).rejects.toThrow("dim_date");
    await server?.run(warehouse.file, "run", "--select", "dim_date", "--full-refresh");
    await build();
  },
);

const isTest = (name: string) => name.startsWith("test.");

/** The models that the last run built, not those it left as they were. */
async function builtLast(file: string): Promise<string[]> {
  const rows = await onFile(file, (query) =>
    query("select model from meta.built where invocation_id = (select arg_max(invocation_id, finished_at) from meta.build)"),
  );
  return rows.map(({ model }) => String(model));
}

type Random = ReturnType<typeof randomFrom>;
type History = Awaited<ReturnType<typeof openHistory>>;

/** A run that fails somewhere, stops half-way or dies before it could note what it did. */
async function runPartly(warehouse: History, random: Random): Promise<string> {
  const kind = random.pick([
    ["*"],
    ["+int_interactions_resolved"],
    ["int_interactions_by_agent_day", "int_gamification_by_agent_day"],
    ["int_interactions_resolved", "int_gamification_events_resolved"],
    ["int_challenge_states", "int_gamification_events_credited"],
    ["+int_agent_spans"],
    ["+int_shift_days", "int_interactions_by_agent_day"],
    ["int_agent_days", "fct_agent_week"],
    ["+fct_agent_day"],
  ]);
  await server?.run(warehouse.file, "run", "--select", ...kind, "--exclude", "path:models/staging");
  if (random.below(3) !== 0) return `dbt run ${kind.join(" ")}`;
  const forgetful = random.pick([
    "int_interactions_resolved",
    "int_interactions_by_agent_day",
    "int_gamification_events_resolved",
    "int_gamification_events_credited",
  ]);
  await execute(warehouse.file, [
    `delete from meta.applied where model = '${forgetful}'
     and invocation_id = (select arg_max(invocation_id, applied_at) from meta.applied where model = '${forgetful}')`,
  ]);
  return `dbt run ${kind.join(" ")}; ${forgetful} died before its note`;
}

/** Rows that one way of building has and the other has not, by query. */
async function differences(warehouse: History): Promise<Record<string, unknown>> {
  const refreshed = join(folder, "refreshed", "gami.duckdb");
  mkdirSync(join(folder, "refreshed"), { recursive: true });
  copyFileSync(warehouse.file, refreshed);
  await server?.run(refreshed, "run", "--full-refresh");
  return onFile(warehouse.file, async (rows) => {
    await rows(`attach '${refreshed}' as refreshed (read_only)`);
    const found: Record<string, unknown> = {};
    for (const { table, columns, where } of await builtTables(rows)) {
      const [query, other] = ["", "refreshed."].map((file) => `select ${columns} from ${file}${table} where ${where}`);
      const lost = await rows(`(${other}) except all (${query})`);
      const extra = await rows(`(${query}) except all (${other})`);
      if (lost.length + extra.length > 0) found[table] = { lost: lost.slice(0, 3), extra: extra.slice(0, 3) };
    }
    return found;
  });
}

async function content(file: string): Promise<unknown[]> {
  return onFile(file, async (rows) => {
    const tables = await builtTables(rows);
    return Promise.all(
      tables.map(({ table, columns, where }) =>
        rows(`select '${table}' as t, count(*) as n, bit_xor(hash(c)) as h from (select ${columns} from ${table} where ${where}) as c`),
      ),
    );
  });
}

/**
 * Every table dbt built, with the rows taken out that only say "nothing is left here". The digits of a quotient depend on
 * the order its parts were added in: the last ones are not compared.
 */
async function builtTables(rows: (sql: string) => Promise<Record<string, unknown>[]>) {
  const tables = await rows(`select tables.table_schema || '.' || tables.table_name as table,
      string_agg(case when columns.data_type = 'DOUBLE' then 'round(' || columns.column_name || ', 9) as ' || columns.column_name else columns.column_name end, ', '
        order by columns.ordinal_position) as columns,
      case when bool_or(columns.column_name = 'is_empty') then 'not is_empty' else 'true' end as where
    from information_schema.tables inner join information_schema.columns using (table_catalog, table_schema, table_name)
    where tables.table_catalog = current_catalog() and tables.table_schema in ('intermediate', 'marts') and tables.table_type = 'BASE TABLE'
    group by all order by all`);
  return tables.map(({ table, columns, where }) => ({ table: String(table), columns: String(columns), where: String(where) }));
}

async function execute(file: string, statements: readonly string[]): Promise<void> {
  await onFile(file, async (rows) => {
    for (const statement of statements) await rows(statement);
  });
}

async function onFile<T>(file: string, work: (rows: (sql: string) => Promise<Record<string, unknown>[]>) => Promise<T>): Promise<T> {
  const instance = await DuckDBInstance.create(file);
  const connection = await instance.connect();
  try {
    return await work(async (sql) => (await connection.runAndReadAll(sql)).getRowObjectsJson());
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

function randomFrom(seed: number) {
  const generator = xoroshiro128plus(seed);
  const below = (limit: number) => (generator.next() >>> 0) % limit;
  return {
    below,
    pick: <T>(options: readonly T[]): T => {
      const picked = options[below(options.length)];
      if (picked === undefined) throw new RangeError("nothing to pick from");
      return picked;
    },
  };
}

const hour = 3_600_000;
/** New York leaves daylight saving time in the middle of the ten days. */
const firstInstant = Date.parse("2024-10-29T00:00:00Z");
const zones = ["America/New_York", "Asia/Kolkata"];
const people = ["ann", "bob", "eve", "unlisted"];

/** A warehouse into which random batches are loaded through the real loader. */
async function openHistory(name: string) {
  const home = join(folder, name);
  mkdirSync(home, { recursive: true });
  const file = join(home, "gami.duckdb");
  const warehouse = openDuckDbWarehouse({ path: file, threads: 1 });
  const archive = openParquetArchive({ path: join(home, "archive") });
  let now = Date.parse("2024-12-01T00:00:00Z");
  const clock = { now: () => (now += 60_000) };
  const deps = { warehouse, archive, clock };
  const keys = new Map<string, SourceItem>();
  let reads = 0;

  const load = async (stream: StreamName, items: readonly SourceItem[], source = "csv:one") => {
    reads++;
    const { totals } = await loadRead(deps, readOf(items, { source, streams: [stream], mapperVersion: `read-${reads}` }));
    if (totals.quarantined > 0) throw new Error(`${stream}: ${totals.quarantined} records were refused`);
    await warehouse.release();
  };
  const item = (stream: StreamName, columns: Readonly<Record<string, string | number | boolean | null>>, isDeleted = false) =>
    recordItem(stream, `${reads}:${JSON.stringify(columns)}`, columns, isDeleted);
  const instant = (random: Random) => firstInstant + random.below(10 * 24 * 12) * (hour / 12);

  const interaction = (random: Random, id: string) => {
    const startedAt = instant(random);
    const talkMs = random.below(600) * 1000;
    return {
      interaction_id: id,
      agent_native_id: random.pick([...people, null]),
      segment_id: "0",
      queue_native_id: random.pick(["sales", "service", null]),
      channel: "voice",
      started_at: startedAt,
      entered_at: startedAt,
      ended_at: startedAt + 60_000,
      talk_ms: talkMs,
      handle_ms: talkMs,
      outcome: random.pick(["answered", "answered", "abandoned"]),
    };
  };

  const loadInteractions = async (random: Random) => {
    const items: SourceItem[] = [];
    for (let count = 0; count < 3 + random.below(6); count++) {
      const id = `i${random.below(25)}`;
      const before = keys.get(id);
      const columns = interaction(random, id);
      // Another agent makes another key: the source then says the old one is gone.
      if (before?.kind === "record" && before.record.agent_native_id !== columns.agent_native_id)
        items.push({ ...before, isDeleted: true });
      const isDeleted = before !== undefined && random.below(5) === 0;
      const next = isDeleted && before.kind === "record" ? { ...before, isDeleted } : item("interaction", columns);
      items.push(next);
      keys.set(id, next);
    }
    await load("interaction", items);
  };

  const acts: Record<string, (random: Random) => Promise<void>> = {
    interactions: loadInteractions,
    events: (random) =>
      load(
        "gamification_event",
        Array.from({ length: 3 + random.below(5) }, () =>
          item(
            "gamification_event",
            {
              event_id: `e${random.below(15)}`,
              agent_native_id: random.pick(people),
              interaction_id: `i${random.below(6)}`,
              metric: "aht",
              occurred_at: instant(random),
              event_kind: "points_earned",
              action_type: "call",
              challenge_native_id: random.pick(["c1", "c2", null]),
              points_milli: 1000 * random.below(20),
              engagement_ppm: random.pick([null, random.below(1_100_000)]),
            },
            random.below(6) === 0,
          ),
        ),
      ),
    shifts: (random) =>
      load(
        "shift",
        Array.from({ length: 2 }, () => {
          const startsAt = instant(random);
          return item(
            "shift",
            {
              shift_native_id: `s${random.below(8)}`,
              agent_native_id: random.pick(people),
              starts_at: startsAt,
              ends_at: startsAt + (1 + random.below(20)) * hour,
              zone: random.pick([null, null, ...zones]),
              is_leave: random.below(5) === 0,
            },
            random.below(4) === 0,
          );
        }),
      ),
    "a roster row": (random) =>
      load("agent", [
        item("agent", { agent_native_id: random.pick(people.slice(0, 3)), zone: random.pick([...zones, null]) }, random.below(5) === 0),
      ]),
    "a backdated zone": (random) =>
      load("agent", [
        item(
          "agent",
          {
            agent_native_id: random.pick(people.slice(0, 3)),
            zone: random.pick(zones),
            effective_at: instant(random) - random.below(3) * 24 * hour,
          },
          random.below(5) === 0,
        ),
      ]),
    "a challenge": (random) =>
      load("challenge", [
        item(
          "challenge",
          { challenge_native_id: random.pick(["c1", "c2"]), starts_at: instant(random), ends_at: random.pick([null, instant(random)]) },
          random.below(4) === 0,
        ),
      ]),
    "a challenge's status": (random) =>
      load("challenge_status", [
        item(
          "challenge_status",
          {
            challenge_native_id: random.pick(["c1", "c2"]),
            effective_at: firstInstant + random.below(10) * 24 * hour,
            status: random.pick(["active", "paused", "expired", "retired"]),
          },
          random.below(4) === 0,
        ),
      ]),
    "a queue": (random) =>
      load("queue", [
        item("queue", { queue_native_id: random.pick(["sales", "service"]), name: `name ${random.below(3)}` }, random.below(4) === 0),
      ]),
    "a setting": (random) =>
      syncSettings(
        deps,
        random.pick([
          { day_start: "04:00" },
          { day_start: "00:00" },
          { "source_zone.csv:one": random.pick(zones) },
          { decay_half_life_days: random.pick(["7", "3"]) },
        ]),
      ).then(() => warehouse.release()),
    "an identity rule": (random) => syncSettings(deps, { identity: random.pick(["self", "mapped"]) }).then(() => warehouse.release()),
    "a link": (random) =>
      load(
        "identity",
        [
          item(
            "identity",
            {
              source_system: "csv:one",
              agent_native_id: random.pick(people),
              effective_at: firstInstant + random.below(5) * 24 * hour,
              agent_id: random.pick(["person-1", "person-2"]),
              method: "manual",
            },
            random.below(5) === 0,
          ),
        ],
        "csv:links",
      ),
    "time zone rules": async (random) => {
      await commitInput(deps, { kind: "zone_offset", offsets: newYork(random.below(2) * hour) }, [
        { from: Date.parse("2024-11-03T05:00:00Z"), to: Date.parse("2024-11-03T08:00:00Z") },
      ]);
      await warehouse.release();
    },
  };

  return {
    file,
    deps,
    loadInteractions,
    async begin(random: Random) {
      await warehouse.createTables();
      await syncSettings(deps, { organisation_zone: "Asia/Kolkata", day_start: "00:00" });
      await commitInput(deps, { kind: "zone_offset", offsets: [...newYork(0), ...kolkata] }, [
        { from: Date.parse("1900-01-01T00:00:00Z"), to: Date.parse("9999-01-01T00:00:00Z") },
      ]);
      for (let round = 0; round < 2; round++)
        for (const act of ["interactions", "events", "shifts", "a backdated zone"]) await acts[act]?.(random);
    },
    async act(random: Random): Promise<string> {
      const act = random.pick(["interactions", "interactions", "events", "events", ...Object.keys(acts)]);
      await acts[act]?.(random);
      return act;
    },
  };
}

function newYork(laterBy: number) {
  const changesAt = Date.parse("2024-11-03T06:00:00Z") + laterBy;
  return [
    offset("America/New_York", "1900-01-01T00:00:00Z", changesAt, -4 * 3600),
    offset("America/New_York", changesAt, "9999-01-01T00:00:00Z", -5 * 3600),
  ];
}

const kolkata = [offset("Asia/Kolkata", "1900-01-01T00:00:00Z", "9999-01-01T00:00:00Z", 19_800)];

function offset(zone: string, from: string | number, to: string | number, offsetSeconds: number) {
  return { zone, startsAt: new Date(from).getTime(), endsAt: new Date(to).getTime(), offsetSeconds, tzVersion: "test" };
}
