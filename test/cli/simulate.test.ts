import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { simulatedFileNames, simulatedStreams } from "../../src/app/simulate/write-files.ts";
import { streamDefinition } from "../../src/domain/records/streams.ts";
import { gami } from "../support/gami.ts";

let base = "";
beforeAll(async () => {
  base = await mkdtemp(join(tmpdir(), "gami-simulate-"));
});
afterAll(() => rm(base, { recursive: true, force: true }));

const small = ["simulate", "files", "--seed", "cli", "--agents", "24", "--days", "70"] as const;

interface Counts {
  readonly rows: number;
  readonly keys: number;
  readonly changed: number;
  readonly repeated: number;
}

test("every simulated file is imported by the mapping beside it, and the totals are those of the truth", async () => {
  const made = await gami(base, ...small, "--out", "sim", "--json");
  expect(made.code, made.stderr).toBe(0);
  const truth: { streams: Record<string, Counts> } = JSON.parse(made.stdout);
  expect((await gami(base, "init", "--yes")).code).toBe(0);
  const files = simulatedFileNames.filter((name) => name.endsWith(".csv") && !name.startsWith("truth")).map((name) => join("sim", name));
  const imported = await gami(base, "import", "csv", ...files, "--json");
  expect(imported.code, imported.stderr).toBe(0);
  const report: Record<string, unknown> & { files: { stream: string; received: number }[] } = JSON.parse(imported.stdout);
  const sum = (field: keyof Counts): number => Object.values(truth.streams).reduce((total, counts) => total + counts[field], 0);
  expect(report).toMatchObject({
    received: sum("rows"),
    new: sum("keys"),
    changed: sum("changed"),
    duplicate: sum("repeated"),
    unchanged: 0,
    quarantined: 0,
    filtered: 0,
  });
  expect(sum("keys")).toBeGreaterThan(10_000);
  const again = await gami(base, "import", "csv", ...files, "--json");
  expect(JSON.parse(again.stdout)).toMatchObject({ new: 0, changed: 0 });
}, 120_000);

test("the folder holds one file and one mapping per stream, headed by the canonical columns", async () => {
  const names = await readdir(join(base, "sim"), { recursive: true });
  expect(names.toSorted()).toEqual([".gami-simulation", "truth", ...simulatedFileNames].toSorted());
  for (const stream of simulatedStreams) {
    const file = names.find((name) => name === `${stream}s.csv` || name === `${stream}.csv` || name === `${stream}es.csv`) ?? "";
    const [header] = (await readFile(join(base, "sim", file), "utf8")).split("\n");
    expect(header).toBe(
      streamDefinition(stream)
        .columns.map(({ name }) => name)
        .join(","),
    );
  }
});

test("an own folder may be written again and comes out the same; a foreign one is refused with exit code 2", async () => {
  const before = await readFile(join(base, "sim", "truth.json"), "utf8");
  expect((await gami(base, ...small, "--out", "sim")).code).toBe(0);
  expect(await readFile(join(base, "sim", "truth.json"), "utf8")).toBe(before);
  await writeFile(join(base, "mine.txt"), "mine");
  const refused = await gami(base, ...small, "--out", ".");
  expect(refused.code).toBe(2);
  expect(refused.stderr).toContain("choose another folder with --out");
});

test("impossible sizes and dates are refused at once, with exit code 2 and the reason", async () => {
  const tooMany = await gami(base, "simulate", "files", "--out", "x", "--agents", "20", "--days", "7", "--events-target", "10000000");
  expect(tooMany.code).toBe(2);
  expect(tooMany.stderr).toContain("contacts per agent and day: expected 1 to 80");
  const noDate = await gami(base, "simulate", "files", "--out", "x", "--start", "2026-02-30");
  expect([noDate.code, noDate.stderr]).toEqual([2, expect.stringContaining("2026-02-30: expected a date")]);
  const tooFew = await gami(base, "simulate", "files", "--out", "x", "--agents", "3");
  expect(tooFew.code).toBe(2);
  expect(await readdir(base)).not.toContain("x");
});
