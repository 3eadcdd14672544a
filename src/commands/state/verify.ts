import { verifyState } from "../../app/state/verify-state.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { renderTable } from "../table.ts";

/** `gami state verify`: every entry of the ledger against its chain and the archive. Exits 5 when one was changed or is missing. */
export async function run({ deps }: CommandContext): Promise<CommandResult> {
  const { keeping } = await deps.state();
  const { entries, chained, archivedEntries, findings } = await verifyState({ keeping, ledgerArchive: await deps.ledgerArchive() });
  const isGood = findings.length === 0;
  return {
    exitCode: isGood ? exitCodes.done : exitCodes.checksFailed,
    status: isGood ? "done" : "checks_failed",
    json: { entries, chained, archivedEntries, findings },
    text: isGood
      ? `${entries} entries of the ledger are as they were written; ${chained} stand in the chain, ${archivedEntries} in the archive`
      : [
          renderTable(
            ["check", "where", "what"],
            findings.map(({ check, place, detail }) => [check, place, detail]),
          ),
          "next: gami state restore FILE, with the latest backup that verifies",
        ].join("\n"),
    totals: { entries, chained, archivedEntries, findings: findings.length },
  };
}
