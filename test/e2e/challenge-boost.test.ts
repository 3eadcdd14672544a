import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { relayOutbox } from "../../src/app/deliver/relay-outbox.ts";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import { type Ask, askGenesys } from "../simulator/genesys-client.ts";
import { openSmallSimulator, setClock } from "../simulator/simulate.ts";
import { challengeId, createChallengeMarts } from "../support/challenge-marts.ts";
import { allEntries } from "../support/decision-plans.ts";
import { gami } from "../support/gami.ts";
import { hostLimits, movingClock, openHostFor, sourcesAt } from "../support/hosts.ts";
import { archiveAll, openProjectStore } from "../support/outbox-project.ts";
import { runInWarehouse } from "../support/roi-marts.ts";

/** A boost from its evidence to the platform and back, by the program itself: proposed, approved, told, ended. */
const folder = mkdtempSync(join(tmpdir(), "gami-boost-"));
const nativeId = "c-1-handle";
const path = `/v2/wfm/gamification/challenges/${nativeId}`;
const dayMs = 86_400_000;
const begun = Date.parse("2026-02-09T12:00:00Z");
let simulator: RunningSimulator;
let ask: Ask;
let proposalId: string;

const config = (hosts: string) => `version: 1
organisation: { name: Boost, zone: UTC }
sources:
  genesys:
    contract: guide
    baseUrl: ${simulator.url}
    clientId: sim-client
    clientSecret: sim-secret
${hosts}`;
const hosts = "hosts:\n  genesys: { kind: genesys, tells: [award, flair, adjustment] }\n";

beforeAll(async () => {
  simulator = await openSmallSimulator({ now: begun });
  ask = await askGenesys(simulator.url);
  expect(await gami(folder, "init", "--yes")).toMatchObject({ code: 0 });
  writeFileSync(join(folder, "gami.config.yaml"), config(""));
  await createChallengeMarts(join(folder, "gami.duckdb"), { nativeId, now: Date.now() });
}, 60_000);

afterAll(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
});

async function run(...words: readonly string[]) {
  const { code, stdout, stderr } = await gami(folder, ...words, "--json");
  return { code, stderr, ...JSON.parse(stdout) };
}

async function stored() {
  const state = await openProjectStore(folder);
  const ledger = await allEntries(state.decisions);
  const messages = await state.decisions.outbox.list({ limit: 100 });
  await state.close();
  return { ledger, messages: messages.toReversed() };
}

const onPlatform = async () => (await ask("GET", path)).body;

test("[S4-R44] [S4-R45] [S4-R70] [T67] a proposal is kept with its evidence when asked to, the same each time, and tells nobody", async () => {
  const planned = await run("challenges", "adjust");
  expect(planned).toMatchObject({ code: 0, isApplied: false, totals: { active: 1, proposed: 1, held: 0 } });
  const [{ gates, plan }] = planned.challenges;
  proposalId = planned.challenges[0].proposalId;
  expect(gates.map(({ name, pass }: { name: string; pass: boolean | null }) => [name, pass])).toEqual(
    [
      "status",
      "weeks",
      "engagement",
      "hysteresis",
      "effect",
      "quality_trend",
      "handle_time_stability",
      "cooldown",
      "frequency",
      "multiplier",
    ]
      .concat("shift_plan", "budget")
      .map((name) => [name, true]),
  );
  // 62,000 in 31 days; a fifth more for 7 days.
  expect(plan).toMatchObject({ expectedMultiplierMilli: 1_000, wantedMultiplierMilli: 1_200, boostDays: 7, extraMinor: 2_800 });
  expect(await run("challenges", "approve", proposalId)).toMatchObject({ code: 2, error: { code: "PROPOSAL_UNKNOWN" } });
  const kept = await run("challenges", "adjust", "--apply");
  expect((await run("challenges", "adjust", "--apply")).challenges).toEqual(kept.challenges);
  expect(kept.challenges).toEqual(planned.challenges);
  expect(await run("challenges", "adjust", "--as-of", new Date(Date.now() - dayMs).toISOString().slice(0, 10))).toMatchObject({
    code: 2,
    error: { code: "DAY_NOT_FINAL" },
  });
  expect(await stored()).toEqual({ ledger: [], messages: [] });
}, 60_000);

test("[T68] approving is bound to the plan and to whom it is told, happens once, and writes start and end together", async () => {
  const approve = (...more: readonly string[]) => run("challenges", "approve", proposalId, ...more);
  expect(await approve("--apply")).toMatchObject({ code: 2, error: { code: "NOBODY_TO_TELL" } });
  writeFileSync(join(folder, "gami.config.yaml"), config(hosts));
  expect(await approve()).toMatchObject({ code: 0, isApplied: false, hosts: ["genesys"] });
  // What was seen is what is approved: a multiplier somebody changed since makes it another plan.
  await runInWarehouse(join(folder, "gami.duckdb"), ["update marts.dim_challenge set multiplier = 1.1"]);
  expect(await approve("--apply")).toMatchObject({ code: 5, error: { code: "PROPOSAL_OUTDATED" } });
  await runInWarehouse(join(folder, "gami.duckdb"), ["update marts.dim_challenge set multiplier = 1"]);
  expect(await stored()).toEqual({ ledger: [], messages: [] });

  const both = await Promise.all([approve("--apply", "--by", "ann"), approve("--apply", "--by", "ann")]);
  expect(both.filter(({ isApplied }) => isApplied)).toHaveLength(1);
  const { ledger, messages } = await stored();
  expect(ledger).toMatchObject([{ kind: "adjustment", subjectId: challengeId, action: "grant", amount: 1_200n, unit: "multiplier_milli" }]);
  expect(JSON.parse(ledger[0]?.evidence ?? "{}")).toMatchObject({ nativeId, approvedBy: "ann", plan: { extraMinor: 2_800 } });
  const endsAt = (ledger[0]?.occurredAt ?? 0) + 7 * dayMs;
  expect(messages.map(({ notBefore, payload }) => ({ notBefore, ...JSON.parse(payload) }))).toMatchObject([
    {
      notBefore: null,
      challengeId: nativeId,
      expected: { multiplier: 1, status: "active" },
      wanted: { multiplier: 1.2 },
      endsAt: new Date(endsAt).toISOString(),
    },
    { notBefore: endsAt, challengeId: nativeId, expected: { multiplier: 1.2 }, wanted: { multiplier: 1 }, endsAt: null },
  ]);
  expect(await approve("--apply")).toMatchObject({ code: 0, isKnown: true, isApplied: false });
  expect(await stored()).toEqual({ ledger, messages });
}, 60_000);

test("[S4-R46] [S4-R47] [S4-R50] the relay tells the platform value and length; it ends by itself, and the end that was set is found done", async () => {
  expect(await onPlatform()).toMatchObject({ multiplier: 1, status: "ACTIVE" });
  expect(await run("outbox", "relay", "--apply")).toMatchObject({ code: 0, totals: { delivered: 1 } });
  expect(await onPlatform()).toMatchObject({ multiplier: 1.2, status: "ACTIVE", engagementBoost: { multiplier: 1.2, durationDays: 7 } });
  expect(await run("outbox", "relay", "--apply")).toMatchObject({ status: "nothing_to_do" });
  await runInWarehouse(join(folder, "gami.duckdb"), ["update marts.dim_challenge set multiplier = 1.2"]);
  const [after] = (await run("challenges", "adjust")).challenges;
  expect(after.reasons).toEqual(["engagement", "cooldown", "multiplier"].map((gate) => expect.stringMatching(new RegExp(`^${gate}: `))));

  await setClock(simulator.url, new Date(begun + 8 * dayMs).toISOString());
  expect(await onPlatform()).toMatchObject({ multiplier: 1 });
  const clock = movingClock();
  await clock.sleep(8 * dayMs);
  const state = await openProjectStore(folder, clock);
  const host = await openHostFor(
    { kind: "genesys", ...hostLimits, name: "genesys", badges: {}, metrics: {}, schemaId: null, schemaVersion: null },
    sourcesAt(simulator.url, "guide"),
    clock,
  );
  const deps = {
    state,
    decisions: state.decisions,
    archive: () => archiveAll(state),
    clock,
    sleep: clock.sleep,
    random: () => 0.5,
    holder: "test",
  };
  const [relayed] = await relayOutbox(deps, [host], { patienceMs: 1_000, signal: new AbortController().signal });
  expect(relayed?.totals).toMatchObject({ duplicate: 1, delivered: 0 });
  await host.close();
  await state.close();
  expect(await onPlatform()).toMatchObject({ multiplier: 1 });
}, 60_000);
