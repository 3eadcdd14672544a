import { type Command, InvalidArgumentError, Option } from "commander";
import type { ExtractInput } from "../commands/extract.ts";
import { command, type Execute, shareInPpm } from "./declare.ts";

export function addExtract(program: Command, execute: Execute): void {
  command(program, {
    name: "extract",
    summary: "Read Genesys Cloud or NICE CXone into the warehouse",
    description:
      "Reads the platforms under sources: in gami.config.yaml. Time is read in absolute slices; what was read is kept every few seconds, with where to go on, so that a run that was stopped or killed goes on where it stood. What may still change is read again each time. A day that is not over (UTC) is left for the next run.",
    examples: [
      "gami extract --list",
      "gami extract --source genesys --since 2026-01-01",
      "gami extract",
      "gami extract --source genesys --stream conversations --since 2025-11-01 --until 2025-12-01",
      "gami extract --gaps --json",
    ],
  })
    .addOption(new Option("--source <name>", "which platform").choices(["genesys", "cxone", "all"]).default("all"))
    .option("--stream <name,...>", "only these reads or streams; may be given again", names)
    .option("--since <day>", "where to begin: 2026-01-01 (UTC), or an instant with Z; needed the first time", instant)
    .option("--until <day>", "where to end, exclusive", instant)
    .option("--full-refresh", "read everything again from the beginning, or from --since")
    .option("--reset", "forget where the reads stand, and begin at --since")
    .option("--allow-open-day", "read the day that is not over, too")
    .option("--max-reject-share <share>", "exit 3 above this share of refused records (default: the config's, 0.01)", shareInPpm)
    .option("--dry-run", "say which slices would be read, and read none")
    .option("--list", "show each read: grain, key, cursor, lateness, permission")
    .option("--gaps", "show which time was read, and what is missing; exits 5 when there is a gap")
    .action((input: ExtractInput) =>
      execute({
        command: "extract",
        config: "required",
        withoutSecrets: input.list === true,
        isRecorded: !(input.list || input.gaps || input.dryRun),
        run: async (context) => (await import("../commands/extract.ts")).run(context, input),
      }),
    );
}

function names(text: string, before: readonly string[] = []): readonly string[] {
  return [...before, ...text.split(",").map((name) => name.trim())].filter((name) => name !== "");
}

/** A day begins at 00:00 UTC. A local time would mean another instant on every machine. */
function instant(text: string): number {
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(text);
  const isInstant = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d{1,3})?)?Z$/.test(text);
  const value = isDay || isInstant ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(value)) throw new InvalidArgumentError("Expected a day like 2026-01-01, or an instant like 2026-01-01T12:00Z.");
  if (isDay && new Date(value).toISOString().slice(0, 10) !== text) throw new InvalidArgumentError(`There is no ${text}.`);
  return value;
}
