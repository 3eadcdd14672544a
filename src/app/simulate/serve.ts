import type { Output } from "../../ports/output.ts";
import type { OpenSimulator, SimulatorOptions } from "../../ports/simulator.ts";

export interface ServeInput {
  readonly open: OpenSimulator;
  readonly options: SimulatorOptions;
  readonly output: Pick<Output, "note">;
  readonly signal: AbortSignal;
}

/** Serves until it is told to stop; then says how much was asked of it. */
export async function serveSimulation({
  open,
  options,
  output,
  signal,
}: ServeInput): Promise<{ readonly url: string; readonly requests: number }> {
  const simulator = await open(options);
  try {
    output.note(`listening on ${simulator.url}`);
    if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
    return { url: simulator.url, requests: simulator.requests() };
  } finally {
    await simulator.close();
  }
}
