import type { Route } from "./exchange.ts";
import type { SimulatorState } from "./state.ts";

export function cxoneRoutes(_state: SimulatorState): Route[] {
  return [];
}
