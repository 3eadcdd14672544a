import type { Command } from "commander";
import type { ReconcileInput } from "../commands/flair/reconcile.ts";
import { command, type Execute, noun } from "./declare.ts";

export function addFlair(program: Command, execute: Execute): void {
  const flair = noun(program, "flair", "What profiles show for the awards that stand");
  command(flair, {
    name: "reconcile",
    summary: "Compare the flair that is wanted with what hosts show, and mend it",
    description:
      "Compares, for everybody, the flair that the awards in force want with what was told last and with what each host shows, names every difference with its cause, and plans the least change. It also ends flair whose period is over. What others wrote on a profile is never touched.\n" +
      "Nothing is written without --apply; then messages are enqueued, and 'gami outbox relay --apply' sends them. --quick asks no host what it shows.",
    examples: ["gami flair reconcile", "gami flair reconcile --apply", "gami flair reconcile --host genesys --quick --apply"],
  })
    .option("--host <name...>", "only these hosts of the config")
    .option("--quick", "compare what was decided with what was told, and read nothing from hosts")
    .option("--apply", "enqueue the messages")
    .action((options: ReconcileInput) =>
      execute({
        command: "flair reconcile",
        config: "required",
        isRecorded: options.apply === true,
        run: async (context) => (await import("../commands/flair/reconcile.ts")).run(context, options),
      }),
    );
}
