import { exitCodes } from "../../exit-codes.ts";
import type { QuarantinedRecord, Warehouse } from "../../ports/warehouse.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { renderTable } from "../table.ts";

export interface ListQuarantineInput {
  readonly source?: string;
  readonly batch?: string;
  /** Show the records themselves, at most this many. */
  readonly records?: number;
}

/** Records refused at the boundary and not yet taken in: how many for which reason, or one by one. */
export async function run({ deps }: CommandContext, { source, batch, records }: ListQuarantineInput): Promise<CommandResult> {
  const warehouse = await deps.warehouse();
  const counts = (await warehouse.quarantineCounts()).filter((count) => source === undefined || count.source === source);
  const filter = { ...(source === undefined ? {} : { source }), ...(batch === undefined ? {} : { batchId: batch }) };
  const shown = records === undefined && batch === undefined ? null : await firstRecords(warehouse, filter, records ?? 20);
  return {
    exitCode: exitCodes.done,
    status: "done",
    json: { counts, ...(shown === null ? {} : { records: shown }) },
    text: shown === null ? countsText(counts) : recordsText(shown),
  };
}

async function firstRecords(
  warehouse: Warehouse,
  filter: Parameters<Warehouse["quarantined"]>[0],
  limit: number,
): Promise<QuarantinedRecord[]> {
  const found: QuarantinedRecord[] = [];
  for await (const chunk of warehouse.quarantined(filter)) {
    found.push(...chunk.slice(0, limit - found.length));
    if (found.length >= limit) break;
  }
  return found;
}

function countsText(counts: Awaited<ReturnType<Warehouse["quarantineCounts"]>>): string {
  if (counts.length === 0) return "the quarantine is empty";
  const rows = counts.map(({ source, stream, reason, field, records, firstPlace }) => [
    source,
    stream,
    reason,
    field ?? "",
    records,
    firstPlace,
  ]);
  return renderTable(["source", "stream", "reason", "field", "records", "first at"], rows);
}

function recordsText(records: readonly QuarantinedRecord[]): string {
  if (records.length === 0) return "no such records in quarantine";
  const rows = records.map(({ batchId, place, reason, field, value }) => [batchId, place, reason, field ?? "", short(value ?? "")]);
  return renderTable(["batch", "at", "reason", "field", "value"], rows);
}

/** One line, without anything a terminal would obey. */
function short(value: string): string {
  const line = value.replace(/\p{Cc}+/gu, " ");
  return line.length > 60 ? `${line.slice(0, 57)}...` : line;
}
