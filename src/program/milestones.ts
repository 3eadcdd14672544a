import type { Command } from "commander";
import type { LintMilestonesInput } from "../commands/milestones/lint.ts";
import { command, type Execute, noun } from "./declare.ts";

export function addMilestones(program: Command, execute: Execute): void {
  const milestones = noun(program, "milestones", "The definitions agents are recognised by");
  command(milestones, {
    name: "lint",
    summary: "Check definitions: shape, metrics, windows, thresholds, versions, tiers",
    description:
      "Checks the definitions the config names, or these files and folders, and reports everything at once as FILE:LINE.\n" +
      "Exits 2 when one is wrong. A warning is worth a look; --strict counts it as wrong.",
    examples: ["gami milestones lint", "gami milestones lint milestones/gold.yaml --strict"],
  })
    .argument("[place...]", "files or folders, instead of those of the config")
    .option("--strict", "exit 2 for warnings too")
    .action((places: string[], options: Omit<LintMilestonesInput, "places">) =>
      execute({
        command: "milestones lint",
        config: places.length > 0 ? "optional" : "required",
        isRecorded: false,
        run: async (context) => (await import("../commands/milestones/lint.ts")).run(context, { ...options, places }),
      }),
    );
  command(milestones, {
    name: "list",
    summary: "Show every version of every definition, and which is in force today",
    examples: ["gami milestones list", "gami milestones list --json"],
  }).action(() =>
    execute({
      command: "milestones list",
      config: "required",
      isRecorded: false,
      run: async (context) => (await import("../commands/milestones/list.ts")).run(context),
    }),
  );
}
