import { fieldOf, instantOfText, isoText, json, listField, numberField, type Reply, type Route, textField } from "./exchange.ts";
import { type Fault, faultNames, isFaultName } from "./faults.ts";
import type { SimulatorState } from "./state.ts";
import { writtenRoute } from "./webhook-receiver.ts";

/** Routes of the simulator about itself: its clock, its faults, what it counted. The truth has its own file. */
export function control(state: SimulatorState, counts: () => Readonly<Record<string, unknown>>): Route[] {
  const route = (method: Route["method"], name: string, answer: Route["answer"]): Route => ({
    method,
    path: `/_simulator/${name}`,
    platform: null,
    answer,
  });
  return [
    route("GET", "health", () => json({ status: "ok" })),
    route("GET", "counts", () =>
      json({ ...counts(), tokensIssued: state.tokens.issued(), jobsSubmitted: state.submitted, written: state.written.size }),
    ),
    route("GET", "clock", () => json({ now: isoText(state.now) })),
    route("POST", "clock", ({ body }) => setClock(state, body)),
    writtenRoute(state),
    route("GET", "faults", () => json({ faults: state.faults.list(), known: faultNames })),
    route("POST", "faults", ({ body }) => setFaults(state, body)),
  ];
}

function setClock(state: SimulatorState, body: unknown): Reply {
  const now = instantOfText(textField(body, "now"));
  const advance = numberField(body, 0, "advanceMs");
  if (now === null && advance === 0) return { status: 400, json: { message: "expected now (ISO-8601) or advanceMs" } };
  state.now = (now ?? state.now) + advance;
  return json({ now: isoText(state.now) });
}

/** `{ "faults": { "throttle": 0.1 } }` or `{ "faults": [{ "name": "throttle", "rate": 1, "path": "/users", "times": 3 }] }`: replaces what was set. */
function setFaults({ faults }: SimulatorState, body: unknown): Reply {
  const wanted = fieldOf(body, "faults");
  const entries = Array.isArray(wanted)
    ? listField(body, "faults")
    : Object.entries(typeof wanted === "object" && wanted !== null ? wanted : {}).map(([name, rate]) => ({ name, rate }));
  const parsed: Fault[] = [];
  for (const entry of entries) {
    const name = textField(entry, "name") ?? "";
    const rate = numberField(entry, 1, "rate");
    if (!isFaultName(name) || rate < 0 || rate > 1)
      return {
        status: 400,
        json: { message: `fault ${name} at ${rate}: expected a rate from 0 to 1 and one of ${Object.keys(faultNames).join(", ")}` },
      };
    const path = textField(entry, "path");
    const method = textField(entry, "method");
    const times = fieldOf(entry, "times");
    parsed.push({
      name,
      rate,
      ...(path === null ? {} : { path }),
      ...(method === null ? {} : { method }),
      ...(typeof times === "number" ? { times } : {}),
    });
  }
  faults.retryAfterSeconds = numberField(body, faults.retryAfterSeconds, "retryAfterSeconds");
  faults.slowMs = numberField(body, faults.slowMs, "slowMs");
  faults.set(parsed);
  return json({ faults: faults.list() });
}
