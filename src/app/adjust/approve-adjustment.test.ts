import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { boostRules as rules } from "../../../test/support/boost-rules.ts";
import { createChallengeMarts } from "../../../test/support/challenge-marts.ts";
import { openSqliteStore } from "../../adapters/state/sqlite/store.ts";
import { openDuckDbWarehouse } from "../../adapters/warehouses/duckdb/warehouse.ts";
import { LockHeldError } from "../../errors.ts";
import type { StateStore } from "../../ports/state-store.ts";
import { adjustChallenges } from "./adjust-challenges.ts";
import { approveAdjustment } from "./approve-adjustment.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-approve-"));
const began = Date.parse("2026-03-19T09:00:00Z");
const dayMs = 86_400_000;
let now = began;
/** No two answers alike, as on two hosts. */
const clock = { now: () => now++ };
let warehouse: ReturnType<typeof openDuckDbWarehouse>;
let state: StateStore;
let stores = 0;

beforeAll(async () => {
  const path = join(folder, "gami.duckdb");
  await createChallengeMarts(path, { nativeId: "c-1", now: began });
  warehouse = openDuckDbWarehouse({ path, threads: 1 });
});
beforeEach(async () => {
  now = began;
  stores += 1;
  state = await openSqliteStore({ path: join(folder, `${stores}.sqlite`), clock });
});
afterEach(() => state.close());
afterAll(async () => {
  await warehouse.close();
  rmSync(folder, { recursive: true, force: true });
});

const deps = () => ({ warehouse, store: state.decisions, clock, runId: "run" });
const targets = [{ host: "board", source: null, tells: ["adjustment"], publication: null }] as const;
const approve = (proposalId: string, withRules = rules) =>
  approveAdjustment(deps(), { proposalId, rules: withRules, targets, approvedBy: "ann", apply: true });

async function propose(): Promise<string> {
  const { challenges } = await adjustChallenges(deps(), { rules, asOf: null, apply: true });
  return challenges[0]?.proposalId ?? "";
}

async function written() {
  const entries = [];
  for await (const some of state.decisions.entries({})) entries.push(...some);
  return { entries: entries.length, messages: (await state.decisions.outbox.list({ limit: 10 })).length };
}

test("[T68] two approvals at the very same time: one is written, the other one is told to try again and finds it done", async () => {
  const id = await propose();
  const both = await Promise.allSettled([approve(id), approve(id)]);
  expect(both.map(({ status }) => status).toSorted()).toEqual(["fulfilled", "rejected"]);
  expect(both.find((one) => one.status === "rejected")?.reason).toBeInstanceOf(LockHeldError);
  expect(await written()).toEqual({ entries: 1, messages: 2 });
  expect(await approve(id)).toMatchObject({ isKnown: true, isApplied: false });
  expect(await written()).toEqual({ entries: 1, messages: 2 });
});

test("[T68] a proposal does not outlive its evidence or its rules, nor a clock that is moved back: nothing is written, and the reason is said", async () => {
  const id = await propose();
  await expect(approve(id, { ...rules, multiplierMilli: 1_300 })).rejects.toMatchObject({ code: "PROPOSAL_OUTDATED" });
  now = began + 14 * dayMs;
  await expect(approve(id)).rejects.toThrow(/no longer holds: .*weeks: two whole weeks one after the other, ended at most 14 days ago/);
  now = began - 30 * dayMs;
  await expect(approve(id)).rejects.toThrow(/no longer holds: .*weeks: /);
  await expect(approve("0123456789ab")).rejects.toMatchObject({ code: "PROPOSAL_UNKNOWN" });
  expect(await written()).toEqual({ entries: 0, messages: 0 });
});

test("a look from an earlier day, which keeps nothing, sees what it would have seen at the end of that day", async () => {
  const { asOf } = await adjustChallenges(deps(), { rules, asOf: null, apply: false });
  const look = async () => (await adjustChallenges(deps(), { rules, asOf, apply: false })).challenges;
  const then = await look();
  now = began + 200 * dayMs;
  expect(await look()).toEqual(then);
  expect(then).toHaveLength(1);
  const [today] = (await adjustChallenges(deps(), { rules, asOf, apply: true })).challenges;
  expect(today?.reasons.join()).toMatch(/status: /);
});
