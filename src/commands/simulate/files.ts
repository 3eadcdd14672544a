import { relative } from "node:path";
import {
  folderMarker,
  simulatedFileNames,
  truthFile,
  type WrittenSimulation,
  writeSimulationFiles,
} from "../../app/simulate/write-files.ts";
import {
  type Allocation,
  contactsForRows,
  defaultEffects,
  defaultOddities,
  parameterFaults,
  type SimulationParameters,
} from "../../domain/simulate/parameters.ts";
import { UsageError } from "../../errors.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";

export interface SimulateFilesInput {
  readonly seed: string;
  readonly agents: number;
  readonly days: number;
  readonly start: string;
  readonly out: string;
  /** About how many interaction and gamification rows to make; sets the contacts per agent and day. */
  readonly eventsTarget?: number;
  readonly allocation?: Allocation;
  /** True effect on handle time, seconds per contact. */
  readonly effectSeconds?: number;
  /** True effect on evaluations, points out of 100. */
  readonly effectPoints?: number;
  /** True hazard ratio of leaving. */
  readonly hazardRatio?: number;
}

const usualContactsPerDay = 25;

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

function parametersOf(input: SimulateFilesInput): SimulationParameters {
  const { seed, agents, days, start, eventsTarget, effectSeconds, effectPoints, hazardRatio } = input;
  return {
    seed,
    agents,
    days,
    start,
    contactsPerDay: eventsTarget === undefined ? usualContactsPerDay : contactsForRows(eventsTarget, agents, days),
    allocation: input.allocation ?? "random",
    effects: {
      ...defaultEffects,
      ...(effectSeconds === undefined ? {} : { handleMs: Math.round(effectSeconds * 1_000) }),
      ...(effectPoints === undefined ? {} : { qualityMilli: Math.round(effectPoints * 1_000) }),
      ...(hazardRatio === undefined ? {} : { hazardRatio }),
    },
    oddities: defaultOddities,
  };
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
