import type { Command } from "commander";
import type { DbtInput } from "../commands/dbt.ts";
import { command, type Execute, noun } from "./declare.ts";

interface DbtFlags {
  readonly select?: readonly string[];
  readonly fullRefresh?: true;
  readonly unitTests?: true;
}

/** dbt's commands that make sense on a schedule; plain dbt works too, in the project's own folder. */
export function addDbt(program: Command, execute: Execute): void {
  const dbt = noun(program, "dbt", "Build and test the star schema with dbt");
  verb(dbt, execute, ["build"], "Build all models and run their data tests", [
    "gami dbt build",
    "gami dbt build --select +fct_agent_day",
    "gami dbt build --full-refresh --json",
  ]);
  verb(dbt, execute, ["run"], "Build models without tests", ["gami dbt run --select dim_agent"]);
  verb(dbt, execute, ["test"], "Run the data tests on what was built", ["gami dbt test", "gami dbt test --unit-tests"]);
  const docs = noun(dbt, "docs", "dbt's documentation of every table and column");
  verb(docs, execute, ["docs", "generate"], "Write dbt's documentation pages", ["gami dbt docs generate"]);
}

function verb(parent: Command, execute: Execute, words: readonly string[], summary: string, examples: readonly string[]): void {
  const name = words.at(-1) ?? "";
  const isBuilding = name === "build" || name === "run";
  const isTesting = name === "build" || name === "test";
  const declared = command(parent, { name, summary, examples })
    .argument("[arguments...]", "behind --: more arguments for dbt, as they are")
    .option("-s, --select <what...>", "dbt's node selection");
  if (isBuilding) declared.option("--full-refresh", "make incremental models again from all history");
  if (isTesting) declared.option("--unit-tests", "run the project's unit tests too");
  declared.action((rest: string[], flags: DbtFlags) => {
    const input: DbtInput = { ...flags, words, rest };
    return execute({
      command: `dbt ${words.join(" ")}`,
      config: "required",
      isRecorded: true,
      run: async (context) => (await import("../commands/dbt.ts")).run(context, input),
    });
  });
}
