import { relative } from "node:path";
import {
  folderMarker,
  simulatedFileNames,
  truthFile,
  type WrittenSimulation,
  writeSimulationFiles,
} from "../../app/simulate/write-files.ts";
import { parameterFaults } from "../../domain/simulate/parameters.ts";
import { UsageError } from "../../errors.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { type CentreInput, parametersOf } from "./centre.ts";

export interface SimulateFilesInput extends CentreInput {
  readonly out: string;
}

/** `gami simulate files`: a contact centre that never was, as CSV files with mappings and the truth about it. */
export async function run({ deps, signal }: CommandContext, input: SimulateFilesInput): Promise<CommandResult> {
  const parameters = parametersOf(input);
  const faults = parameterFaults(parameters);
  if (faults.length > 0)
    throw new UsageError(`cannot simulate this: ${faults.join("; ")}`, { code: "SIMULATION_PARAMETERS", hint: hintFor(input) });
  const folder = await deps.outputFolder({ path: input.out, names: simulatedFileNames, marker: folderMarker });
  try {
    const simulation = await writeSimulationFiles({ parameters, folder, output: deps.output, signal });
    return {
      exitCode: exitCodes.done,
      status: "done",
      json: { folder: folder.path, ...simulation },
      text: summaryText(simulation, input.out),
    };
  } finally {
    await folder.close();
  }
}

function hintFor({ eventsTarget }: SimulateFilesInput): string {
  return eventsTarget === undefined
    ? "see 'gami simulate files --help' for the ranges"
    : "give more or fewer --agents or --days for this many events";
}

function summaryText({ files, interactions, people, effects, span }: WrittenSimulation, out: string): string {
  const place = relative(".", out) === "" ? "." : relative(".", out);
  const megabytes = files.reduce((sum, { bytes }) => sum + bytes, 0) / 1e6;
  return [
    `${people.people} agents, ${span.from} to ${span.to}: ${interactions.handled?.toLocaleString("en-US")} handled interactions, ${megabytes.toFixed(1)} MB in ${place}`,
    `true effect on handle time: ${(effects.handleMs / 1_000).toFixed(2)} s per contact; everything else that is true stands in ${place}/${truthFile}`,
    `next: gami import csv ${place}/*.csv`,
  ].join("\n");
}
