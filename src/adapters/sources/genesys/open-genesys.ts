import { setTimeout as sleep } from "node:timers/promises";
import type { ShareToken } from "../../../ports/access-token.ts";
import type { Platform } from "../../../ports/platform.ts";
import { type PoliteClientOptions, politeClient, usualFirstAnswerMs } from "../../http/client.ts";
import { warnOnce } from "../../http/warn-once.ts";
import { type EndpointChoice, findEndpoints } from "./endpoints.ts";
import { genesysPlatform } from "./platform.ts";
import { type PersonalData, pseudonymWith } from "./scrub.ts";
import { type Credentials, requestToken } from "./token.ts";

export interface GenesysSettings extends EndpointChoice, Credentials {
  readonly contract: "guide" | "platform";
  readonly requestsPerMinute: number;
  readonly inFlight: number;
  readonly lagMinutes: number;
  readonly jobPollMs: number;
  readonly lateEvaluations: "search" | "backfill";
  readonly agentZones: "workforce" | "organisation";
  readonly personalData: PersonalData;
}

export interface OpenGenesysOptions {
  readonly settings: GenesysSettings;
  readonly pseudonymKey: Buffer;
  /** One token for all processes: told the client's name and how to ask for a new one. */
  readonly shareToken: ShareToken;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly onWarning: (text: string) => void;
}

/** Token endpoints throttle long before the API does. */
const tokenRequestsPerMinute = 10;

/** Calls nobody yet: the first request asks for a token. @throws ConfigError for a region that is none. */
export function openGenesys({ settings, pseudonymKey, shareToken, now, signal, onWarning }: OpenGenesysOptions): Platform {
  const endpoints = findEndpoints(settings);
  const wait = (milliseconds: number) => sleep(milliseconds, undefined, { signal });
  const common: Pick<PoliteClientOptions, "now" | "random" | "sleep" | "signal" | "onWarning" | "inFlight"> = {
    now,
    random: Math.random,
    sleep: wait,
    signal,
    onWarning: warnOnce(onWarning),
    inFlight: settings.inFlight,
  };
  const login = politeClient({
    ...common,
    platform: "genesys",
    origins: [endpoints.login.origin],
    limit: { requestsPerMinute: tokenRequestsPerMinute, floorPerMinute: 1, burst: 3 },
    token: null,
    firstAnswerMs: usualFirstAnswerMs,
  });
  const perMinute = settings.requestsPerMinute;
  const client = politeClient({
    ...common,
    platform: "genesys",
    origins: [endpoints.api.origin],
    limit: { requestsPerMinute: perMinute, floorPerMinute: Math.max(1, Math.floor(perMinute / 10)), burst: settings.inFlight },
    token: shareToken(
      { name: `genesys:${endpoints.login.host}:${settings.clientId}`, secret: settings.clientSecret },
      requestToken(login, endpoints.login, settings.contract, settings),
    ),
    firstAnswerMs: usualFirstAnswerMs,
  });
  const download = async (url: URL) => {
    const limit = { requestsPerMinute: perMinute, floorPerMinute: 1, burst: 1 };
    const plain = politeClient({ ...common, platform: "genesys", origins: [url.origin], limit, token: null });
    return (await plain.send({ method: "GET", url })).body;
  };
  return genesysPlatform({
    contract: settings.contract,
    lateEvaluations: settings.lateEvaluations === "search",
    hasWorkforce: settings.agentZones === "workforce",
    connection: { client, download, api: endpoints.api, sleep: wait, pollMs: settings.jobPollMs, now, lagMs: settings.lagMinutes * 60_000 },
    clients: [client, login],
    personalData: settings.personalData,
    pseudonym: pseudonymWith(pseudonymKey),
  });
}
