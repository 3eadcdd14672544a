import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { startDbtServer } from "../support/dbt-server.ts";
import { builtLast, execute, openHistory, randomFrom } from "../support/random-history.ts";
import { dbtEnvironment, requireOrSkip } from "../support/require.ts";

/** Which data tests `dbt build` asks, and which it leaves because nothing they look at has changed. */
const ready = requireOrSkip("python");
const folder = mkdtempSync(join(tmpdir(), "gami-tests-left-"));
const server = ready ? startDbtServer(dbtEnvironment() ?? "", join(folder, "target")) : null;

afterAll(async () => {
  await server?.close();
  rmSync(folder, { recursive: true, force: true });
});

test.runIf(ready)(
  "dbt build leaves tests whose tables are what they were when they passed, dbt test runs them all",
  { timeout: 300_000 },
  async () => {
    const warehouse = await openHistory(folder, "tests");
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

test.runIf(ready)(
  "dbt build looks at the instants that new batches touched and finds a fault there, dbt test looks everywhere",
  { timeout: 300_000 },
  async () => {
    const warehouse = await openHistory(folder, "touched");
    const build = (...args: readonly string[]) => server?.run(warehouse.file, "build", "--exclude-resource-type", "unit_test", ...args);
    const plant = (id: string, change: string) =>
      execute(warehouse.file, [`update intermediate.int_interactions_resolved set ${change} where interaction_id = '${id}'`]);
    await warehouse.begin(randomFrom(5));
    await warehouse.loadCall("long ago", Date.parse("2024-07-01T12:00:00Z"));
    await build();

    // A new day: its models, then a fault in an old call that no batch touched, and the tests.
    await warehouse.loadCall("new", Date.parse("2024-11-20T12:00:00Z"));
    await server?.run(warehouse.file, "run");
    await plant("long ago", "outcome = 'lost'");
    await build();
    await expect(server?.run(warehouse.file, "test", "--select", "fct_interaction")).rejects.toThrow("has_known_values");
    // What failed is asked of everything until it passes.
    await expect(build()).rejects.toThrow("has_known_values");
    await plant("long ago", "outcome = 'answered'");
    await build();

    await warehouse.loadCall("newest", Date.parse("2024-11-22T12:00:00Z"));
    await server?.run(warehouse.file, "run");
    await plant("newest", "outcome = 'lost', queue_key = gen_random_uuid(), talk_ms = talk_ms + 1");
    await expect(build()).rejects.toThrow(
      /(?=.*has_known_values_fct_interaction)(?=.*relationships_fct_interaction_queue_key)(?=.*talk_time)/s,
    );
  },
);

const isTest = (name: string) => name.startsWith("test.");
