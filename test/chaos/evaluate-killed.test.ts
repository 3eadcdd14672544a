import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  createEvaluationProject,
  exportedRows,
  isHalfway,
  type StorePlace,
  storePicture,
  writeEvaluationConfig,
} from "../support/evaluation-project.ts";
import { gami, gamiProgram } from "../support/gami.ts";
import { type PostgresCluster, startPostgres } from "../support/postgres.ts";
import { requireOrSkip } from "../support/require.ts";

/** Kills on each store; each trial is killed a few times before it is let through. */
const kills = process.env.GAMI_CHAOS === "full" ? 200 : 4;
const killsPerTrial = 4;
const agents = 40;
const processes = 16;
const root = mkdtempSync(join(tmpdir(), "gami-evaluate-killed-"));
const project = join(root, "project");
/** Four weeks behind the day that was decided last: several commits, and nothing but the store says which days are still due. */
const begun = ["evaluate", "milestones", "--as-of", "2024-01-31", "--apply", "--json"];
const evaluate = ["evaluate", "milestones", "--as-of", "2024-02-29", "--apply", "--json"];
let clean: Awaited<ReturnType<typeof pictureOf>>;
let took = 0;
/** Five nights, some hundred awards: what sixteen processes decide at once. */
const short = ["evaluate", "milestones", "--since", "2024-01-31", "--as-of", "2024-02-04", "--apply", "--json"];

/** What one process makes of them. */
async function shortRun() {
  const folder = join(root, "short");
  const place = sqlite(folder);
  if (!existsSync(folder)) {
    cpSync(project, folder, { recursive: true });
    writeEvaluationConfig(folder, place);
    expect(await gami(folder, ...short)).toMatchObject({ code: 0 });
  }
  return storePicture(place);
}

async function pictureOf(folder: string, store: StorePlace) {
  return { ...(await storePicture(store)), exported: await exportedRows(folder) };
}

/** As it was before the nights that are due. */
async function prepare(name: string, store: (folder: string) => StorePlace): Promise<{ folder: string; place: StorePlace }> {
  const folder = join(root, name);
  cpSync(project, folder, { recursive: true });
  const place = store(folder);
  writeEvaluationConfig(folder, place);
  const first = await gami(folder, ...begun);
  expect(first, first.stderr).toMatchObject({ code: 0 });
  return { folder, place };
}
const sqlite = (folder: string): StorePlace => ({ kind: "sqlite", path: join(folder, "gami.sqlite") });

beforeAll(async () => {
  await createEvaluationProject(project, agents);
  const { folder, place } = await prepare("clean", sqlite);
  const started = Date.now();
  const result = await gami(folder, ...evaluate);
  took = Date.now() - started;
  expect(result, result.stderr).toMatchObject({ code: 0 });
  clean = await pictureOf(folder, place);
  expect(clean.entries).toBeGreaterThan(500);
  expect(clean.messages).toHaveLength(clean.entries);
  expect(clean.exported).toEqual([{ entries: clean.entries, decided: clean.decisions.length }]);
}, 120_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

async function killAndCompare(store: (folder: string, trial: number) => StorePlace, seed: number): Promise<void> {
  const random = xoroshiro128plus(seed);
  let halfway = 0;
  for (let trial = 0; trial < Math.ceil(kills / killsPerTrial); trial++) {
    const { folder, place } = await prepare(`trial-${seed}-${trial}`, (at) => store(at, trial));
    const delays: number[] = [];
    for (let kill = 0; kill < killsPerTrial; kill++) {
      const child = spawn(process.execPath, [gamiProgram, ...evaluate], { cwd: folder, stdio: "ignore" });
      const exited = once(child, "exit");
      delays.push(uniformInt(random, Math.round(took * 0.2), Math.round(took * 1.1)));
      await Promise.race([sleep(delays.at(-1)), exited]);
      child.kill("SIGKILL");
      await exited;
      halfway += (await isHalfway(place)) ? 1 : 0;
    }
    const label = `killed after ${delays.join(", ")} of ${took} ms`;
    const last = await gami(folder, ...evaluate);
    expect(last, `${label}: ${last.stderr}`).toMatchObject({ code: 0 });
    expect(await pictureOf(folder, place), label).toEqual(clean);
    rmSync(folder, { recursive: true, force: true });
  }
  // Kills that all hit before the first commit or behind the last would prove nothing.
  if (kills > killsPerTrial) expect(halfway).toBeGreaterThan(0);
}

const timeout = Math.max(600_000, kills * 60_000);

test(
  `[T12] [S3-R5] [S3-R22] an evaluation killed at any instant and run again grants each award once, as one clean run (${kills} kills)`,
  { timeout },
  () => killAndCompare(sqlite, 20_240_229),
);

test("[T12] a disk that is full in the middle ends the run with 6 and a word about it; with room again it ends as one clean run", {
  timeout,
}, async () => {
  const { folder, place } = await prepare("full", sqlite);
  // A file may not grow beyond 1 MB: the first commit alone is larger.
  const child = spawn("bash", ["-c", 'ulimit -f 1024 && exec "$@"', "bash", process.execPath, gamiProgram, ...evaluate], { cwd: folder });
  let said = "";
  child.stdout.on("data", (text) => (said += text));
  const [code] = await once(child, "exit");
  expect({ code, said }).toMatchObject({ code: 6, said: expect.stringMatching(/"code":"STATE_(IO|DISK_FULL)"/) });
  const last = await gami(folder, ...evaluate);
  expect(last, last.stderr).toMatchObject({ code: 0 });
  expect(await pictureOf(folder, place)).toEqual(clean);
});

/** Each host has a warehouse of its own, so that nothing but the store keeps them apart. */
async function evaluateAtOnce(place: StorePlace): Promise<void> {
  const hosts = Array.from({ length: processes }, (_, no) => join(root, `${place.kind}-${no}`));
  for (const folder of hosts) {
    cpSync(project, folder, { recursive: true });
    writeEvaluationConfig(folder, place);
  }
  const ran = await Promise.all(hosts.map((folder) => gami(folder, ...short)));
  // Whoever found another at it, or its work done by another, tries again, as a scheduler would.
  for (const { code, stderr } of ran) expect([0, 75], stderr).toContain(code);
  const granted = ran.reduce((sum, { code, stdout }) => sum + (code === 0 ? JSON.parse(stdout).entries.grant : 0), 0);
  const [first = ""] = hosts;
  const again = await gami(first, ...short);
  expect({ code: again.code, ...JSON.parse(again.stdout) }, again.stderr).toMatchObject({ code: 0, status: "nothing_to_do" });
  const clean = await shortRun();
  expect(await storePicture(place)).toEqual(clean);
  // Who says it granted something granted all of it; where two shared the work, neither says so.
  expect([0, clean.entries]).toContain(granted);
  for (const folder of hosts) rmSync(folder, { recursive: true, force: true });
}

test("[T12] [S3-R5] 16 processes evaluate at once on SQLite: the awards of one, each granted by one of them", { timeout }, () =>
  evaluateAtOnce({ kind: "sqlite", path: join(root, "crowd.sqlite") }),
);

describe.runIf(requireOrSkip("postgres"))("on PostgreSQL", () => {
  let cluster: PostgresCluster;
  beforeAll(async () => {
    cluster = await startPostgres();
  }, 120_000);
  afterAll(() => cluster.stop());

  test("[T12] the database crashes and comes back in the middle: try again, and it ends as one clean run", { timeout }, async () => {
    const { folder, place } = await prepare("restarted", () => ({ kind: "postgres", url: cluster.url, schema: "restarted" }));
    const running = gami(folder, ...evaluate);
    await sleep(took * 0.6);
    cluster.restart();
    const { code, stderr } = await running;
    // What was asked before it went down may have been all there was to ask.
    expect([0, 6, 75], stderr).toContain(code);
    const last = await gami(folder, ...evaluate);
    expect(last, last.stderr).toMatchObject({ code: 0 });
    expect(await pictureOf(folder, place)).toEqual(clean);
  });

  test(`[T12] [S3-R5] the same there, with the very ledger of the clean run (${kills} kills)`, { timeout }, () =>
    killAndCompare((_, trial) => ({ kind: "postgres", url: cluster.url, schema: `trial_${trial}` }), 20_240_301),
  );

  test("[T12] [S3-R5] 16 processes evaluate at once there: the awards of one, each granted by one of them", { timeout }, () =>
    evaluateAtOnce({ kind: "postgres", url: cluster.url, schema: "crowd" }),
  );
});
