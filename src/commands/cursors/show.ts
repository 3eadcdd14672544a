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
    position ?? "",
  ]);
  const text =
    rows.length === 0
      ? "no cursors yet: nothing was loaded"
      : renderTable(["source", "stream", "seq", "fence", "last batch", "position"], rows);
  return { exitCode: exitCodes.done, status: "done", json: { cursors }, text };
}
