import type { Command } from "commander";
import { command, type Execute, noun } from "./declare.ts";

/** What looks after the operational store: ledger, decisions, outbox. */
export function addState(program: Command, execute: Execute): void {
  const state = noun(program, "state", "Look after the operational store: ledger, decisions, outbox");
  command(state, {
    name: "export",
    summary: "Bring the ledger and its definitions into the warehouse",
    description:
      "Brings what the ledger says since the last export into the warehouse, for fct_award and dim_milestone. 'gami evaluate' does it at its end; this is for a run that was cut off.",
    examples: ["gami state export", "gami state export --json"],
  }).action(() =>
    execute({
      command: "state export",
      config: "required",
      isRecorded: true,
      run: async (context) => (await import("../commands/state/export.ts")).run(context),
    }),
  );
}
