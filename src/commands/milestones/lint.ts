import { readMilestonesOf } from "../../config/milestones/of-config.ts";
import { faultText, type ReadMilestones, readMilestones } from "../../config/milestones/read.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";

export interface LintMilestonesInput {
  /** Empty: those of the config. */
  readonly places: readonly string[];
  readonly strict?: true;
}

export async function run({ deps }: CommandContext, { places, strict }: LintMilestonesInput): Promise<CommandResult> {
  const read = places.length > 0 ? readMilestones(places) : readMilestonesOf(deps.config);
  const { files, definitions, faults } = read;
  const errors = faults.filter(({ level }) => level === "error").length;
  const isWrong = errors > 0 || (strict === true && faults.length > 0);
  return {
    exitCode: isWrong ? exitCodes.usage : exitCodes.done,
    status: isWrong ? "faults_found" : "done",
    json: { files, definitions: definitions.length, errors, warnings: faults.length - errors, faults },
    text: [...faults.map(faultText), summary(read, errors)].join("\n"),
  };
}

function summary({ files, definitions, faults }: ReadMilestones, errors: number): string {
  if (files.length === 0 && faults.length === 0) return "there are no files of definitions to check";
  const warnings = faults.length - errors;
  return `files ${files.length}, definitions ${definitions.length}, errors ${errors}, warnings ${warnings}`;
}
