import { type Command, InvalidArgumentError, Option } from "commander";
import type { SimulateFilesInput } from "../commands/simulate/files.ts";
import { command, type Execute, noun, wholeNumber } from "./declare.ts";

export function addSimulate(program: Command, execute: Execute): void {
  const simulate = noun(program, "simulate", "A contact centre that never was, with known true effects");
  command(simulate, {
    name: "files",
    summary: "Write a simulated contact centre as CSV files with mappings",
    description:
      "Writes one CSV file and one mapping per stream, and truth.json with every total and the true effects. The same flags give the same bytes on every machine.",
    examples: [
      "gami simulate files --out sim",
      "gami simulate files --seed 7 --agents 300 --days 182 --start 2026-01-05 --out sim",
      "gami simulate files --agents 5000 --days 120 --events-target 10000000 --out big --json",
      "gami simulate files --allocation performance --effect-seconds 0 --out trap",
    ],
  })
    .requiredOption("--out <folder>", "an empty folder, or one this command wrote before")
    .option("--seed <text>", "any text; another seed gives another centre", "1")
    .option("--agents <n>", "seats, 20 to 5000", wholeNumber(20, 5_000), 40)
    .option("--days <n>", "local days, 7 to 1100", wholeNumber(7, 1_100), 120)
    .option("--start <date>", "first local day", "2026-01-05")
    .option("--events-target <n>", "about how many interactions and gamification events in all", wholeNumber(1_000, 100_000_000))
    .addOption(new Option("--allocation <how>", "who is enrolled").choices(["random", "operational", "performance"]).default("random"))
    .option("--effect-seconds <seconds>", "true effect of enrolment on handle time (default: -5.86)", decimal)
    .option("--effect-points <points>", "true effect of enrolment on quality scores (default: 1.2)", decimal)
    .option("--hazard-ratio <ratio>", "true hazard ratio of leaving once enrolled (default: 0.85)", decimal)
    .action((options: SimulateFilesInput) =>
      execute({
        command: "simulate files",
        config: "optional",
        isRecorded: false,
        run: async (context) => (await import("../commands/simulate/files.ts")).run(context, options),
      }),
    );
}

function decimal(text: string): number {
  if (/^-?\d{1,6}(\.\d{1,6})?$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Expected a number like -5.86.");
}
