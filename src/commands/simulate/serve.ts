import { serveSimulation } from "../../app/simulate/serve.ts";
import { parameterFaults } from "../../domain/simulate/parameters.ts";
import { UsageError } from "../../errors.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { type CentreInput, parametersOf } from "./centre.ts";

export interface SimulateServeInput extends CentreInput {
  readonly port: number;
  readonly fault?: Readonly<Record<string, number>>;
  readonly requestsPerMinute?: number;
  readonly now?: string;
  readonly tokenSeconds: number;
  readonly pageCacheMb: number;
  readonly eventsPerPage?: number;
}

/** `gami simulate serve`: both platforms under both contracts, until it is stopped. */
export async function run({ deps, signal }: CommandContext, input: SimulateServeInput): Promise<CommandResult> {
  const parameters = parametersOf(input);
  const faults = parameterFaults(parameters);
  const now = input.now === undefined ? null : Date.parse(input.now);
  if (Number.isNaN(now)) faults.push(`now ${input.now}: expected an instant like 2026-02-01T00:00:00Z`);
  if (faults.length > 0) {
    throw new UsageError(`cannot simulate this: ${faults.join("; ")}`, {
      code: "SIMULATION_PARAMETERS",
      hint: "see 'gami simulate serve --help' for the ranges",
    });
  }
  const served = await serveSimulation({
    open: await deps.simulator(),
    output: deps.output,
    signal,
    options: {
      parameters,
      now,
      port: input.port,
      faults: input.fault ?? {},
      requestsPerMinute: input.requestsPerMinute ?? null,
      tokenSeconds: input.tokenSeconds,
      pageCacheBytes: input.pageCacheMb * 1e6,
      eventsPerPage: input.eventsPerPage ?? null,
    },
  });
  return { exitCode: exitCodes.done, status: "done", json: served, text: `answered ${served.requests} requests` };
}
