import { Command } from "commander";
import { addChallenges } from "./program/challenges.ts";
import { addCompletion } from "./program/completion.ts";
import { addDbt } from "./program/dbt.ts";
import type { Execute } from "./program/declare.ts";
import { addEvaluate } from "./program/evaluate.ts";
import { addExplain } from "./program/explain.ts";
import { addExtract } from "./program/extract.ts";
import { addFlair } from "./program/flair.ts";
import { addHoldout } from "./program/holdout.ts";
import { addIdentity } from "./program/identity.ts";
import { addImport } from "./program/import.ts";
import { addMilestones } from "./program/milestones.ts";
import { addOutbox } from "./program/outbox.ts";
import { addProject } from "./program/project.ts";
import { addRoi } from "./program/roi.ts";
import { addRuns } from "./program/runs.ts";
import { addSimulate } from "./program/simulate.ts";
import { addState } from "./program/state.ts";
import { addWarehouse } from "./program/warehouse.ts";

/** Flags every command takes, before or behind its own. */
export interface GlobalFlags {
  readonly config?: string;
  readonly json?: true;
  readonly quiet?: true;
  readonly verbose?: true;
}

export interface ProgramOptions {
  readonly version: string;
  readonly execute: Execute;
  readonly writeOut: (text: string) => void;
}

/**
 * The command tree. Unknown flags are refused, with the near one suggested; help goes to `writeOut`,
 * and every fault of the command line is thrown as CommanderError, because only main ends the process.
 */
export function buildProgram(options: ProgramOptions): Command {
  const program = buildCommands(options);
  addCompletion(program, () => buildCommands(options));
  return program;
}

function buildCommands({ version, execute, writeOut }: ProgramOptions): Command {
  const program = new Command("gami")
    .description("Contact-centre work in, points, badges and an honest ROI out: batch ETL, dbt star schema, reports.")
    .version(version, "-V, --version", "print the version")
    .option("--config <file>", "the config to use (default: gami.config.yaml here or in a folder above)")
    .option("--json", "print one JSON object on stdout")
    .option("-q, --quiet", "no progress and no remarks, only warnings and errors")
    .option("-v, --verbose", "say more about what happens")
    .configureHelp({ showGlobalOptions: true, sortSubcommands: false })
    .configureOutput({ writeOut, writeErr: () => undefined, outputError: () => undefined })
    .showSuggestionAfterError()
    .exitOverride()
    .addHelpText("after", "\nStart with 'gami init'. Help for one command: gami <command> --help");
  addProject(program, execute);
  addImport(program, execute);
  addExtract(program, execute);
  addIdentity(program, execute);
  addDbt(program, execute);
  addRoi(program, execute);
  addHoldout(program, execute);
  addMilestones(program, execute);
  addEvaluate(program, execute);
  addExplain(program, execute);
  addChallenges(program, execute);
  addFlair(program, execute);
  addOutbox(program, execute);
  addRuns(program, execute);
  addSimulate(program, execute);
  addState(program, execute);
  addWarehouse(program, execute);
  return program;
}
