import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import { pipeline } from "node:stream";
import { createGunzip, gzipSync } from "node:zlib";
import { GamiError, WarehouseError } from "../../errors.ts";
import type { KeptRow, RowFile, RowFileHeader } from "../../ports/state-keeper.ts";

/**
 * Rows of the operational store in one file: gzip, one JSON object a line, the header first, then the rows, and at the end how
 * many they were and the hash of all lines before. Written under another name, synced and renamed: whole, or not there.
 */
export async function writeRowFile(path: string, header: RowFileHeader, rows: AsyncIterable<readonly KeptRow[]>): Promise<number> {
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${process.pid}.tmp`;
  const file = await open(temporary, "w", 0o600);
  const whole = createHash("sha256");
  let count = 0;
  // Members of gzip one after another are one gzip file.
  const put = (lines: readonly unknown[]) => {
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join("");
    whole.update(text);
    return file.write(gzipSync(text));
  };
  try {
    await put([header]);
    for await (const chunk of rows) {
      if (chunk.length === 0) continue;
      count += chunk.length;
      await put(chunk);
    }
    await file.write(gzipSync(`${JSON.stringify({ rows: count, sha256: whole.copy().digest("hex") })}\n`));
    await file.sync();
    await file.close();
    await rename(temporary, path);
    await syncFolder(dirname(path));
    return count;
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(temporary, { force: true });
    throw error;
  }
}

async function syncFolder(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** @throws WarehouseError when it is no such file, or one of a later gami. */
export async function openRowFile(path: string): Promise<RowFile> {
  for await (const line of linesOf(path)) {
    const header: RowFileHeader = parseLine(path, line);
    if ((header.kind !== "backup" && header.kind !== "segment") || typeof header.storeId !== "string")
      throw damaged(path, "it has no header");
    if (header.version !== 1) {
      throw new WarehouseError(`${path} was written by a later gami`, {
        code: "ROW_FILE_NEWER",
        hint: "use the gami version that wrote it, or a newer one",
      });
    }
    return { path, header, rows: () => rowsOf(path) };
  }
  throw damaged(path, "it is empty");
}

const chunkRows = 2_000;

async function* rowsOf(path: string): AsyncIterable<readonly KeptRow[]> {
  const whole = createHash("sha256");
  let count = -1;
  let chunk: KeptRow[] = [];
  let isComplete = false;
  for await (const line of linesOf(path)) {
    if (isComplete) throw damaged(path, "something follows its end");
    const parsed: KeptRow & { readonly rows?: number; readonly sha256?: string } = parseLine(path, line);
    if (parsed.sha256 !== undefined && parsed.table === undefined && count >= 0) {
      if (parsed.rows !== count || parsed.sha256 !== whole.digest("hex")) throw damaged(path, "its content was changed");
      isComplete = true;
      continue;
    }
    whole.update(`${line}\n`);
    count += 1;
    if (count === 0) continue;
    chunk.push(parsed);
    if (chunk.length < chunkRows) continue;
    yield chunk;
    chunk = [];
  }
  if (!isComplete) throw damaged(path, "its end is missing");
  if (chunk.length > 0) yield chunk;
}

async function* linesOf(path: string): AsyncIterable<string> {
  const text = createGunzip();
  // Both ends are closed whatever happens; what went wrong comes out where the text is read.
  pipeline(createReadStream(path), text, () => undefined);
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let rest = "";
  try {
    for await (const chunk of text) {
      const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
  } catch (error) {
    if (error instanceof GamiError) throw error;
    throw damaged(path, whyUnreadable(error));
  } finally {
    text.destroy();
  }
  if (rest !== "") throw damaged(path, "its end is missing");
}

/** zlib's words, for people. */
function whyUnreadable(error: unknown): string {
  const said = error instanceof Error ? error.message : String(error);
  if (said === "incorrect header check") return "it is not compressed, so gami did not write it";
  return said === "unexpected end of file" ? "its end is missing" : said;
}

function parseLine(path: string, line: string) {
  try {
    return JSON.parse(line);
  } catch {
    throw damaged(path, "a line of it is no JSON");
  }
}

function damaged(path: string, why: string): WarehouseError {
  return new WarehouseError(`${path} cannot be used: ${why}`, {
    code: "ROW_FILE_DAMAGED",
    hint: "use another copy of it, or an older backup: the archive brings what came after",
  });
}
