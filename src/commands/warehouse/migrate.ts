import { migrateWarehouse } from "../../app/ingest/migrate-warehouse.ts";
import type { WarehouseKindName } from "../../config/config.ts";
import { UsageError } from "../../errors.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";

export interface MigrateWarehouseInput {
  readonly to: WarehouseKindName;
  readonly dryRun?: true;
}

/** Makes another warehouse from the archive and checks that it holds the same. The config still names the old one afterwards. */
export async function run({ deps, signal }: CommandContext, { to, dryRun }: MigrateWarehouseInput): Promise<CommandResult> {
  const { config, output } = deps;
  if (config.warehouse.kind === to) {
    throw new UsageError(`the warehouse is on ${to} already`, { code: "MIGRATION_NOWHERE", hint: "name another kind with --to" });
  }
  const result = await migrateWarehouse(
    { from: await deps.warehouse(), to: await deps.otherWarehouse(to), archive: await deps.archive() },
    { isDryRun: dryRun === true, signal, onProgress: (done, all) => output.progress(`batch ${done} of ${all}`) },
  );
  output.progressDone();
  const { batches, rows, contentHash } = result;
  const what = `${batches} batches with ${rows} records`;
  return {
    exitCode: exitCodes.done,
    status: "done",
    json: { from: config.warehouse.kind, to, isDryRun: dryRun === true, batches, rows, contentHash },
    text:
      contentHash === null
        ? `${what} would be loaded into ${to} from the archive`
        : `${what} are in ${to}; batches, totals and content are equal (${contentHash.slice(0, 12)})\nnext: set warehouse.kind: ${to} in the config on every host, then gami doctor`,
    totals: { batches, rows },
  };
}
