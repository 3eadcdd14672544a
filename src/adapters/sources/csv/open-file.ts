import { closeSync, openSync, readSync } from "node:fs";
import { isStreamName } from "../../../domain/records/streams.ts";
import type { OpenedFile } from "../../../ports/file-source.ts";
import type { SourceItem } from "../../../ports/source.ts";
import { encodingOfMark, openDecoder } from "./decode.ts";
import { type Dialect, detectDialect } from "./dialect.ts";
import { checkHeader, resolveHeader } from "./header.ts";
import { inspectFile, refuseNulBytes, unreadable } from "./inspect-file.ts";
import { type Mapping, mapperVersion, type ResolvedMapping } from "./mapping.ts";
import { prepareReadRow } from "./read-rows.ts";
import { createRecordSplitter, type RawRow } from "./split-records.ts";

export interface OpenRequest {
  readonly file: string;
  readonly mapping: Mapping;
  /** The path of the mapping, for messages. */
  readonly mappingFile: string;
  /** Null where no project key is needed: the mapping pseudonymises nothing. */
  readonly pseudonymKey: Buffer | null;
}

export interface OpenedCsv extends Omit<OpenedFile, "keepMapping"> {
  readonly resolved: ResolvedMapping;
  readonly dialect: Dialect;
  readonly encoding: string;
}

/** The text of a larger block is a large object to the runtime, which asks the system for fresh memory each time. */
const blockBytes = 48 * 1024;
/**
 * Divides the 122,880 rows of a batch, which would otherwise run over by a part of a chunk; and is read in a few milliseconds,
 * for the forty steps of the batch that is being loaded meanwhile go on between chunks only.
 */
const chunkRows = 256;

/**
 * Looks at a file and ties it to its mapping; its rows are read when `read.items()` is walked.
 * @throws SourceBrokenError when it is no readable text file. ConfigError when the mapping does not fit it.
 */
export async function openCsvFile({ file, mapping, mappingFile, pseudonymKey }: OpenRequest): Promise<OpenedCsv> {
  const sample = await inspectFile(file);
  const encoding = encodingOfMark(sample.beginning) ?? mapping.encoding;
  refuseNulBytes(sample, encoding);
  const decoder = await openDecoder(encoding);
  const text = decoder.write(sample.beginning) + (sample.beginning.length === sample.bytes ? decoder.end() : "");
  const dialect = detectDialect(text, mapping);
  const header = resolveHeader(mapping, firstRecord(text, dialect, sample.beginning.length === sample.bytes), file);
  checkHeader(mapping, header, { file, mapping: mappingFile });
  const resolved = { mapping, header };
  let bytesRead = 0;
  const onBytes = (count: number) => {
    bytesRead += count;
  };
  return {
    file,
    mapping: mappingFile,
    bytes: sample.bytes,
    bytesRead: () => bytesRead,
    resolved,
    dialect,
    encoding,
    read: {
      source: `csv:${mapping.source}`,
      streams: isStreamName(mapping.stream) ? [mapping.stream] : [],
      mapperVersion: mapperVersion(resolved, pseudonymKey),
      zone: mapping.zone ?? null,
      datedBy: mapping.dated_by ?? null,
      items: () => readItems({ file, encoding, dialect, resolved, pseudonymKey, onBytes }),
    },
  };
}

function firstRecord(text: string, dialect: Dialect, isWhole: boolean): RawRow | null {
  const splitter = createRecordSplitter(dialect);
  return splitter.push(text)[0] ?? (isWhole ? splitter.end()[0] : undefined) ?? null;
}

interface ReadRequest {
  readonly file: string;
  readonly encoding: string;
  readonly dialect: Dialect;
  readonly resolved: ResolvedMapping;
  readonly pseudonymKey: Buffer | null;
  readonly onBytes: (count: number) => void;
}

async function* readItems({ resolved, pseudonymKey, ...request }: ReadRequest): AsyncGenerator<readonly SourceItem[]> {
  const readRow = prepareReadRow(resolved, pseudonymKey);
  let headerRows = resolved.mapping.header === true ? 1 : 0;
  let chunk: SourceItem[] = [];
  for await (const rows of readRawRows(request)) {
    for (const row of rows) {
      if (headerRows > 0) {
        headerRows -= 1;
        continue;
      }
      chunk.push(readRow(row));
      if (chunk.length < chunkRows) continue;
      yield chunk;
      chunk = [];
    }
  }
  if (chunk.length > 0) yield chunk;
}

/**
 * The bytes of a file, in a buffer that is used again for each block. Waiting for them on another thread would cost more than
 * reading them does: that thread takes the core the work is done on.
 */
function* readBlocks(file: string): Generator<Buffer> {
  const descriptor = openSync(file, "r");
  try {
    const buffer = Buffer.allocUnsafe(blockBytes);
    for (;;) {
      const bytes = readSync(descriptor, buffer, 0, blockBytes, null);
      if (bytes === 0) return;
      yield buffer.subarray(0, bytes);
    }
  } finally {
    closeSync(descriptor);
  }
}

export interface RawRequest {
  readonly file: string;
  readonly encoding: string;
  readonly dialect: Dialect;
  readonly onBytes: (count: number) => void;
}

/** The records of a file, as many at a time as a block holds. @throws SourceBrokenError when the disk fails. */
export async function* readRawRows({ file, encoding, dialect, onBytes }: RawRequest): AsyncGenerator<readonly RawRow[]> {
  const decoder = await openDecoder(encoding);
  const splitter = createRecordSplitter(dialect);
  try {
    for (const block of readBlocks(file)) {
      onBytes(block.length);
      yield splitter.push(decoder.write(block));
    }
  } catch (cause) {
    if (cause instanceof Error && "syscall" in cause) throw unreadable(file, cause);
    throw cause;
  }
  yield splitter.push(decoder.end());
  yield splitter.end();
}
