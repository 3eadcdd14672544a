import type { Command } from "commander";
import type { RestoreInput } from "../commands/state/restore.ts";
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
  command(state, {
    name: "verify",
    summary: "Check the ledger against its chain and the archive",
    description: "Goes through every entry of the ledger and names one that was changed or is missing. Exits 5 then.",
    examples: ["gami state verify", "gami state verify --json"],
  }).action(() =>
    execute({
      command: "state verify",
      config: "required",
      isRecorded: true,
      run: async (context) => (await import("../commands/state/verify.ts")).run(context),
    }),
  );
  addBackup(state, execute);
}

function addBackup(state: Command, execute: Execute): void {
  command(state, {
    name: "backup",
    summary: "Write the operational store into one file",
    description:
      "Writes the whole store, as it is at one instant, into one file, while others go on working. A store of either kind can be restored from it. Tokens and leases are left out.",
    examples: ["gami state backup", "gami state backup /backup/gami-monday.jsonl.gz"],
  })
    .argument("[file]", "where to (default: backups/state-<time>.jsonl.gz beside the config)")
    .action((file: string | undefined) =>
      execute({
        command: "state backup",
        config: "required",
        isRecorded: true,
        run: async (context) => (await import("../commands/state/backup.ts")).run(context, file),
      }),
    );
  command(state, {
    name: "restore",
    summary: "Make the operational store again from a backup and the archive",
    description:
      "Takes the backup, or none, and replays what was archived since: every entry and every message that anybody was told of. The store in use is kept beside. " +
      "Messages are held afterwards, since some were delivered after the backup. Nothing is written without --apply.",
    examples: [
      "gami state restore backups/state-20260321T041500.jsonl.gz",
      "gami state restore backups/state-20260321T041500.jsonl.gz --apply",
      "gami state restore --apply",
    ],
  })
    .argument("[file]", "what 'gami state backup' wrote; without it everything comes from the archive")
    .option("--apply", "restore it; stop all other jobs first")
    .action((file: string | undefined, options: RestoreInput) =>
      execute({
        command: "state restore",
        config: "required",
        // The run would be recorded in the store that is replaced.
        isRecorded: false,
        run: async (context) => (await import("../commands/state/restore.ts")).run(context, file, options),
      }),
    );
}
