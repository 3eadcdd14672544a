import { verifyWarehouse } from "../../app/ingest/verify-warehouse.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { renderTable } from "../table.ts";

/** Checks the warehouse against its archive and its own rules. Exits 5 when something differs. */
export async function run({ deps }: CommandContext): Promise<CommandResult> {
  const { batches, files, findings } = await verifyWarehouse({ warehouse: await deps.warehouse(), archive: await deps.archive() });
  const isGood = findings.length === 0;
  const rows = findings.map(({ check, place, detail }) => [check, place, detail]);
  return {
    exitCode: isGood ? exitCodes.done : exitCodes.checksFailed,
    status: isGood ? "done" : "checks_failed",
    json: { batches, files, findings },
    text: isGood
      ? `${batches} batches and ${files} archived files agree with the warehouse`
      : `${renderTable(["check", "where", "what"], rows)}\nnext: ${nextStep(findings)}`,
    totals: { batches, files, findings: findings.length },
  };
}

/** A rebuild needs the archive whole. */
function nextStep(findings: readonly { readonly check: string }[]): string {
  const isArchiveDamaged = findings.some(({ check }) => check === "archive_file");
  return isArchiveDamaged ? "restore these files from a backup of the archive, then verify again" : "gami warehouse rebuild";
}
