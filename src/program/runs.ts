import { type Command, Option } from "commander";
import type { ListRunsInput } from "../commands/runs/list.ts";
import { runStatuses } from "../ports/state-store.ts";
import { command, type Execute, noun, wholeNumber } from "./declare.ts";

export function addRuns(program: Command, execute: Execute): void {
  const runs = noun(program, "runs", "What gami did in this project, and how it ended");
  command(runs, {
    name: "list",
    summary: "List the latest runs, the newest first",
    examples: ["gami runs list", "gami runs list --command 'import csv' --status failed --limit 5"],
  })
    .option("--limit <n>", "how many runs at most", wholeNumber(1, 10_000), 20)
    .option("--command <words>", "only runs of this command")
    .addOption(new Option("--status <status>", "only runs in this state").choices(runStatuses))
    .action((options: ListRunsInput) =>
      execute({
        command: "runs list",
        config: "required",
        isRecorded: false,
        run: async (context) => (await import("../commands/runs/list.ts")).run(context, options),
      }),
    );
  command(runs, {
    name: "show",
    summary: "Show one run: arguments, totals and error",
    examples: ["gami runs show 20260321-084512-3fa9c1", "gami runs show last"],
  })
    .argument("<id>", "the run's id, or 'last'")
    .action((id: string) =>
      execute({
        command: "runs show",
        config: "required",
        isRecorded: false,
        run: async (context) => (await import("../commands/runs/show.ts")).run(context, { id }),
      }),
    );
}
