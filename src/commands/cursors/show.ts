import { parsePosition } from "../../app/ingest/platform-read.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { renderTable } from "../table.ts";

/** Where each stream would go on, and how far it came. */
export async function run({ deps }: CommandContext): Promise<CommandResult> {
  const cursors = await (await deps.warehouse()).cursors();
  const rows = cursors.map(({ family, stream, seq, fence, batchId, position }) => [
    family,
    stream,
    seq,
    fence,
    batchId ?? "",
    positionText(position),
  ]);
  const text =
    rows.length === 0
      ? "no cursors yet: nothing was loaded"
      : renderTable(["source", "stream", "seq", "fence", "last batch", "position"], rows);
  return { exitCode: exitCodes.done, status: "done", json: { cursors }, text };
}

/** A platform's position in words; --json has it whole. Another source's stands as it is. */
export function positionText(position: string | null): string {
  if (position === null || !position.startsWith("{")) return position ?? "";
  const { watermark, open } = parsePosition(position);
  const read = watermark === null ? "nothing read to its end" : `read up to ${iso(watermark)}`;
  return open === null ? read : `${read}, at work on ${iso(open.from)} to ${iso(open.to)}`;
}

function iso(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 16)}Z`;
}
