import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { UsageError, WarehouseError } from "../../errors.ts";
import { openOutputFolder } from "./output-folder.ts";

let base = "";
beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), "gami-output-"));
});
afterEach(() => rm(base, { recursive: true, force: true }));

const names = ["a.csv", "deep/b.csv", "truth.json"];
const openIn = (path: string) => openOutputFolder({ path, names, marker: ".gami-test" });

test("files are written with their size and hash, folders are made on the way", async () => {
  const folder = await openIn(join(base, "new", "out"));
  const sink = await folder.open("deep/b.csv");
  sink.add("x,y\n");
  await sink.drain();
  sink.add("1,ü\n");
  expect(await sink.close()).toEqual({ name: "deep/b.csv", bytes: 9, sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(await readFile(join(folder.path, "deep/b.csv"), "utf8")).toBe("x,y\n1,ü\n");
});

test("much text reaches the disk in pieces, in order", async () => {
  const folder = await openIn(join(base, "out"));
  const sink = await folder.open("a.csv");
  for (let line = 0; line < 60_000; line += 1) {
    sink.add(`line ${line}\n`);
    await sink.drain();
  }
  const { bytes } = await sink.close();
  const text = await readFile(join(folder.path, "a.csv"), "utf8");
  expect(text.length).toBe(bytes);
  expect(text.startsWith("line 0\nline 1\n") && text.endsWith("line 59999\n")).toBe(true);
});

test("an own folder is emptied and filled again", async () => {
  const first = await openIn(join(base, "out"));
  await first.seal("truth.json", "{}");
  await openIn(join(base, "out"));
  expect(await readdir(join(base, "out"))).toEqual([".gami-test", "deep"]);
});

test("a folder with anything of somebody else's is refused and left alone", async () => {
  await writeFile(join(base, "thesis.txt"), "ten years of work");
  await expect(openIn(base)).rejects.toThrow(UsageError);
  await expect(openIn(base)).rejects.toThrow("thesis.txt");
  expect(await readdir(base)).toEqual(["thesis.txt"]);
  const own = await openIn(join(base, "out"));
  await own.close();
  await mkdir(join(base, "out", "notes"));
  await writeFile(join(base, "out", "notes", "a.csv"), "mine");
  await expect(openIn(join(base, "out"))).rejects.toThrow("notes/a.csv");
});

test("a folder that only looks like an own one, without the marker, is refused", async () => {
  await writeFile(join(base, "a.csv"), "somebody else's a.csv");
  await expect(openIn(base)).rejects.toThrow(UsageError);
});

test("a place that cannot hold a folder is a disk fault with a hint", async () => {
  await writeFile(join(base, "file"), "");
  const error = await openIn(join(base, "file", "out")).catch((thrown: unknown) => thrown);
  expect(error).toBeInstanceOf(WarehouseError);
  expect(error).toMatchObject({ hint: expect.stringContaining("--out") });
});
