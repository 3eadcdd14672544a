import type { ByteBuffer } from "./byte-buffer.ts";
import type { CanonicalRecord, CanonicalValue } from "./record.ts";
import type { ColumnType, StreamDefinition } from "./streams.ts";

/**
 * A record as one line of text: its columns in the stream's order, each behind a tab. An unknown value is nothing; an empty
 * text is a pair of quotes; a text with a control character in it stands in quotes, and a quote in it twice. No two
 * different records have one line, so the row hash is taken over it, and DuckDB reads it as it is.
 */
export const lineQuote = "\x1f";
const tab = 9;

export type PutLine = (to: ByteBuffer, record: CanonicalRecord) => void;

export function preparePutLine(stream: StreamDefinition): PutLine {
  const columns = stream.columns.map(({ name, type }) => ({ name, put: putters[type] }));
  return (to, record) => {
    for (const { name, put } of columns) {
      to.putByte(tab);
      const value = record[name];
      if (value !== null && value !== undefined) put(to, value);
    }
  };
}

/** One text behind its tab. */
export function putCell(to: ByteBuffer, text: string | null): void {
  to.putByte(tab);
  if (text !== null) putQuotable(to, text);
}

/** One JSON text behind its tab: it has no control character inside its strings, and seldom one between them. */
export function putJsonCell(to: ByteBuffer, text: string | null): void {
  to.putByte(tab);
  if (text === null) return;
  if (text === "" || text.includes("\t") || text.includes("\n") || text.includes("\r") || text.includes(lineQuote)) putQuotable(to, text);
  else to.putText(text);
}

function putQuotable(to: ByteBuffer, text: string): void {
  if (text !== "" && to.putPlain(text)) return;
  to.putText(lineQuote + text.replaceAll(lineQuote, lineQuote + lineQuote) + lineQuote);
}

type Put = (to: ByteBuffer, value: Exclude<CanonicalValue, null>) => void;

const putters: Readonly<Record<ColumnType, Put>> = {
  text: (to, value) => putQuotable(to, String(value)),
  json: (to, value) => putQuotable(to, String(value)),
  integer: (to, value) => to.putInteger(Number(value)),
  date: (to, value) => to.putText(String(value)),
  boolean: (to, value) => to.putText(value === true ? "true" : "false"),
  instant: (to, value) => to.putInstant(Number(value)),
};
