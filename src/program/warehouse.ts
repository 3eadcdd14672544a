import { type Command, Option } from "commander";
import type { ResetCursorInput } from "../commands/cursors/reset.ts";
import type { ListQuarantineInput } from "../commands/quarantine/list.ts";
import type { RetryQuarantineInput } from "../commands/quarantine/retry.ts";
import type { MigrateWarehouseInput } from "../commands/warehouse/migrate.ts";
import type { RebuildWarehouseInput } from "../commands/warehouse/rebuild.ts";
import { command, type Execute, noun, wholeNumber } from "./declare.ts";

/** What looks after loaded data: the quarantine, the cursors and the warehouse itself. */
export function addWarehouse(program: Command, execute: Execute): void {
  addQuarantine(program, execute);
  addCursors(program, execute);
  addRebuildAndVerify(program, execute);
}

function addRebuildAndVerify(program: Command, execute: Execute): void {
  const warehouse = noun(program, "warehouse", "Make the warehouse again from the archive, check it, or move it");
  command(warehouse, {
    name: "rebuild",
    summary: "Make raw and meta tables again from the archive",
    description:
      "Makes raw and meta tables again from the archive, with the same batch numbers and times, and swaps the new file in at the end. " +
      "The models come back with the next 'gami dbt build'.",
    examples: [
      "gami warehouse rebuild",
      "gami warehouse rebuild --remap",
      "gami warehouse rebuild --source csv:bank --mapping calls.mapping.yaml",
    ],
  })
    .option("--remap", "map the archived source records again first")
    .option("--mapping <file>", "map the archived CSV records by this mapping now")
    .option("--source <name>", "map only this source's records again, like csv:bank")
    .action((options: RebuildWarehouseInput) =>
      execute({
        command: "warehouse rebuild",
        config: "required",
        isRecorded: true,
        run: async (context) => (await import("../commands/warehouse/rebuild.ts")).run(context, options),
      }),
    );
  command(warehouse, {
    name: "verify",
    summary: "Check the warehouse against its archive and its own rules",
    examples: ["gami warehouse verify", "gami warehouse verify --json"],
  }).action(() =>
    execute({
      command: "warehouse verify",
      config: "required",
      isRecorded: true,
      run: async (context) => (await import("../commands/warehouse/verify.ts")).run(context),
    }),
  );
  command(warehouse, {
    name: "cost",
    summary: "What reading the tables would bill, by dry runs",
    description:
      "Asks BigQuery by dry runs, which are free, how many bytes each batch reads of the raw tables it is compared with, and how many " +
      "they have in all. warehouse.bigquery.maximumGigabytesBilled sets a limit.",
    examples: ["gami warehouse cost"],
  }).action(() =>
    execute({
      command: "warehouse cost",
      config: "required",
      isRecorded: false,
      run: async (context) => (await import("../commands/warehouse/cost.ts")).run(context),
    }),
  );
  command(warehouse, {
    name: "migrate",
    summary: "Load the archive into another kind of warehouse and compare the two",
    description:
      "Loads every archived batch into the warehouse described under warehouse.KIND in the config, with the same numbers and times, " +
      "and compares batches, totals and content. The one in use is only read; the config decides when it is changed over.",
    examples: ["gami warehouse migrate --to snowflake --dry-run", "gami warehouse migrate --to bigquery"],
  })
    .addOption(new Option("--to <kind>", "where to").choices(["duckdb", "snowflake", "bigquery"]).makeOptionMandatory())
    .option("--dry-run", "only say how much would be loaded")
    .action((options: MigrateWarehouseInput) =>
      execute({
        command: "warehouse migrate",
        config: "required",
        isRecorded: true,
        run: async (context) => (await import("../commands/warehouse/migrate.ts")).run(context, options),
      }),
    );
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
  addRetry(quarantine, execute);
}

function addRetry(quarantine: Command, execute: Execute): void {
  command(quarantine, {
    name: "retry",
    summary: "Map refused records again and load those that pass now",
    examples: [
      "gami quarantine retry --dry-run",
      "gami quarantine retry --source csv:bank",
      "gami quarantine retry --source csv:bank --mapping calls.mapping.yaml",
    ],
  })
    .option("--source <name>", "only this source, like csv:bank")
    .option("--batch <id>", "only the records of this batch")
    .option("--mapping <file>", "the corrected mapping; without it the one that read them first")
    .option("--dry-run", "only say how many would be taken in")
    .action((options: RetryQuarantineInput) =>
      execute({
        command: "quarantine retry",
        config: "required",
        isRecorded: true,
        run: async (context) => (await import("../commands/quarantine/retry.ts")).run(context, options),
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
