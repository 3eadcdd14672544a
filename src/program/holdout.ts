import { type Command, InvalidArgumentError } from "commander";
import type { AssignHoldoutInput } from "../commands/holdout/assign.ts";
import type { HoldoutStatusInput } from "../commands/holdout/status.ts";
import { command, day, type Execute, noun, shareInPpm } from "./declare.ts";

export function addHoldout(program: Command, execute: Execute): void {
  const holdout = noun(program, "holdout", "Teams kept out at random: the way to evidence grade A");
  command(holdout, {
    name: "assign",
    summary: "Draw teams to keep out of the programme, by site and tenure",
    description:
      "Draws teams, not agents, since agents of one team act on each other. The project's key decides the draw: the same key, the same teams.\n" +
      "Without --apply nothing is written. With it the folder holds holdout.csv and, per CSV source, the enrolments of all other teams with their mapping.",
    examples: [
      "gami holdout assign --programme points --enrol-on 2026-03-02",
      "gami holdout assign --programme points --enrol-on 2026-03-02 --share 0.2 --out holdout --apply",
    ],
  })
    .requiredOption("--programme <name>", "the programme the others are enrolled in")
    .requiredOption("--enrol-on <date>", "the day the others begin", day)
    .option("--share <share>", "the share of teams to keep out", holdoutShare, 100_000)
    .option("--out <folder>", "an empty folder, or one this command wrote before", "holdout")
    .option("--apply", "write the files")
    .action((options: AssignHoldoutInput) =>
      execute({
        command: "holdout assign",
        config: "required",
        isRecorded: true,
        run: async (context) => (await import("../commands/holdout/assign.ts")).run(context, options),
      }),
    );
  command(holdout, {
    name: "status",
    summary: "Show whether a draw was kept: balance, sample ratio, who was enrolled all the same",
    examples: ["gami holdout status", "gami holdout status --file holdout/holdout.csv --json"],
  })
    .option("--file <file>", "the assignment", "holdout/holdout.csv")
    .action((options: HoldoutStatusInput) =>
      execute({
        command: "holdout status",
        config: "required",
        isRecorded: false,
        run: async (context) => (await import("../commands/holdout/status.ts")).run(context, options),
      }),
    );
}

function holdoutShare(text: string): number {
  const ppm = shareInPpm(text);
  if (ppm > 0 && ppm < 1_000_000) return ppm;
  throw new InvalidArgumentError("Expected a share above 0 and below 1, like 0.1.");
}
