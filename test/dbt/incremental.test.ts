import { copyFileSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { syncSettings } from "../../src/app/ingest/sync-settings.ts";
import { startDbtServer } from "../support/dbt-server.ts";
import { builtLast, execute, type History, onFile, openHistory, type Random, randomFrom } from "../support/random-history.ts";
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
      const warehouse = await openHistory(folder, `history-${seed}`);
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
  const warehouse = await openHistory(folder, "late-batch");
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
  const warehouse = await openHistory(folder, "unchanged");
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
    ["+int_agent_days_rolled", "fct_agent_month"],
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
