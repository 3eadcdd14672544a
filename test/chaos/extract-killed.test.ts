import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openParquetArchive } from "../../src/adapters/archive/parquet/archive.ts";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { parsePosition } from "../../src/app/ingest/platform-read.ts";
import { verifyWarehouse } from "../../src/app/ingest/verify-warehouse.ts";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import { dayMs, firstDay, setFaults, startCentre, truthOf } from "../support/extraction.ts";
import { gami, gamiProgram } from "../support/gami.ts";

/** Kills in all; each trial is killed a few times before it is let through. */
const kills = process.env.GAMI_CHAOS === "full" ? 200 : 20;
const killsPerTrial = 5;
const until = firstDay + 2 * dayMs;
const extractArguments = ["extract", "--stream", "conversations,users", "--since", "2026-01-05", "--until", "2026-01-07", "--json"];
const root = mkdtempSync(join(tmpdir(), "gami-extract-chaos-"));
let centre: RunningSimulator;
let cleanMillis = 0;
let cleanPicture: Awaited<ReturnType<typeof pictureOf>>;

/** Everything of a warehouse that must not depend on how often its extraction was killed. */
async function pictureOf(folder: string) {
  const warehouse = openDuckDbWarehouse({ path: join(folder, "gami.duckdb"), threads: 1 });
  const archive = openParquetArchive({ path: join(folder, "archive") });
  try {
    const batches = await warehouse.batches();
    const brought = batches.filter(({ source }) => source === "genesys").map(({ totals }) => totals.new + totals.changed);
    const [rows] = await warehouse.rows(
      `select (select count(*) from raw.genesys_interaction) + (select count(*) from raw.genesys_evaluation)
            + (select count(*) from raw.genesys_survey) + (select count(*) from raw.genesys_agent) as versions`,
    );
    const cursors = (await warehouse.cursors()).filter(({ family, stream }) => family === "genesys" && stream === "interaction");
    return {
      content: await warehouse.contentHash(),
      // What the control totals say came in is what lies there.
      missing: Number(rows?.versions) - brought.reduce((sum, count) => sum + count, 0),
      covered: parsePosition(cursors[0]?.position ?? null).covered,
      findings: (await verifyWarehouse({ warehouse, archive })).findings,
    };
  } finally {
    await warehouse.close();
    await archive.close();
  }
}

function freshFolder(name: string): string {
  const folder = join(root, name);
  cpSync(join(root, "project"), folder, { recursive: true });
  return folder;
}

function start(folder: string): ChildProcess {
  return spawn(process.execPath, [gamiProgram, ...extractArguments], { cwd: folder, stdio: "ignore" });
}

beforeAll(async () => {
  centre = await startCentre();
  const project = join(root, "project");
  mkdirSync(project);
  expect(await gami(project, "init", "--yes")).toMatchObject({ code: 0 });
  appendFileSync(
    join(project, "gami.config.yaml"),
    `\nsources:\n  genesys:\n    baseUrl: ${centre.url}\n    clientId: sim-client\n    clientSecret: sim-secret\n    requestsPerMinute: 60000\n    jobPollMs: 10\n`,
  );
  const clean = freshFolder("clean");
  const startedAt = performance.now();
  const result = await gami(clean, ...extractArguments);
  cleanMillis = performance.now() - startedAt;
  expect(result, result.stdout + result.stderr).toMatchObject({ code: 0 });
  cleanPicture = await pictureOf(clean);
});

afterAll(async () => {
  await centre.close();
  rmSync(root, { recursive: true, force: true });
});

test("the clean run holds the truth and its totals add up", async () => {
  expect(cleanPicture).toMatchObject({ missing: 0, findings: [], covered: [{ from: firstDay, to: until }] });
  const truth = await truthOf(centre.url, "agent");
  expect(truth.rows.length).toBeGreaterThan(10);
});

test(
  `[T12] [T35] an extraction killed at any instant, on a faulty platform, and run again ends as one clean run (${kills} kills)`,
  async () => {
    const random = xoroshiro128plus(20_260_105);
    await setFaults(centre.url, { duplicate: 0.3, overlap: 0.3, reorder: 0.3, error: 0.02, cut: 0.02, unauthorized: 0.02 });
    for (let trial = 0; trial < Math.ceil(kills / killsPerTrial); trial += 1) {
      const folder = freshFolder(`trial-${trial}`);
      const delays: number[] = [];
      for (let kill = 0; kill < killsPerTrial; kill += 1) {
        const delay = uniformInt(random, Math.floor(cleanMillis * 0.2), Math.ceil(cleanMillis));
        delays.push(delay);
        const child = start(folder);
        const ended = once(child, "exit");
        await sleep(delay);
        child.kill("SIGKILL");
        await ended;
      }
      const label = `trial ${trial}, killed after ${delays.join(", ")} ms`;
      const last = await gami(folder, ...extractArguments);
      expect(last, `${label}: ${last.stdout} ${last.stderr}`).toMatchObject({ code: 0 });
      expect(await pictureOf(folder), label).toEqual(cleanPicture);
    }
    await setFaults(centre.url, []);
  },
  kills * 30_000,
);

test("two extractions at once: one works, the other exits 75 and names it", async () => {
  const folder = freshFolder("two");
  await setFaults(centre.url, [{ name: "slow", rate: 1, path: "/details/jobs" }]);
  const [one, other] = await Promise.all([
    gami(folder, ...extractArguments),
    sleep(cleanMillis * 0.1).then(() => gami(folder, ...extractArguments)),
  ]);
  await setFaults(centre.url, []);
  const codes = [one, other].map(({ code }) => code).sort();
  expect(codes, one.stdout + other.stdout).toEqual([0, 75]);
  const loser = one.code === 75 ? one : other;
  expect(JSON.parse(loser.stdout)).toMatchObject({ error: { code: "EXTRACT_RUNNING" } });
  expect(loser.stdout).toMatch(/run \d{8}-\d{6}-\w+ on .+ \(process \d+\) is reading genesys (users|conversations)/);
  expect(await pictureOf(folder)).toEqual(cleanPicture);
}, 120_000);
