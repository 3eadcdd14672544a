import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { KeyedRecord } from "../../../domain/load/key-record.ts";
import { type StreamDefinition, type StreamName, streamDefinition } from "../../../domain/records/streams.ts";
import type { BatchRow, BatchSpool } from "../../../ports/archive.ts";
import { explainDiskFailure } from "./disk.ts";

/** Text separator as quote: JSON never holds one, so payloads go as they are. */
export const quote = "\x1f";
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the very characters that need quoting
const needsQuotes = /[\t\n\r\x1f]/;
const writeCharacters = 1 << 20;

/** A batch on its way into the archive: tab-separated text, which DuckDB reads faster than anything JavaScript can hand it. */
export interface TextSpool extends BatchSpool {
  readonly path: string;
  readonly stream: StreamDefinition;
  /** Ends the writing; the file stays until `discard`. */
  finish(): void;
}

let count = 0;

export function createSpool(folder: string, name: StreamName): TextSpool {
  const stream = streamDefinition(name);
  const isText = stream.columns.map(({ type }) => type === "text" || type === "json");
  const emptyRecord = "\t".repeat(4 + stream.columns.length);
  mkdirSync(folder, { recursive: true });
  count += 1;
  const path = join(folder, `${hostname()}-${process.pid}-${count}.tsv`);
  const descriptor = explainDiskFailure(path, () => openSync(path, "w"));
  let isOpen = true;
  let waiting = "";
  let ordinal = 0;
  const flush = () => {
    explainDiskFailure(path, () => writeWhole(descriptor, waiting));
    waiting = "";
  };
  const close = () => {
    if (isOpen) closeSync(descriptor);
    isOpen = false;
  };
  return {
    path,
    stream,
    append(row) {
      waiting += `${ordinal}\t${headText(row)}${row.record === null ? emptyRecord : recordText(row.record, isText)}\n`;
      ordinal += 1;
      if (waiting.length >= writeCharacters) flush();
    },
    finish() {
      if (isOpen) flush();
      close();
    },
    async discard() {
      close();
      await rm(path, { force: true });
    },
  };
}

function headText({ kind, place, payload, reason, field, value }: BatchRow): string {
  return `${kind}\t${cell(place)}\t${cell(payload)}\t${cell(reason)}\t${cell(field)}\t${cell(value)}`;
}

function recordText({ businessKey, rowHash, subjectId, eventAt, cells }: KeyedRecord, isText: readonly boolean[]): string {
  let text = `\t${businessKey}\t${rowHash}\t${subjectId ?? ""}\t${eventAt ?? ""}`;
  for (let index = 0; index < cells.length; index++) {
    const value = cells[index] ?? null;
    text += isText[index] === true ? `\t${cell(value)}` : `\t${value ?? ""}`;
  }
  return text;
}

/** Nothing between two tabs is null; an empty text is a pair of quotes. */
function cell(text: string | null): string {
  if (text === null) return "";
  if (text === "") return quote + quote;
  return needsQuotes.test(text) ? quote + text.replaceAll(quote, quote + quote) + quote : text;
}

function writeWhole(descriptor: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let written = 0; written < bytes.length; ) written += writeSync(descriptor, bytes, written);
}

/** Spools of processes of this host that are gone. Other hosts' are theirs to sweep. */
export function sweepSpools(folder: string): void {
  for (const name of listFolder(folder)) {
    const owner = /^(.+)-(\d+)-\d+\.tsv$/.exec(name);
    if (owner !== null && owner[1] === hostname() && !isAlive(Number(owner[2]))) rmSync(join(folder, name), { force: true });
  }
}

function listFolder(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
