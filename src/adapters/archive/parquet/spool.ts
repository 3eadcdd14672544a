import { createHash } from "node:crypto";
import { closeSync, mkdirSync, openSync, readdirSync, rmSync, writeSync } from "node:fs";
import { rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { KeyedRecord } from "../../../domain/load/key-record.ts";
import { type ByteBuffer, createByteBuffer } from "../../../domain/records/byte-buffer.ts";
import { putCell, putJsonCell } from "../../../domain/records/canonical-line.ts";
import { type StreamDefinition, type StreamName, streamDefinition } from "../../../domain/records/streams.ts";
import type { BatchRow, BatchSpool } from "../../../ports/archive.ts";
import { explainDiskFailure } from "./disk.ts";

const tab = 9;
const lineFeed = 10;
const writeBytes = 1 << 20;

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
  mkdirSync(folder, { recursive: true });
  count += 1;
  const path = join(folder, `${hostname()}-${process.pid}-${count}.tsv`);
  const descriptor = explainDiskFailure(path, () => openSync(path, "w"));
  let isOpen = true;
  const waiting = createByteBuffer(writeBytes * 2);
  let ordinal = 0;
  const content = createHash("sha256");
  let contentHash: string | null = null;
  const flush = () => {
    content.update(waiting.bytes());
    explainDiskFailure(path, () => writeWhole(descriptor, waiting.bytes()));
    waiting.clear();
  };
  const close = () => {
    if (isOpen) closeSync(descriptor);
    isOpen = false;
  };
  return {
    path,
    stream,
    append(row) {
      waiting.putInteger(ordinal);
      putHead(waiting, row);
      putRecord(waiting, row.record, stream.columns.length);
      waiting.putByte(lineFeed);
      ordinal += 1;
      if (waiting.length() >= writeBytes) flush();
    },
    contentHash() {
      if (contentHash !== null) return contentHash;
      flush();
      contentHash = content.digest("hex");
      return contentHash;
    },
    finish() {
      if (isOpen && contentHash === null) flush();
      close();
    },
    async discard() {
      close();
      await rm(path, { force: true });
    },
  };
}

function putHead(to: ByteBuffer, { kind, place, payload, reason, field, value }: BatchRow): void {
  to.putByte(tab);
  to.putText(kind);
  putCell(to, place);
  putJsonCell(to, payload);
  putCell(to, reason);
  putCell(to, field);
  putCell(to, value);
}

const recordHeadColumns = 4;

function putRecord(to: ByteBuffer, record: KeyedRecord | null, columns: number): void {
  if (record === null) {
    for (let index = 0; index < recordHeadColumns + columns; index++) to.putByte(tab);
    return;
  }
  putKey(to, record.businessKey);
  putKey(to, record.rowHash);
  putKey(to, record.subjectId);
  to.putByte(tab);
  if (record.eventAt !== null) to.putInstant(record.eventAt);
  to.putBytes(record.line);
}

/** Hexadecimal digits need no looking at. */
function putKey(to: ByteBuffer, key: string | null): void {
  to.putByte(tab);
  if (key !== null) to.putText(key);
}

function writeWhole(descriptor: number, bytes: Buffer): void {
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
