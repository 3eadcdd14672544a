import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openParquetArchive } from "../../src/adapters/archive/parquet/archive.ts";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { verifyWarehouse } from "../../src/app/ingest/verify-warehouse.ts";
import { gami, gamiProgram } from "../support/gami.ts";

/** Kills in all; each trial is killed a few times before it is let through. */
const kills = process.env.GAMI_CHAOS === "full" ? 200 : 9;
const killsPerTrial = 3;
const rows = 4000;
const batchRows = 500;
const root = mkdtempSync(join(tmpdir(), "gami-chaos-"));
const clean = join(root, "clean");
const importArguments = ["import", "csv", "calls.csv", "--batch-rows", String(batchRows), "--max-reject-share", "1", "--json"];
let cleanPicture: Awaited<ReturnType<typeof pictureOf>>;

const mapping = `
source: chaos
stream: interaction
zone: Europe/Berlin
columns:
  interaction_id: id
  agent_native_id: agent
  started_at: at
  talk_ms: { column: talk, unit: seconds }
  handle_ms: { column: talk, unit: seconds }
  outcome: { constant: answered }
`;

/** Calls of which some come twice, some come again changed, and some cannot be read. */
function callsCsv(): string {
  const lines = Array.from({ length: rows }, (_, index) => {
    const id = index % 10 === 9 ? index - 5 : index;
    const talk = index % 97 === 0 ? "oops" : String(index % 10 === 9 && index % 20 === 9 ? (index - 5) % 600 : index % 600);
    return `c${id},agent${id % 7},2024-05-0${1 + (id % 9)}T10:00:00Z,${talk}`;
  });
  return `id,agent,at,talk\n${lines.join("\n")}\n`;
}

/** Everything of a warehouse that must not depend on how often its import was killed. */
async function pictureOf(folder: string) {
  const warehouse = openDuckDbWarehouse({ path: join(folder, "gami.duckdb"), threads: 1 });
  const archive = openParquetArchive({ path: join(folder, "archive") });
  try {
    return {
      content: await warehouse.contentHash({ versions: true }),
      batches: (await warehouse.batches()).map(({ batchId, stream, seq, totals }) => ({ batchId, stream, seq, totals })),
      changeLog: await warehouse.rows("select * from meta.change_log order by all"),
      quarantine: await warehouse.rows("select * from meta.quarantine order by all"),
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

function archivedFiles(folder: string): number {
  const path = join(folder, "archive", "csv_interaction");
  return existsSync(path) ? readdirSync(path).length : 0;
}

function start(folder: string): ChildProcess {
  return spawn(process.execPath, [gamiProgram, ...importArguments], { cwd: folder, stdio: "ignore" });
}

beforeAll(async () => {
  const project = join(root, "project");
  mkdirSync(project);
  writeFileSync(join(project, "calls.csv"), callsCsv());
  writeFileSync(join(project, "calls.mapping.yaml"), mapping);
  expect(await gami(project, "init", "--yes")).toMatchObject({ code: 0 });
  cpSync(project, clean, { recursive: true });
  const result = await gami(clean, ...importArguments);
  expect(result, result.stderr).toMatchObject({ code: 0 });
  cleanPicture = await pictureOf(clean);
});

afterAll(() => rmSync(root, { recursive: true, force: true }));

test("the clean run has loaded every row in batches whose totals add up", () => {
  const received = cleanPicture.batches.map(({ totals }) => totals.received).reduce((sum, count) => sum + count, 0);
  // One of the batches is the source's zone.
  expect(received).toBe(rows + 1);
  expect(cleanPicture.batches.filter(({ stream }) => stream === "interaction")).toHaveLength(rows / batchRows);
  expect(cleanPicture.findings).toEqual([]);
  expect(cleanPicture.quarantine.length).toBeGreaterThan(0);
});

test(
  `[T12] [D3] an import killed at any instant and run again ends as one clean run (${kills} kills)`,
  async () => {
    const random = xoroshiro128plus(20_260_101);
    let halfway = 0;
    for (let trial = 0; trial < Math.ceil(kills / killsPerTrial); trial++) {
      const folder = freshFolder(`trial-${trial}`);
      const moments: string[] = [];
      for (let kill = 0; kill < killsPerTrial; kill++) {
        // Each batch leaves two files: so the kills fall between the first batch and the last, wherever in one that may be.
        const files = archivedFiles(folder) + uniformInt(random, 0, 5);
        const delay = uniformInt(random, 0, 80);
        moments.push(`${delay} ms after file ${files}`);
        const child = start(folder);
        const ended = once(child, "exit");
        while (archivedFiles(folder) < files && child.exitCode === null) await sleep(2);
        await sleep(delay);
        child.kill("SIGKILL");
        await ended;
      }
      const label = `trial ${trial}, killed ${moments.join(", ")}`;
      const last = await gami(folder, ...importArguments);
      expect(last.code, `${label}: ${last.stderr}`).toBe(0);
      expect(await pictureOf(folder), label).toEqual(cleanPicture);
      const { new: added, unchanged } = JSON.parse(last.stdout);
      if (added > 0 && unchanged > 0) halfway += 1;
      rmSync(folder, { recursive: true });
    }
    process.stderr.write(`${halfway} of the trials went on from a half-loaded file\n`);
    expect(halfway).toBeGreaterThan(0);
  },
  kills * 30_000,
);

test("a process stopped before its commit and woken after another took over exits 75 and writes nothing", async () => {
  const folder = freshFolder("zombie");
  const script = join(import.meta.dirname, "../support/contested-import.ts");
  const run = (name: string, goFile: string) => {
    const child = spawn(process.execPath, [script, folder, name, join(folder, goFile)], { stdio: ["ignore", "pipe", "pipe"] });
    let errors = "";
    child.stderr.on("data", (chunk) => {
      errors += String(chunk);
    });
    return { child, ended: once(child, "exit"), errors: () => errors };
  };
  const zombie = run("zombie", "go-zombie");
  await once(zombie.child.stdout, "data");
  zombie.child.kill("SIGSTOP");
  writeFileSync(join(folder, "go-other"), "");
  const other = run("other", "go-other");
  expect(await other.ended).toEqual([0, null]);
  const before = await pictureOf(folder);
  writeFileSync(join(folder, "go-zombie"), "");
  zombie.child.kill("SIGCONT");
  expect(await zombie.ended, zombie.errors()).toEqual([75, null]);
  expect(zombie.errors()).toContain("another run took over");
  expect(await pictureOf(folder)).toEqual(before);
}, 60_000);
