import { isoText, json, type Route } from "./exchange.ts";
import type { SimulatorState } from "./state.ts";

/** A receiver of webhooks that takes everything and remembers it, for tests to look at. Faults strike here as anywhere. */
export function webhookReceiver(state: SimulatorState): Route[] {
  return [
    {
      method: "POST",
      path: "/_webhook/:name",
      platform: null,
      answer: ({ params, bodyText, header }) => {
        const headers = Object.fromEntries(["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => [name, header(name)]));
        state.written.set(
          `webhook ${params.name} ${state.written.size}`,
          JSON.stringify({ at: isoText(state.now), headers, body: bodyText }),
        );
        return { status: 204 };
      },
    },
  ];
}

/** Everything written, by its place: awards, attributes, custom attributes, metric data, challenges, contests, received webhooks. */
export function writtenRoute({ written }: SimulatorState): Route {
  return {
    method: "GET",
    path: "/_simulator/written",
    platform: null,
    answer: ({ query }) => {
      const prefix = query.get("prefix") ?? "";
      const found = [...written].filter(([place]) => place.startsWith(prefix));
      return json({ written: found.map(([place, text]) => ({ place, content: JSON.parse(text) })) });
    },
  };
}
