import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startDbtServer } from "../support/dbt-server.ts";
import { createEmptyWarehouse } from "../support/empty-warehouse.ts";
import { dbtEnvironment, requireOrSkip } from "../support/require.ts";

/**
 * The definitions of the base marts, by dbt's own unit tests on inline rows, in one `dbt build` of an empty warehouse.
 * The names say which requirement a unit test shows; the rows stand beside the models in dbt/models.
 */
const ready = requireOrSkip("python");
const folder = mkdtempSync(join(tmpdir(), "gami-definitions-"));
const statuses = new Map<string, string>();

beforeAll(async () => {
  if (!ready) return;
  const file = join(folder, "gami.duckdb");
  await createEmptyWarehouse(file);
  const dbt = startDbtServer(dbtEnvironment() ?? "", join(folder, "target"));
  // What failed is told by the tests below, each under its own name.
  await dbt.run(file, "build").catch(() => undefined);
  await dbt.close();
  const { results }: { results: { unique_id: string; status: string }[] } = JSON.parse(
    readFileSync(join(folder, "target", "run_results.json"), "utf8"),
  );
  for (const { unique_id, status } of results) statuses.set(unique_id.split(".").at(-1) ?? unique_id, status);
}, 300_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const definitions: readonly (readonly [fact: string, unitTest: string])[] = [
  [
    "[G15] [G16] [T31] [T32] [S4-R26] [S4-R53] [S4-R55] a local day over a clock change, across midnight and in a night shift",
    "int_interactions_resolved__local_day_over_dst_and_across_midnight",
  ],
  ["[T43] handle time is the sum of its known parts and unknown without any", "int_interactions_resolved__handled_and_handle_time"],
  [
    "[T46] [T48] [S4-R25] a score is a share of its scale, on the day of the interaction it judges",
    "int_scores_resolved__share_of_scale_and_day_of_the_interaction",
  ],
  ["[T56] an agent is seen as of the event", "int_agent_versions__as_of_the_event"],
  ["[T31] of two overlapping shifts the later one takes over", "int_shifts__the_later_shift_takes_over"],
  ["[T47] [T57] adherence is time kept over time scheduled", "int_adherence_by_agent_day__kept_over_scheduled"],
  ["[T38] a day is final once its source is loaded past the next one", "int_sources_loaded__final_days"],
  [
    "[G18] [T44] [T47] [S4-R27] windows are calendar days and say how many they used",
    "int_agent_days_rolled__rolling_by_date_with_days_used",
  ],
  [
    "[T53] [S4-R57] [S4-R66] too little coverage says nothing, and clipping is counted",
    "int_agent_days_rolled__too_little_coverage_says_nothing",
  ],
  ["[T57] risk is a degree and may be unknown", "fct_agent_month__risk_is_a_degree_and_may_be_unknown"],
  ["[G13] [T40] [T55] [S4-R37] weeks and months follow the calendar", "assert_weeks_and_months_follow_the_calendar"],
];

for (const [fact, unitTest] of definitions) {
  test.runIf(ready)(fact, () => {
    expect(statuses.get(unitTest)).toBe("pass");
  });
}

test.runIf(ready)("an empty warehouse builds without a complaint", () => {
  expect([...statuses].filter(([, status]) => status === "error" || status === "fail")).toEqual([]);
});
