import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseMapping } from "../../src/adapters/sources/csv/mapping.ts";
import { openCsvFile } from "../../src/adapters/sources/csv/open-file.ts";
import type { CanonicalRecord } from "../../src/domain/records/record.ts";
import type { SourceItem } from "../../src/ports/source.ts";

/** A folder for files of one test, gone after `using`. */
export function temporaryFolder(): {
  readonly path: string;
  write(name: string, content: string | Uint8Array): string;
  [Symbol.dispose](): void;
} {
  const path = mkdtempSync(join(tmpdir(), "gami-csv-"));
  return {
    path,
    write(name, content) {
      const file = join(path, name);
      writeFileSync(file, content);
      return file;
    },
    [Symbol.dispose]: () => rmSync(path, { recursive: true, force: true }),
  };
}

/** A key for tests only. */
export const testKey = Buffer.alloc(32, 7);

/** Everything a file yields under a mapping. */
export async function readFileItems(file: string, mappingText: string): Promise<SourceItem[]> {
  const mapping = parseMapping(mappingText, "test.mapping.yaml");
  const { read } = await openCsvFile({ file, mapping, mappingFile: "test.mapping.yaml", pseudonymKey: testKey });
  const items: SourceItem[] = [];
  for await (const chunk of read.items()) items.push(...chunk);
  return items;
}

/** The same for the content of a file. */
export async function readItems(content: string | Uint8Array, mappingText: string): Promise<SourceItem[]> {
  using folder = temporaryFolder();
  return await readFileItems(folder.write("data.csv", content), mappingText);
}

export function recordsOf(items: readonly SourceItem[]): CanonicalRecord[] {
  return items.flatMap((item) => (item.kind === "record" ? [item.record] : []));
}

/** `line: reason` of each refused row. */
export function refusalsOf(items: readonly SourceItem[]): string[] {
  return items.flatMap((item) => (item.kind === "reject" ? [`${item.place}: ${item.reject.reason}`] : []));
}
