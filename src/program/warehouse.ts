import type { Command } from "commander";
import type { ResetCursorInput } from "../commands/cursors/reset.ts";
import type { ListQuarantineInput } from "../commands/quarantine/list.ts";
import { command, type Execute, noun, wholeNumber } from "./declare.ts";

/** What looks after loaded data: the quarantine, the cursors and the warehouse itself. */
export function addWarehouse(program: Command, execute: Execute): void {
  addQuarantine(program, execute);
  addCursors(program, execute);
}

function addQuarantine(program: Command, execute: Execute): void {
  const quarantine = noun(program, "quarantine", "Records that were refused, and why");
  command(quarantine, {
    name: "list",
    summary: "Count refused records by reason, or list them",
    examples: ["gami quarantine list", "gami quarantine list --source csv:bank --records 50", "gami quarantine list --json"],
  })
    .option("--source <name>", "only this source, like csv:bank")
    .option("--batch <id>", "list the records of this batch")
    .option("--records <n>", "list so many records instead of counting", wholeNumber(1, 10_000))
    .action((options: ListQuarantineInput) =>
      execute({
        command: "quarantine list",
        config: "required",
        isRecorded: false,
        run: async (context) => (await import("../commands/quarantine/list.ts")).run(context, options),
      }),
    );
}

function addCursors(program: Command, execute: Execute): void {
  const cursors = noun(program, "cursors", "Where the next read of each stream goes on");
  command(cursors, { name: "show", summary: "Show all cursors", examples: ["gami cursors show", "gami cursors show --json"] }).action(() =>
    execute({
      command: "cursors show",
      config: "required",
      isRecorded: false,
      run: async (context) => (await import("../commands/cursors/show.ts")).run(context),
    }),
  );
  command(cursors, {
    name: "reset",
    summary: "Forget where a stream resumes; loaded rows stay",
    examples: ["gami cursors reset genesys interaction --dry-run", "gami cursors reset genesys interaction"],
  })
    .argument("<source>", "genesys, cxone, csv or gami")
    .argument("<stream>", "the stream's name, like interaction")
    .option("--dry-run", "only say what would be forgotten")
    .action((source: string, stream: string, options: Omit<ResetCursorInput, "source" | "stream">) =>
      execute({
        command: "cursors reset",
        config: "required",
        isRecorded: true,
        run: async (context) => (await import("../commands/cursors/reset.ts")).run(context, { source, stream, ...options }),
      }),
    );
}
