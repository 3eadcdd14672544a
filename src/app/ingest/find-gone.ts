import { type CanonicalRecord, canonicalText, emptyRecord } from "../../domain/records/record.ts";
import { type StreamDefinition, type StreamName, streamDefinition } from "../../domain/records/streams.ts";
import type { WholeDocuments } from "../../ports/platform.ts";
import type { SourceItem } from "../../ports/source.ts";
import type { Row, Warehouse } from "../../ports/warehouse.ts";

/** Rows the warehouse holds of whole documents whose new version no longer has them, as deletions (a document replaces itself). */
export async function findGone(
  warehouse: Pick<Warehouse, "currentKeys">,
  source: string,
  items: readonly SourceItem[],
  { streams, column, ids }: WholeDocuments,
): Promise<SourceItem[]> {
  const gone: SourceItem[] = [];
  for (const stream of streams) {
    const definition = streamDefinition(stream);
    const sent = new Set(
      items.flatMap((item) => (item.kind === "record" && item.stream === stream ? [keyText(definition, item.record)] : [])),
    );
    for (const row of await warehouse.currentKeys(source, stream, column, ids)) {
      const record = recordOf(stream, row);
      if (!sent.has(keyText(definition, record))) gone.push(deletionOf(stream, record, gone.length));
    }
  }
  return gone;
}

function deletionOf(stream: StreamName, record: CanonicalRecord, number: number): SourceItem {
  const known = Object.fromEntries(Object.entries(record).filter(([, value]) => value !== null));
  return { kind: "record", place: `gone/${stream}/${number}`, stream, record, isDeleted: true, payload: JSON.stringify({ gone: known }) };
}

/** Keys of documents are texts; an instant among them comes back as text, too. */
function recordOf(stream: StreamName, row: Row): CanonicalRecord {
  const { columns } = streamDefinition(stream);
  const record = { ...emptyRecord(stream) };
  for (const { name, type } of columns) {
    const value = row[name] ?? null;
    if (value === null) continue;
    record[name] = type === "instant" ? Date.parse(String(value)) : typeof value === "bigint" ? Number(value) : value;
  }
  return record;
}

function keyText({ key, columns }: StreamDefinition, record: CanonicalRecord): string {
  return JSON.stringify(
    key.map(({ column, whenNull }) => {
      const value = record[column] ?? null;
      const type = columns.find(({ name }) => name === column)?.type ?? "text";
      return value === null ? (whenNull ?? "") : canonicalText(value, type);
    }),
  );
}
