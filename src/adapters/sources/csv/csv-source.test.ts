import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { temporaryFolder, testKey } from "../../../../test/support/csv-files.ts";
import type { SourceItem } from "../../../ports/source.ts";
import { createCsvSource, mappingBeside } from "./csv-source.ts";

const mapping = "source: shop\nstream: interaction\ncolumns: {interaction_id: id, outcome: {column: o, map: {A: answered}}}\n";
const content = "id,o\n1,A\n2,B\n";

function openSource(folder: string) {
  return createCsvSource({ mappingsFolder: () => join(folder, "kept"), pseudonymKey: async () => testKey });
}

async function itemsOf(items: AsyncIterable<readonly SourceItem[]>): Promise<SourceItem[]> {
  const all: SourceItem[] = [];
  for await (const chunk of items) all.push(...chunk);
  return all;
}

test("the mapping of a file stands beside it under its name", () => {
  expect(mappingBeside("/data/calls.csv")).toBe("/data/calls.mapping.yaml");
  expect(mappingBeside("calls.2025.txt")).toBe("calls.2025.mapping.yaml");
});

test("a refused row is taken in by the corrected mapping, which the kept one leads to", async () => {
  using folder = temporaryFolder();
  const file = folder.write("calls.csv", content);
  const mappingFile = folder.write("calls.mapping.yaml", mapping);
  const source = openSource(folder.path);
  const opened = await source.open({ file, mapping: null });
  const [, refused] = await itemsOf(opened.read.items());
  expect(refused).toMatchObject({ kind: "reject", reject: { reason: "not_in_map" } });
  opened.keepMapping();
  const request = { source: "csv:shop", version: opened.read.mapperVersion, mapping: null };
  const archived = { place: "3", payload: refused?.payload ?? "" };
  expect((await source.remapper(request)).map(archived)).toEqual(refused);
  writeFileSync(mappingFile, mapping.replace("A: answered", "A: answered, B: abandoned"));
  const corrected = await source.remapper(request);
  expect(corrected.map(archived)).toMatchObject({ kind: "record", record: { interaction_id: "2", outcome: "abandoned" } });
  expect(corrected.mapperVersion).not.toBe(opened.read.mapperVersion);
  expect(corrected.mapperVersion).toBe((await source.open({ file, mapping: null })).read.mapperVersion);
});

test("without the mapping file the kept copy reads the archive as the import did", async () => {
  using folder = temporaryFolder();
  const file = folder.write("calls.csv", content);
  const mappingFile = folder.write("calls.mapping.yaml", mapping);
  const source = openSource(folder.path);
  const opened = await source.open({ file, mapping: null });
  const items = await itemsOf(opened.read.items());
  opened.keepMapping();
  opened.keepMapping();
  rmSync(mappingFile);
  const remapper = await source.remapper({ source: "csv:shop", version: opened.read.mapperVersion, mapping: null });
  expect(items.map(({ place, payload }) => remapper.map({ place, payload }))).toEqual(items);
  expect(readdirSync(join(folder.path, "kept"))).toEqual([`${opened.read.mapperVersion}.yaml`]);
  expect(readFileSync(join(folder.path, "kept", `${opened.read.mapperVersion}.yaml`), "utf8")).toContain("source: shop");
});

test("a version nobody kept, and a mapping of another source, are refused", async () => {
  using folder = temporaryFolder();
  const file = folder.write("calls.csv", content);
  folder.write("calls.mapping.yaml", mapping);
  const source = openSource(folder.path);
  const opened = await source.open({ file, mapping: null });
  opened.keepMapping();
  const { mapperVersion } = opened.read;
  const other = folder.write("other.yaml", mapping.replace("shop", "other"));
  await expect(source.remapper({ source: "csv:shop", version: "0".repeat(32), mapping: null })).rejects.toMatchObject({
    code: "MAPPING_NOT_KEPT",
  });
  await expect(source.remapper({ source: "csv:shop", version: "../../etc/passwd", mapping: null })).rejects.toMatchObject({
    code: "MAPPING_NOT_KEPT",
  });
  await expect(source.remapper({ source: "csv:shop", version: mapperVersion, mapping: other })).rejects.toMatchObject({
    code: "MAPPING_OF_OTHER_SOURCE",
  });
});

test("the project's key is asked for only where a mapping makes pseudonyms", async () => {
  using folder = temporaryFolder();
  const file = folder.write("calls.csv", content);
  folder.write("calls.mapping.yaml", mapping);
  const personal = folder.write("personal.yaml", `${mapping}pseudonymise: [id]\n`);
  const keyless = createCsvSource({ mappingsFolder: () => folder.path, pseudonymKey: () => Promise.reject(new Error("no key")) });
  await expect(keyless.open({ file, mapping: null })).resolves.toMatchObject({ file });
  await expect(keyless.open({ file, mapping: personal })).rejects.toThrow("no key");
});
