import { UsageError } from "../../errors.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { renderTable } from "../table.ts";

/** What the service would bill for reading the raw tables, from dry runs: nothing is read and nothing billed. */
export async function run({ deps }: CommandContext): Promise<CommandResult> {
  const tables = await (await deps.warehouse()).readingCosts();
  if (tables === null) {
    throw new UsageError(`${deps.config.warehouse.kind} does not bill by bytes read`, {
      code: "COST_NOT_BY_BYTES",
      hint: "the command is for warehouse.kind: bigquery",
    });
  }
  const loadBytes = tables.reduce((sum, table) => sum + table.loadBytes, 0);
  const wholeBytes = tables.reduce((sum, table) => sum + table.wholeBytes, 0);
  const rows = tables.map((table) => [table.table, gigabytes(table.loadBytes), gigabytes(table.wholeBytes)]);
  return {
    exitCode: exitCodes.done,
    status: "done",
    json: { tables, loadBytes, wholeBytes },
    text:
      tables.length === 0
        ? "nothing is loaded yet"
        : renderTable(["table", "a batch reads", "all of it"], [...rows, ["together", gigabytes(loadBytes), gigabytes(wholeBytes)]]),
  };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 1e9).toFixed(3)} GB`;
}
