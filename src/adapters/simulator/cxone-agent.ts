import { agentIdOf, userIdOf } from "./cxone-ids.ts";
import { type Asked, fieldOf, json, type Reply, type Route } from "./exchange.ts";
import { directoryAt, type Listed } from "./people.ts";
import type { SimulatorState } from "./state.ts";

/** One agent, read and changed: the five custom fields are the only place of an agent's record that is free for others. */
export function cxoneAgent(state: SimulatorState): Route[] {
  const path = "/incontactapi/services/:version/agents/:id";
  const route = (method: Route["method"], permission: string, answer: Route["answer"]): Route => ({
    method,
    path,
    permission,
    answer,
    platform: "cxone",
  });
  return [
    route("GET", "Admin > Employees view", ({ params }) => {
      const found = find(state, params.id ?? "");
      return found === null ? nobody(params.id ?? "") : json({ agents: [agentOf(state, params.id ?? "", found)] });
    }),
    route("PUT", "Admin > Employees edit", (asked) => change(state, asked)),
  ];
}

const customFields = ["custom1", "custom2", "custom3", "custom4", "custom5"];

function find({ centre, now }: SimulatorState, id: string): Listed | null {
  return directoryAt(centre.world, now).find(({ agent }) => String(agentIdOf(centre.world, agent.nativeId)) === id) ?? null;
}

function nobody(id: string): Reply {
  return { status: 404, headers: { icStatusDescription: "InvalidAgentId" }, json: { error: "NotFound", error_description: `agent ${id}` } };
}

function agentOf({ written }: SimulatorState, id: string, { firstName, lastName, isActive, email }: Listed) {
  const known: unknown = JSON.parse(written.get(`agent ${id}`) ?? "{}");
  return {
    agentId: Number(id),
    userId: userIdOf(Number(id)),
    userName: email,
    firstName,
    lastName,
    isActive,
    ...Object.fromEntries(customFields.map((name) => [name, ""])),
    ...(typeof known === "object" ? known : {}),
  };
}

function change(state: SimulatorState, { params, body }: Asked): Reply {
  const id = params.id ?? "";
  if (find(state, id) === null) return nobody(id);
  const given = customFields.flatMap((name) => {
    const value = fieldOf(body, "agent", name);
    return typeof value === "string" ? [[name, value] as const] : [];
  });
  if (given.length === 0) return { status: 400, headers: { icStatusDescription: "Invalid agent" }, text: "" };
  const known: unknown = JSON.parse(state.written.get(`agent ${id}`) ?? "{}");
  state.written.set(`agent ${id}`, JSON.stringify({ ...(typeof known === "object" ? known : {}), ...Object.fromEntries(given) }));
  return { status: 204 };
}
