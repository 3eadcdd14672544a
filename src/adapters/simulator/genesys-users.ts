import { json, type Reply } from "./exchange.ts";
import { notFound } from "./genesys-errors.ts";
import { findListed } from "./people.ts";
import type { SimulatorState } from "./state.ts";

/** Somebody whose profile can be written: not unknown, and not deleted by the organisation. */
export function isUser({ centre, written, now }: SimulatorState, id = ""): boolean {
  return findListed(centre.world, id, now) !== null && !written.has(placeOf(id));
}

/** What was read of the person's work before stays readable. */
export function deleteUser(state: SimulatorState, id = ""): Reply {
  if (!isUser(state, id)) return notFound("user");
  state.written.set(placeOf(id), JSON.stringify({ state: "deleted" }));
  return json({ id, state: "deleted" });
}

function placeOf(id: string): string {
  return `deleted ${id}`;
}
