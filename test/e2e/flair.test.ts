import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openSqliteStore } from "../../src/adapters/state/sqlite/store.ts";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { type HostReconciled, reconcileFlair } from "../../src/app/deliver/reconcile-flair.ts";
import { relayOutbox } from "../../src/app/deliver/relay-outbox.ts";
import { businessKey } from "../../src/domain/business-key.ts";
import type { FlairEntitlement } from "../../src/domain/deliver/flair.ts";
import type { RecognitionHost } from "../../src/ports/recognition-host.ts";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import type { StateStore } from "../../src/ports/state-store.ts";
import { type Ask, askGenesys } from "../simulator/genesys-client.ts";
import { openSmallSimulator, setFaults, smallCentre } from "../simulator/simulate.ts";
import { anEntitlement, aPlan } from "../support/decision-plans.ts";
import { hostLimits, openHostFor, sourcesAt, writtenAt } from "../support/hosts.ts";
import { agentOf, agentRows, builtRows, createMilestoneMarts } from "../support/milestone-marts.ts";
import { archiveAll } from "../support/outbox-project.ts";
import { silentOutput } from "../support/silent-output.ts";

/** Entitlements -> reconcile -> relay -> platform over HTTP, and back: what is shown is what is wanted. */
const folder = mkdtempSync(join(tmpdir(), "gami-flair-"));
const marts = join(folder, "gami.duckdb");
const people = 12;
const nativeOf = (no: number) => `a${String(no).padStart(4, "0")}`;
let stores = 0;
let now = 0;
const clock = { now: () => now };

beforeAll(async () => {
  const agents = Array.from({ length: people }, (_, at) => ({
    no: at + 1,
    zone: "Europe/Berlin",
    account: { source: "genesys", nativeId: at + 1 === people ? "nobody" : nativeOf(at + 1) },
  }));
  await createMilestoneMarts(marts, [...agentRows(agents), ...builtRows(1, { lastDate: "2026-02-02", finalDate: "2026-02-01" })]);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const dayMs = 86_400_000;
const gold = (no: number, more: Partial<FlairEntitlement> = {}) =>
  anEntitlement(agentOf(no), {
    entitlementId: businessKey("award", "gami", "gold", agentOf(no), "2026-Q1"),
    tierRank: 3,
    validFrom: 0,
    validTo: null,
    flair: JSON.stringify({
      name: "Gold handle time",
      tier: "TIER_3",
      attributes: { avatar_variant: "avatar_gold_shield", badge: "badge_aht_gold", flair_tier: "TIER_3" },
      evaluationWindow: "2026-01-02/2026-02-01",
    }),
    ...more,
  });
const campaign = (no: number) =>
  anEntitlement(agentOf(no), {
    entitlementId: businessKey("award", "gami", "campaign", agentOf(no), "lifetime"),
    priorityClass: 0,
    tierRank: 1,
    validFrom: 0,
    flair: JSON.stringify({ name: "Spring campaign", tier: "TIER_1", attributes: {}, evaluationWindow: null }),
  });

describe.each(["guide", "platform"] as const)("Genesys, %s contract", (contract) => {
  let simulator: RunningSimulator;
  let ask: Ask;
  let state: StateStore;
  let host: RecognitionHost;
  beforeEach(async () => {
    stores += 1;
    now = Date.parse("2026-02-02T08:00:00Z");
    simulator = await openSmallSimulator({ parameters: { ...smallCentre, agents: 30 } });
    ask = await askGenesys(simulator.url);
    state = await openSqliteStore({ path: join(folder, `${stores}.sqlite`), clock });
    const settings = { kind: "genesys", ...hostLimits, badges: {}, metrics: {}, schemaId: "schema-flair", schemaVersion: null } as const;
    host = await openHostFor(settings, sourcesAt(simulator.url, contract));
  });
  afterEach(async () => {
    await host.close();
    await state.close();
    await simulator.close();
  });

  const entitle = (...entitlements: readonly FlairEntitlement[]) => state.decisions.commit(aPlan({ entitlements }));

  async function reconcile(isApplied = true): Promise<HostReconciled> {
    const warehouse = openDuckDbWarehouse({ path: marts, threads: 1 });
    try {
      const places = [{ target: { host: host.name, source: "genesys", publication: null }, view: host.flair }];
      const signal = new AbortController().signal;
      const deps = { warehouse, store: state.decisions, clock, output: silentOutput, runId: "run" };
      const [report] = await reconcileFlair(deps, { places, noticeMs: 7 * dayMs, isApplied, signal });
      if (report === undefined) throw new Error("one host, one report");
      const { agents, changed, equal, waiting, unknown, notRead, diverged } = report;
      expect(changed + equal + waiting + unknown + notRead + diverged).toBe(agents);
      return report;
    } finally {
      await warehouse.close();
    }
  }

  async function relay() {
    const sleep = async (milliseconds: number) => {
      now += milliseconds;
    };
    const archive = () => archiveAll(state);
    const deps = { state, decisions: state.decisions, archive, clock, sleep, random: () => 0.5, holder: "test" };
    const [relayed] = await relayOutbox(deps, [host], { patienceMs: 60_000, signal: new AbortController().signal });
    return relayed?.totals;
  }

  async function shownOn(no: number): Promise<Readonly<Record<string, unknown>>> {
    const place = contract === "guide" ? `attributes ${nativeOf(no)}` : `custom ${nativeOf(no)} schema-flair`;
    const found = (await writtenAt(simulator.url, place)).find((one) => one.place === place)?.content ?? {};
    return typeof found === "object" && found !== null ? Object.fromEntries(Object.entries(found).filter(([, value]) => value !== "")) : {};
  }
  const field = (name: string) => (contract === "guide" ? `flair_${name}` : `gami_flair_${name}`);

  /** Somebody changes the profile by hand. */
  async function edit(no: number, attributes: Readonly<Record<string, string>>): Promise<void> {
    if (contract === "guide") await ask("PUT", `/api/v2/users/${nativeOf(no)}`, { customAttributes: attributes });
    else await ask("PUT", `/api/v2/users/${nativeOf(no)}/customattributes`, { schemaId: "schema-flair", schemaVersion: 1, attributes });
  }

  test("[S3-R26] [S3-R27] [S3-R32] [S3-R33] what awards entitle to is shown; told and read again there is nothing to do", async () => {
    await entitle(gold(1), gold(2), campaign(2), campaign(3));
    expect(await reconcile(false)).toMatchObject({ agents: people, changed: 3, shows: 3, hides: 0 });
    expect(await state.decisions.outbox.counts()).toEqual([]);
    await reconcile();
    expect(await relay()).toMatchObject({ attempts: 3, delivered: 3 });
    expect(await shownOn(1)).toMatchObject({ [field("tier")]: "TIER_3", [field("version")]: "1.1", [field("name")]: "Gold handle time" });
    expect(await shownOn(2)).toMatchObject({ [field("name")]: "Gold handle time" });
    expect(await shownOn(3)).toMatchObject({ [field("name")]: "Spring campaign" });
    const again = await reconcile();
    expect(again).toMatchObject({ changed: 0, equal: people - 1, unknown: 1, diverged: 0, hides: 0, shows: 0, statuses: { COMMITTED: 3 } });
    expect(await relay()).toMatchObject({ attempts: 0 });
  });

  test("[T92] [T97] a revoked award shows what is left, a period that ended hides, and its end is announced", async () => {
    const endOfQuarter = Date.parse("2026-03-31T22:00:00Z");
    await entitle(gold(1), campaign(1), gold(2, { validTo: endOfQuarter }));
    await reconcile();
    await relay();
    await entitle(gold(1, { revokedAt: now }));
    now = endOfQuarter - 3 * dayMs;
    expect(await reconcile()).toMatchObject({ changed: 2, shows: 2, hides: 0 });
    await relay();
    expect(await shownOn(1)).toMatchObject({ [field("name")]: "Spring campaign" });
    expect(await shownOn(2)).toMatchObject({ [field("name")]: "Gold handle time", [field("ends_at")]: "2026-03-31T22:00:00.000Z" });
    now = endOfQuarter;
    expect(await reconcile()).toMatchObject({ changed: 1, shows: 0, hides: 1 });
    await relay();
    expect(await shownOn(2)).toEqual(
      contract === "guide" ? expect.not.objectContaining({ flair_name: expect.anything() }) : { gami_flair_version: "1.3" },
    );
    expect(await reconcile()).toMatchObject({ changed: 0, diverged: 0 });
  });

  test("[S3-R32] [T88] [T93] every divergence is named by its cause and mended, and nothing of others is touched", async () => {
    await entitle(gold(1), gold(2), gold(3), gold(4));
    await reconcile();
    await relay();
    const before = await shownOn(2);
    await edit(1, { favourite_colour: "red" });
    await edit(2, { ...texts(before), [field("tier")]: "TIER_9", favourite_colour: "red" });
    await edit(3, { [field("tier")]: "TIER_1", [field("version")]: "1.0" });
    await edit(5, { [field("tier")]: "TIER_3", [field("name")]: "Gold handle time" });
    await edit(4, { [field("tier")]: "TIER_1", [field("version")]: "1.77" });
    const report = await reconcile();
    expect(report).toMatchObject({ diverged: 5, causes: { missing: 1, edited: 1, older: 1, newer: 1, leftover: 1 }, shows: 3, hides: 1 });
    // A version this store never gave stands there: overwriting it would start a quarrel.
    expect(report.divergences.find(({ cause }) => cause === "newer")).toMatchObject({ nativeId: nativeOf(4), isSent: false });
    expect(await relay()).toMatchObject({ delivered: 4 });
    for (const no of [1, 2, 3])
      expect(await shownOn(no), nativeOf(no)).toMatchObject({ [field("tier")]: "TIER_3", [field("version")]: "1.2" });
    expect(await shownOn(1)).toMatchObject({ favourite_colour: "red" });
    expect(await shownOn(5)).not.toHaveProperty(field("tier"));
    expect(await reconcile()).toMatchObject({ diverged: 1, causes: { newer: 1 }, shows: 0, hides: 0 });
  });

  test("what is on its way is waited for, what is stuck is told and left to a replay", async () => {
    await entitle(gold(1), gold(people));
    await reconcile();
    expect(await reconcile()).toMatchObject({ waiting: 1, unknown: 1, shows: 0, statuses: { PENDING: 2 } });
    expect(await relay()).toMatchObject({ delivered: 1, held: 1 });
    expect(await reconcile()).toMatchObject({ equal: people - 1, unknown: 1, shows: 0, statuses: { COMMITTED: 1, OUT_OF_SYNC: 1 } });
  });

  test("a host that cannot be read stops the run before anything is written", async () => {
    await entitle(gold(1));
    await reconcile();
    await relay();
    await edit(1, {});
    await setFaults(simulator.url, [{ name: "error-body", rate: 1, method: "GET", path: "/customattributes" }]);
    await expect(reconcile()).rejects.toThrow("could not be read");
    expect((await state.decisions.outbox.counts()).map(({ state: one }) => one)).toEqual(["delivered"]);
  });
});

function texts(attributes: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(Object.entries(attributes).flatMap(([name, value]) => (typeof value === "string" ? [[name, value]] : [])));
}
