import { type HostSettings, type OpenHostOptions, openHost } from "../../src/adapters/hosts/open-host.ts";
import type { GrantedToken, RequestToken, TokenSource } from "../../src/ports/access-token.ts";
import type { RecognitionHost } from "../../src/ports/recognition-host.ts";

/** A clock that sleeping moves: what would take minutes takes none, and a Retry-After is kept all the same. */
export function movingClock() {
  let ahead = 0;
  return {
    now: () => Date.now() + ahead,
    sleep: async (milliseconds: number) => {
      ahead += milliseconds;
      // Whoever else is ready gets a turn.
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
}

export type MovingClock = ReturnType<typeof movingClock>;

/** Access to the simulator as both platforms, under the contract asked for. */
export function sourcesAt(url: string, contract: "guide" | "platform", secret = "sim-secret"): OpenHostOptions["sources"] {
  return {
    genesys: { contract, region: null, baseUrl: url, loginUrl: url, clientId: "sim-client", clientSecret: secret },
    cxone: {
      baseUrl: url,
      loginUrl: url,
      apiVersion: "32.0",
      clientId: "sim-client@gami",
      clientSecret: secret === "sim-secret" ? "sim secret+" : secret,
      accessKeyId: "SIMKEY7Q====",
      accessKeySecret: "SIMSECRETXYZ====",
    },
  };
}

export const hostLimits = { name: "the-host", requestsPerMinute: null, inFlight: 4, timeoutSeconds: 5 };

/** What the simulator knows: a badge, a metric of points and the schema of its custom attributes. */
export const genesysHost = {
  kind: "genesys",
  ...hostLimits,
  badges: { "aht-gold": "b-gold" },
  metrics: { aht: "em-points" },
  schemaId: "schema-flair",
  schemaVersion: null,
} as const;

export function openHostFor(
  settings: HostSettings,
  sources: OpenHostOptions["sources"],
  clock: MovingClock = movingClock(),
  random: () => number = () => 0.5,
): Promise<RecognitionHost> {
  return openHost([settings], settings.name, { sources, ...clock, random, onWarning: () => undefined, shareToken: ownToken });
}

function ownToken(_client: unknown, request: RequestToken): TokenSource {
  let asking: Promise<GrantedToken> | null = null;
  const fresh = async () => {
    const asked = request(null);
    asking = asked;
    asked.catch(() => {
      asking = null;
    });
    return (await asked).authorization;
  };
  return { current: async () => (asking === null ? fresh() : (await asking).authorization), renew: fresh };
}

export interface Written {
  readonly place: string;
  readonly content: unknown;
}

/** What the simulator was told and keeps. */
export async function writtenAt(url: string, prefix: string): Promise<Written[]> {
  const answer: { written: Written[] } = JSON.parse(
    await (await fetch(`${url}/_simulator/written?prefix=${encodeURIComponent(prefix)}`)).text(),
  );
  return answer.written;
}
