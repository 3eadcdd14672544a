import { rebuildWarehouse } from "../../app/ingest/rebuild-warehouse.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { findRemapperIn } from "../remapping.ts";

export interface RebuildWarehouseInput {
  readonly remap?: true;
  readonly mapping?: string;
  readonly source?: string;
}

/** Makes the warehouse again from the archive; with `remap`, the archived source records are mapped again first. */
export async function run(context: CommandContext, { remap, mapping, source }: RebuildWarehouseInput): Promise<CommandResult> {
  const { deps, signal } = context;
  const { output } = deps;
  const result = await rebuildWarehouse(
    { warehouse: await deps.warehouse(), archive: await deps.archive() },
    {
      signal,
      onProgress: (done, all) => output.progress(`batch ${done} of ${all}`),
      ...(remap === true || mapping !== undefined || source !== undefined
        ? { findRemapper: findRemapperIn(context, { mapping, only: source }) }
        : {}),
    },
  );
  output.progressDone();
  const { batches, remapped, totals } = result;
  return {
    exitCode: exitCodes.done,
    status: "done",
    json: { batches, remapped, ...totals },
    text: `${batches} batches loaded again, ${remapped} of them mapped anew\nnext: gami dbt build --full-refresh`,
    totals: { batches, remapped },
  };
}
