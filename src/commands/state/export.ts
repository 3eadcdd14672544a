import { exportDecisions } from "../../app/state/export-decisions.ts";
import { exportLedger } from "../../app/state/export-ledger.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";

/** `gami state export`: what the ledger says goes into the warehouse. */
export async function run({ deps, signal }: CommandContext): Promise<CommandResult> {
  const { decisions: store, keeping } = await deps.state();
  const warehouse = await deps.warehouse();
  await warehouse.createTables();
  const stores = { warehouse, archive: await deps.archive(), clock: deps.clock, store };
  const { totals, batches, ledgerSeq } = await exportLedger({ ...stores, keeping, ledgerArchive: await deps.ledgerArchive() }, { signal });
  const { totals: decisions } = await exportDecisions(stores, { signal });
  const isNews = totals.received + decisions.received > 0;
  return {
    exitCode: exitCodes.done,
    status: isNews ? "done" : "nothing_to_do",
    json: { ledgerSeq, ...totals, batches, decisions },
    text: isNews
      ? `${totals.received} records of the ledger and its definitions: ${totals.new} new, ${totals.changed} changed, ${totals.unchanged} unchanged; ${decisions.received} decisions; the warehouse holds the ledger up to entry ${ledgerSeq}\nnext: gami dbt build`
      : `the warehouse holds the ledger up to entry ${ledgerSeq} already`,
    totals: { ledgerSeq, ...totals, decisions: decisions.received },
  };
}
