import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import { askGenesys } from "../simulator/genesys-client.ts";
import { openSmallSimulator, setFaults, smallCentre } from "../simulator/simulate.ts";
import { anEntitlement, aPlan } from "../support/decision-plans.ts";
import { gami, gamiProgram } from "../support/gami.ts";
import { writtenAt } from "../support/hosts.ts";
import { agentOf, agentRows, builtRows, createMilestoneMarts } from "../support/milestone-marts.ts";
import { initProject, moveToPostgres, openProjectStore, type PostgresPlace } from "../support/outbox-project.ts";
import { type PostgresCluster, startPostgres } from "../support/postgres.ts";
import { requireOrSkip } from "../support/require.ts";

/** Kills on each store; each trial is killed a few times before it is let through. */
const kills = process.env.GAMI_CHAOS === "full" ? 200 : 10;
const killsPerTrial = 5;
const people = 30;
const root = mkdtempSync(join(tmpdir(), "gami-reconcile-chaos-"));
const reconcileArguments = ["flair", "reconcile", "--apply", "--json"];
const nativeOf = (no: number) => `a${String(no).padStart(4, "0")}`;
let simulator: RunningSimulator;

beforeAll(async () => {
  simulator = await openSmallSimulator({ parameters: { ...smallCentre, agents: 60 } });
  const folder = join(root, "project");
  await initProject(folder, simulator.url, { contract: "guide", hosts: "  genesys:\n    kind: genesys\n    timeoutSeconds: 5\n" });
  const agents = Array.from({ length: people }, (_, at) => ({
    no: at + 1,
    zone: "UTC",
    account: { source: "genesys", nativeId: nativeOf(at + 1) },
  }));
  await createMilestoneMarts(join(folder, "gami.duckdb"), [
    ...agentRows(agents),
    ...builtRows(1, { lastDate: "2026-02-02", finalDate: "2026-02-01" }),
  ]);
});
afterAll(async () => {
  await simulator.close();
  rmSync(root, { recursive: true, force: true });
});

/** A copy of the project, half of whose people are entitled to a flair nobody was told of. */
async function begin(name: string, postgres: PostgresPlace | undefined): Promise<string> {
  const folder = join(root, name);
  cpSync(join(root, "project"), folder, { recursive: true });
  if (postgres !== undefined) moveToPostgres(folder, postgres);
  const flair = JSON.stringify({ name: "Gold", tier: "TIER_3", attributes: { avatar_variant: "gold" }, evaluationWindow: null });
  const state = await openProjectStore(folder);
  const entitlements = Array.from({ length: people / 2 }, (_, at) =>
    anEntitlement(agentOf(at + 1), { entitlementId: `e-${at}`, validFrom: 0, flair }),
  );
  await state.decisions.commit(aPlan({ entitlements }));
  await state.close();
  return folder;
}

/** One version and one message for each that is to change, and none for the rest. */
async function planned(folder: string) {
  const state = await openProjectStore(folder);
  const versions = await state.decisions.flairVersions("genesys");
  const messages = await state.decisions.outbox.list({ limit: 1_000 });
  await state.close();
  return {
    versions: versions.map(({ agentId, epoch, version, wanted }) => [agentId, epoch, version, wanted]),
    messages: messages.map(({ subjectId, version }) => `${subjectId} ${version}`).sort(),
  };
}

/** Somebody edits five profiles and gives a flair nobody earned. */
async function disturb(): Promise<void> {
  const ask = await askGenesys(simulator.url);
  for (const no of [1, 2, 3, 4, 5, 20]) await ask("PUT", `/api/v2/users/${nativeOf(no)}`, { customAttributes: { flair_tier: "TIER_9" } });
}

function killedOn(store: string, placeOf: (schema: string) => PostgresPlace | undefined): void {
  test(
    `[S3-R22] [S3-R32] a reconciliation on ${store} killed at any instant, and run again, plans each change once (${kills} kills)`,
    async () => {
      const random = xoroshiro128plus(20_260_202);
      const cleanFolder = await begin(`${store}-clean`, placeOf("clean"));
      const startedAt = performance.now();
      expect(await gami(cleanFolder, ...reconcileArguments)).toMatchObject({ code: 0 });
      const cleanMillis = performance.now() - startedAt;
      const clean = await planned(cleanFolder);
      expect(clean.messages).toHaveLength(people / 2);
      for (let trial = 0; trial < Math.ceil(kills / killsPerTrial); trial += 1) {
        const folder = await begin(`${store}-trial-${trial}`, placeOf(`trial_${trial}`));
        await setFaults(simulator.url, [
          { name: "error", rate: 0.02, method: "GET" },
          { name: "cut", rate: 0.02, method: "GET" },
        ]);
        const delays: number[] = [];
        const killOnce = async () => {
          const delay = uniformInt(random, Math.floor(cleanMillis * 0.2), Math.ceil(cleanMillis));
          delays.push(delay);
          const child = spawn(process.execPath, [gamiProgram, ...reconcileArguments], { cwd: folder, stdio: "ignore" });
          const ended = once(child, "exit");
          await sleep(delay);
          child.kill("SIGKILL");
          await ended;
        };
        for (let kill = 0; kill < killsPerTrial - 2; kill += 1) await killOnce();
        await setFaults(simulator.url, []);
        const label = () => `trial ${trial}, killed after ${delays.join(", ")} ms`;
        expect(await gami(folder, ...reconcileArguments), label()).toMatchObject({ code: 0 });
        expect(await planned(folder), label()).toEqual(clean);
        expect(await gami(folder, "outbox", "relay", "--apply"), label()).toMatchObject({ code: 0 });
        // Now profiles are edited by hand, and the repair is killed, too.
        await disturb();
        for (let kill = 0; kill < 2; kill += 1) await killOnce();
        expect(await gami(folder, ...reconcileArguments), label()).toMatchObject({ code: 0 });
        expect(await gami(folder, "outbox", "relay", "--apply"), label()).toMatchObject({ code: 0 });
        const shown = (await writtenAt(simulator.url, "attributes ")).filter(({ content }) => JSON.stringify(content) !== "{}");
        const tiers = shown.map(
          ({ place, content }) => `${place} ${JSON.stringify(content).includes("TIER_3")} ${JSON.stringify(content).includes("TIER_9")}`,
        );
        const expected = Array.from({ length: people / 2 }, (_, at) => `attributes ${nativeOf(at + 1)} true false`);
        expect(tiers.sort(), label()).toEqual([...expected, `attributes ${nativeOf(20)} false false`].sort());
        const looked = await gami(folder, ...reconcileArguments);
        expect(JSON.parse(looked.stdout), label()).toMatchObject({ messages: 0 });
        // The next trial's platform was told nothing yet.
        await forget();
        rmSync(folder, { recursive: true, force: true });
      }
    },
    kills * 60_000,
  );
}

killedOn("SQLite", () => undefined);

describe.runIf(requireOrSkip("postgres"))("a store that several hosts share", () => {
  let cluster: PostgresCluster;
  beforeAll(async () => {
    cluster = await startPostgres();
  }, 120_000);
  afterAll(() => cluster.stop());
  killedOn("PostgreSQL", (schema) => ({ url: cluster.url, schema }));
});

async function forget(): Promise<void> {
  const ask = await askGenesys(simulator.url);
  for (let no = 1; no <= people; no += 1) await ask("PUT", `/api/v2/users/${nativeOf(no)}`, { customAttributes: {} });
}
