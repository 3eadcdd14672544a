import type { Command } from "commander";
import type { ImportCsvInput } from "../commands/import/csv.ts";
import { command, type Execute, noun, shareInPpm, wholeNumber } from "./declare.ts";

type ImportCsvFlags = Omit<ImportCsvInput, "files">;

export function addImport(program: Command, execute: Execute): void {
  const imports = noun(program, "import", "Load files into the warehouse");
  command(imports, {
    name: "csv",
    summary: "Load CSV files by a declarative mapping",
    description:
      "Reads each FILE by its mapping (FILE with .mapping.yaml instead of its extension, or --mapping) and loads it into the warehouse. " +
      "Importing a file again adds nothing. Rows that cannot be read go to quarantine with line, column, value and reason; above the allowed share of them the exit code is 3.",
    examples: [
      "gami import csv calls.csv --infer > calls.mapping.yaml",
      "gami import csv calls.csv --dry-run",
      "gami import csv calls.csv",
      "gami import csv january.csv february.csv --mapping calls.mapping.yaml --json",
    ],
  })
    .argument("<file...>", "the files to load")
    .option("--mapping <file>", "the mapping for all files (default: the one beside each)")
    .option("--infer", "propose a mapping for one file on stdout and load nothing")
    .option("--dry-run", "read, map and check everything, and write nothing")
    .option("--again", "load what is in already as if it were new")
    .option("--max-reject-share <share>", "exit 3 above this share of rejected rows (default: the config's, 0.01)", shareInPpm)
    .option(
      "--batch-rows <n>",
      "rows per batch (default and most: 122880); the same rows cut otherwise are other batches",
      wholeNumber(1, 122_880),
    )
    .action((files: string[], flags: ImportCsvFlags) =>
      execute({
        command: "import csv",
        config: flags.infer ? "optional" : "required",
        isRecorded: !(flags.infer || flags.dryRun),
        run: async (context) => (await import("../commands/import/csv.ts")).run(context, { ...flags, files }),
      }),
    );
}
