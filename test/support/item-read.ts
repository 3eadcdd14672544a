import { emptyRecord } from "../../src/domain/records/record.ts";
import type { StreamName } from "../../src/domain/records/streams.ts";
import type { SourceItem, SourceRead } from "../../src/ports/source.ts";

/** A read that yields these items, in chunks, as if a source had. */
export function readOf(items: readonly SourceItem[], options: Partial<SourceRead> & { readonly chunk?: number } = {}): SourceRead {
  const { chunk = 100, ...rest } = options;
  return {
    source: "csv:test",
    streams: ["interaction"],
    mapperVersion: "mapper-1",
    zone: null,
    datedBy: null,
    async *items() {
      for (let start = 0; start < items.length; start += chunk) yield items.slice(start, start + chunk);
    },
    ...rest,
  };
}

/** A record item with the given columns; its payload is those columns as JSON. */
export function recordItem(
  stream: StreamName,
  place: string,
  columns: Readonly<Record<string, string | number | boolean | null>>,
  isDeleted = false,
): SourceItem {
  return { kind: "record", place, stream, record: { ...emptyRecord(stream), ...columns }, isDeleted, payload: JSON.stringify(columns) };
}
