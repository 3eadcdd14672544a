import type { Route } from "./exchange.ts";
import type { SimulatorState } from "./state.ts";

export function truthRoutes(_state: SimulatorState): Route[] {
  return [];
}
