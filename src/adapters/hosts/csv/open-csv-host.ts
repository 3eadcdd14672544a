import { closeSync, fstatSync, fsyncSync, linkSync, mkdirSync, openSync, readSync, unlinkSync, writeFileSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { MessagePayload, PayloadKind } from "../../../domain/deliver/message.ts";
import { WarehouseError } from "../../../errors.ts";
import type { RecognitionHost } from "../../../ports/recognition-host.ts";
import { delivered, duplicate, refused } from "../outcomes.ts";
import { parsePayload } from "../payload.ts";
import { csvColumns, csvFileOf, csvLine, endOfCut, eventIn } from "./rows.ts";

export interface CsvHostSettings {
  readonly name: string;
  /** A folder. */
  readonly path: string;
}

interface OpenFile {
  readonly descriptor: number;
  /** Events that stand in the file. */
  readonly known: Set<string>;
  /** Bytes already searched for them. */
  searched: number;
  /** What was read after the last line break. */
  rest: string;
}

interface Row {
  readonly id: string;
  readonly payload: MessagePayload;
}

const mostLines = 500;
const longestWriteMs = 60_000;

/** Files that only grow, a line per event: for whoever has no receiver. An event that is there is not written again. */
export function openCsvHost(settings: CsvHostSettings): RecognitionHost {
  const files = new Map<string, OpenFile>();
  const open = (kind: PayloadKind): OpenFile => {
    const path = join(settings.path, csvFileOf(kind));
    const before = files.get(path);
    if (before !== undefined) return before;
    mkdirSync(settings.path, { recursive: true });
    begin(path, `${csvColumns(kind).join(",")}\n`);
    const file = { descriptor: openSync(path, "a+"), known: new Set<string>(), searched: 0, rest: "" };
    files.set(path, file);
    return file;
  };
  return {
    name: settings.name,
    inFlight: 1,
    longestSendMs: longestWriteMs,
    batchSize: () => mostLines,
    pauseMs: () => 0,
    async send(messages) {
      const [first] = messages;
      if (first === undefined) return [];
      try {
        const file = open(first.kind);
        search(file);
        const rows = messages.map(({ idempotencyKey, payload }) => ({ id: idempotencyKey, payload: parsePayload(payload) }));
        const fresh = rows.filter((row): row is Row => row.payload !== null && !file.known.has(row.id));
        append(file, fresh);
        const written = new Set(fresh.map(({ id }) => id));
        return rows.map(({ id, payload }) => {
          if (payload === null) return refused(`the payload of message ${id} is none this version knows`);
          return written.has(id) ? delivered("written") : duplicate("the line is there");
        });
      } catch (cause) {
        throw unwritable(settings, cause);
      }
    },
    flair: null,
    counts: () => ({ requests: 0, throttled: 0, faults: 0, pauses: 0, waitedMs: 0 }),
    async close() {
      for (const { descriptor } of files.values()) closeSync(descriptor);
      files.clear();
    },
  };
}

/** A file appears with its head in it, once, however many processes begin it. */
function begin(path: string, head: string): void {
  const fresh = `${path}.${process.pid}`;
  writeFileSync(fresh, head);
  try {
    linkSync(fresh, path);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "EEXIST")) throw error;
  } finally {
    unlinkSync(fresh);
  }
}

/** Reads what has come since the last look, from other processes too. */
function search(file: OpenFile): void {
  const { size } = fstatSync(file.descriptor);
  const buffer = Buffer.alloc(1 << 16);
  while (file.searched < size) {
    const read = readSync(file.descriptor, buffer, 0, Math.min(buffer.length, size - file.searched), file.searched);
    if (read === 0) break;
    file.searched += read;
    // One byte, one character: event ids are ASCII, and no text is ever cut in the middle of a letter.
    const lines = `${file.rest}${buffer.toString("latin1", 0, read)}`.split("\n");
    file.rest = lines.pop() ?? "";
    for (const line of lines) file.known.add(eventIn(line));
  }
}

/** One write for all lines: other processes' lines never end up inside. A line cut short by a full disk or a kill is ended first. */
function append(file: OpenFile, rows: readonly Row[]): void {
  if (rows.length === 0) return;
  const head = file.rest === "" ? "" : endOfCut(file.rest);
  const bytes = Buffer.from(`${head}${rows.map(({ id, payload }) => csvLine(id, payload)).join("")}`);
  for (let written = 0; written < bytes.length; ) written += writeSync(file.descriptor, bytes, written);
  fsyncSync(file.descriptor);
}

function unwritable({ name, path }: CsvHostSettings, cause: unknown): WarehouseError {
  return new WarehouseError(`${name}: ${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`, {
    code: "CSV_UNWRITABLE",
    hint: "free space there or make the folder writable, then run the same command again",
    cause,
  });
}
