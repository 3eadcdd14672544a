import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { boostRules as rules } from "../../../test/support/boost-rules.ts";
import { challengeId, createChallengeMarts } from "../../../test/support/challenge-marts.ts";
import { anEntry, aPlan } from "../../../test/support/decision-plans.ts";
import { openMemoryDecisions } from "../../../test/support/memory-decisions.ts";
import { runInWarehouse } from "../../../test/support/roi-marts.ts";
import { openDuckDbWarehouse } from "../../adapters/warehouses/duckdb/warehouse.ts";
import type { NewLedgerEntry } from "../../ports/decision-store.ts";
import { adjustChallenges, type Proposed } from "./adjust-challenges.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-adjust-"));
const day = 86_400_000;
const now = Date.parse("2026-03-11T12:00:00Z");
const path = join(folder, "gami.duckdb");

beforeAll(() => createChallengeMarts(path, { nativeId: "c-1", now }), 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A boost of 7 days that the ledger has, reckoned to cost 28.00. */
function boostAt(appliedAt: number): NewLedgerEntry {
  const plan = { expectedMultiplierMilli: 1_000, wantedMultiplierMilli: 1_200, boostDays: 7, extraMinor: 2_800, planHash: "p" };
  return anEntry(challengeId, 1, {
    awardKey: String(appliedAt).padStart(64, "0"),
    kind: "adjustment",
    occurredAt: appliedAt,
    evidence: JSON.stringify({ nativeId: "c-1", endsAt: new Date(appliedAt + 7 * day).toISOString(), plan }),
  });
}

/** What is said of the challenge of `createChallengeMarts`, which would be boosted. */
async function look(boosts: readonly NewLedgerEntry[], asOf: string | null = null) {
  const store = openMemoryDecisions();
  await store.commit(aPlan({ entries: boosts }));
  const warehouse = openDuckDbWarehouse({ path, threads: 1 });
  try {
    const deps = { warehouse, store, clock: { now: () => now }, runId: "run" };
    const { challenges } = await adjustChallenges(deps, { rules, asOf, apply: false });
    return challenges[0];
  } finally {
    await warehouse.close();
  }
}

function gate(challenge: Proposed | undefined, name: string) {
  const { value, pass } = challenge?.gates.find((one) => one.name === name) ?? {};
  return { value, pass };
}

test("a look from an earlier day does not see a boost that was approved later", async () => {
  const past = [boostAt(Date.parse("2026-03-09T12:00:00Z"))];
  expect(await look(past, "2026-03-02")).toEqual(await look([], "2026-03-02"));
  expect(gate(await look(past, "2026-03-09"), "cooldown")).toEqual({ value: "2026-03-09T12:00:00.000Z", pass: false });
});

test("[T69] a week that made the trigger sharp again counts however long ago it was, and so do boosts without one", async () => {
  // Weeks of .52 back to last March, and the one that begins 30 weeks before 9 March at .60.
  await runInWarehouse(path, [
    `insert into marts.fct_agent_day
      select cast(printf('00000000-0000-0000-0000-%012d', no) as uuid), day, true, true, 'final', 'final', 10, 10, 2000, 80, 1, null, 0, 28800, 27000,
        case when day between date '2025-08-11' and date '2025-08-17' then 0.60 else 0.52 end, 5, strftime(day, '%G-W%V')
      from range(1, 41) as numbers(no),
        (select cast(stamp as date) as day from generate_series(timestamp '2025-03-10', timestamp '2026-01-07', interval 1 day) as stamps(stamp))`,
  ]);
  const boosts = (...dates: readonly string[]) => dates.map((date) => boostAt(Date.parse(date)));
  const before = await look(boosts("2025-07-01", "2025-07-15"));
  expect(before).toMatchObject({ verdict: "proposed", isForPeople: false });
  expect(gate(before, "hysteresis")).toEqual({ value: "0 boosts", pass: true });
  const since = await look(boosts("2025-08-18", "2025-09-01"));
  expect(since).toMatchObject({ verdict: "held", isForPeople: true, reasons: [expect.stringMatching(/^hysteresis: .*found 2 boosts/)] });
});

test("a boost that ended and whose cost is not loaded yet counts against the budget until a cost of rewards after it is there", async () => {
  const insert = (kind: string, on: string) =>
    `insert into intermediate.int_costs values ('${challengeId}', '${kind}', date '${on}', true)`;
  // 620.00 of 658.00 are spent, all of it before the boost of 9 to 16 February; the next one is reckoned at 28.00.
  await runInWarehouse(path, [
    "update marts.dim_challenge set budget_minor = 65800",
    "delete from intermediate.int_costs",
    insert("reward", "2026-01-31"),
    // Neither a licence nor what is planned for later says anything of the boost.
    insert("licence", "2026-02-28"),
    insert("reward", "2026-12-31"),
  ]);
  expect(gate(await look([]), "budget")).toEqual({ value: "62000 and 0 of 65800", pass: true });
  expect(gate(await look([boostAt(now - 30 * day)]), "budget")).toEqual({ value: "62000 and 2800 of 65800", pass: false });
  await runInWarehouse(path, [insert("liability_change", "2026-02-28")]);
  expect(gate(await look([boostAt(now - 30 * day)]), "budget")).toEqual({ value: "62000 and 0 of 65800", pass: true });
});
