import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { relayOutbox } from "../../src/app/deliver/relay-outbox.ts";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import { openSmallSimulator, setFaults, smallCentre } from "../simulator/simulate.ts";
import { anEntry, aPlan } from "../support/decision-plans.ts";
import { gami, gamiProgram } from "../support/gami.ts";
import { hostLimits, movingClock, openHostFor, sourcesAt, writtenAt } from "../support/hosts.ts";
import { archiveAll, enqueueFor, initProject, openProjectStore, type PostgresPlace, webhookSecret } from "../support/outbox-project.ts";
import { aFlair, anAward, person, planned } from "../support/outgoing.ts";
import { type PostgresCluster, startPostgres } from "../support/postgres.ts";
import { requireOrSkip } from "../support/require.ts";

/** Kills on each store; each trial is killed a few times before it is let through. */
const kills = process.env.GAMI_CHAOS === "full" ? 200 : 10;
const killsPerTrial = 5;
const root = mkdtempSync(join(tmpdir(), "gami-relay-chaos-"));
const people = Array.from({ length: 50 }, (_, at) => person(`a${String(at + 1).padStart(4, "0")}`));
const relayArguments = ["outbox", "relay", "--apply", "--json"];

/** A project with awards, flair and webhooks to be told, and a platform of its own that was told nothing yet. */
async function begin(name: string, postgres?: PostgresPlace) {
  const simulator = await openSmallSimulator({ parameters: { ...smallCentre, agents: 60 } });
  const folder = join(root, name);
  await initProject(folder, simulator.url, {
    contract: "guide",
    ...(postgres === undefined ? {} : { postgres }),
    hosts: `  genesys:
    kind: genesys
    badges: { aht-gold: b-gold }
    timeoutSeconds: 5
  board:
    kind: webhook
    url: ${simulator.url}/_webhook/board
    secret: ${webhookSecret}
    requestsPerMinute: 100000
    timeoutSeconds: 5
`,
  });
  const state = await openProjectStore(folder);
  await state.decisions.commit(
    aPlan({
      entries: people.map(({ agentId }) => anEntry(agentId)),
      messages: people.flatMap((one) => [planned(anAward(one), "genesys"), planned(anAward(one), "board")]),
    }),
  );
  for (const host of ["genesys", "board"])
    await enqueueFor(
      state,
      host,
      people.map((one) => aFlair(one, 1)),
    );
  await state.close();
  return { simulator, folder };
}

/** Everything on the other side that must not depend on how often the relay was killed, and what the store says of it. */
async function pictureOf(simulator: RunningSimulator, folder: string) {
  const written = await writtenAt(simulator.url, "");
  const events = written
    .filter(({ place }) => place.startsWith("webhook "))
    .map(({ content }) => /"body":"(.*)"\}$/.exec(JSON.stringify(content))?.[1] ?? "");
  const state = await openProjectStore(folder);
  const counts = await state.decisions.outbox.counts();
  const versions = await state.decisions.flairVersions("genesys");
  await state.close();
  return {
    platform: written.filter(({ place }) => !place.startsWith("webhook ")).sort((a, b) => (a.place < b.place ? -1 : 1)),
    // A receiver takes an event once, by its id; its bytes are always the same.
    events: [...new Set(events)].sort(),
    open: counts.filter(({ state: one }) => one !== "delivered" && one !== "duplicate"),
    told: counts.reduce((sum, { messages }) => sum + messages, 0),
    behind: versions.filter(({ version, deliveredVersion }) => deliveredVersion !== version).length,
  };
}

/** What a killed relay had claimed comes back when its claim has run out: an hour later everything is free. */
async function finish(simulator: RunningSimulator, folder: string) {
  const clock = movingClock();
  await clock.sleep(3_600_000);
  const state = await openProjectStore(folder, clock);
  const sources = sourcesAt(simulator.url, "guide");
  const genesys = {
    kind: "genesys",
    ...hostLimits,
    name: "genesys",
    badges: { "aht-gold": "b-gold" },
    metrics: {},
    schemaId: null,
    schemaVersion: null,
  } as const;
  const board = {
    kind: "webhook",
    ...hostLimits,
    name: "board",
    url: `${simulator.url}/_webhook/board`,
    secrets: [webhookSecret],
  } as const;
  const hosts = [await openHostFor(genesys, sources, clock), await openHostFor(board, sources, clock)];
  const archive = () => archiveAll(state);
  const deps = { state, decisions: state.decisions, archive, clock, sleep: clock.sleep, random: () => 0.5, holder: "finish" };
  const relayed = await relayOutbox(deps, hosts, { patienceMs: 600_000, signal: new AbortController().signal });
  await state.close();
  return relayed;
}

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Messages that a killed relay had delivered and the next one sent again. */
let repeated = 0;

killedOn("SQLite", () => undefined);

describe.runIf(requireOrSkip("postgres"))("a store that several hosts share", () => {
  let cluster: PostgresCluster;
  beforeAll(async () => {
    cluster = await startPostgres();
  }, 120_000);
  afterAll(() => cluster.stop());
  killedOn("PostgreSQL", (schema) => ({ url: cluster.url, schema }));
});

test("some were killed between the host's answer and their note of it: without these the kills would show nothing", () => {
  expect(repeated).toBeGreaterThan(0);
});

function killedOn(name: string, placeOf: (schema: string) => PostgresPlace | undefined): void {
  describe(name, () => {
    let cleanMillis = 0;
    let cleanPicture: Awaited<ReturnType<typeof pictureOf>>;
    beforeAll(async () => {
      const { simulator, folder } = await begin(`${name}-clean`, placeOf("clean"));
      const startedAt = performance.now();
      const result = await gami(folder, ...relayArguments);
      cleanMillis = performance.now() - startedAt;
      expect(result, result.stdout + result.stderr).toMatchObject({ code: 0 });
      cleanPicture = await pictureOf(simulator, folder);
      await simulator.close();
    });

    test(`the clean run on ${name} told everything once`, () => {
      expect(cleanPicture).toMatchObject({ open: [], told: people.length * 4, behind: 0 });
      expect(cleanPicture.platform).toHaveLength(people.length * 2);
      expect(cleanPicture.events).toHaveLength(people.length * 2);
    });

    test(
      `[T9] [T12] [S3-R22] a relay on ${name} killed at any instant, on a faulty platform, and run again ends as one clean run (${kills} kills)`,
      async () => {
        const random = xoroshiro128plus(20_260_201);
        for (let trial = 0; trial < Math.ceil(kills / killsPerTrial); trial += 1) {
          const { simulator, folder } = await begin(`${name}-trial-${trial}`, placeOf(`trial_${trial}`));
          await setFaults(simulator.url, [
            { name: "cut", rate: 0.05 },
            { name: "error", rate: 0.03 },
            { name: "throttle-bare", rate: 0.03 },
          ]);
          const delays: number[] = [];
          for (let kill = 0; kill < killsPerTrial; kill += 1) {
            const delay = uniformInt(random, Math.floor(cleanMillis * 0.2), Math.ceil(cleanMillis * 0.9));
            delays.push(delay);
            const child = spawn(process.execPath, [gamiProgram, ...relayArguments], { cwd: folder, stdio: "ignore" });
            const ended = once(child, "exit");
            await sleep(delay);
            child.kill("SIGKILL");
            await ended;
          }
          await setFaults(simulator.url, []);
          const label = `trial ${trial}, killed after ${delays.join(", ")} ms`;
          const relayed = await finish(simulator, folder);
          expect(
            relayed.map(({ trouble }) => trouble),
            label,
          ).toEqual([null, null]);
          repeated += relayed.reduce((sum, { totals }) => sum + totals.duplicate, 0);
          expect(await pictureOf(simulator, folder), label).toEqual(cleanPicture);
          await simulator.close();
          rmSync(folder, { recursive: true, force: true });
        }
      },
      kills * 30_000,
    );
  });
}
