import type { PayloadKind, PointsPayload } from "../../../domain/deliver/message.ts";
import type { Outcome } from "../../../domain/deliver/outcome.ts";
import type { ShareToken } from "../../../ports/access-token.ts";
import type { FlairView, OutgoingMessage, RecognitionHost } from "../../../ports/recognition-host.ts";
import { politeClient } from "../../http/client.ts";
import { type EndpointChoice, findEndpoints } from "../../sources/genesys/endpoints.ts";
import { type Credentials, requestToken } from "../../sources/genesys/token.ts";
import { renderFlair } from "../attributes.ts";
import { outcomeOf, outcomeOfTrouble, refused } from "../outcomes.ts";
import { parsePayload } from "../payload.ts";
import {
  type HostLimits,
  type HostNeeds,
  hostClientOptions,
  hostCounts,
  inChunks,
  longestSendMs,
  readerClientOptions,
} from "../polite-host.ts";
import { type AskHost, askHost } from "./ask-host.ts";
import { adjustChallenge, giveAward, guideNames, readFlair, setFlair } from "./guide.ts";
import { addMetricData, mostMetricItems, platformNames, readCustomAttributes, schemaInUse, setCustomAttributes } from "./platform.ts";

export interface GenesysHostSettings extends HostLimits {
  readonly badges: Readonly<Record<string, string>>;
  readonly metrics: Readonly<Record<string, string>>;
  readonly schemaId: string | null;
  readonly schemaVersion: number | null;
}

export interface GenesysAccess extends EndpointChoice, Credentials {
  readonly contract: "guide" | "platform";
}

export interface GenesysHostNeeds extends HostNeeds {
  readonly shareToken: ShareToken;
}

/** Token endpoints throttle long before the API does. */
const tokenRequestsPerMinute = 10;
const chunkPerFlight = 8;

/** Calls nobody yet: the first message asks for a token. */
export function openGenesysHost(settings: GenesysHostSettings, access: GenesysAccess, needs: GenesysHostNeeds): RecognitionHost {
  const endpoints = findEndpoints(access);
  const options = hostClientOptions(settings, needs);
  const login = politeClient({
    ...options,
    origins: [endpoints.login.origin],
    limit: { requestsPerMinute: tokenRequestsPerMinute, floorPerMinute: 1, burst: 3 },
    token: null,
  });
  const token = needs.shareToken(
    { name: `genesys:${endpoints.login.host}:${access.clientId}`, secret: access.clientSecret },
    requestToken(login, endpoints.login, access.contract, access),
  );
  const client = politeClient({ ...options, origins: [endpoints.api.origin], token });
  const reader = politeClient({ ...readerClientOptions(settings, needs), origins: [endpoints.api.origin], token });
  const asks = { tell: askHost(client, endpoints.api), read: askHost(reader, endpoints.api) };
  const behaviour = access.contract === "guide" ? guideHost(asks, settings, needs.now) : platformHost(asks, settings);
  return {
    name: settings.name,
    inFlight: settings.inFlight,
    longestSendMs: longestSendMs(settings),
    pauseMs: () => client.pauseMs(),
    counts: () => hostCounts(client.counts()),
    close: async () => undefined,
    ...behaviour,
  };
}

/** Telling makes one attempt, reading as many as it takes. */
interface Asks {
  readonly tell: AskHost;
  readonly read: AskHost;
}

type Behaviour = Pick<RecognitionHost, "batchSize" | "send" | "flair">;

function guideHost({ tell: ask, read }: Asks, { badges, inFlight }: GenesysHostSettings, now: () => number): Behaviour {
  const sendOne = (message: OutgoingMessage) =>
    outcomeOf(message, async (payload) => {
      switch (payload.kind) {
        case "award":
          return giveAward(ask, badges, message.idempotencyKey, payload);
        case "flair":
          return setFlair(ask, payload);
        case "adjustment":
          return adjustChallenge(ask, payload, now());
        default:
          return lacks(payload.kind);
      }
    });
  return {
    batchSize: () => 1,
    send: (messages) => Promise.all(messages.map(sendOne)),
    flair: view(guideNames, inFlight, (nativeId) => readFlair(read, nativeId)),
  };
}

function platformHost({ tell: ask, read }: Asks, { metrics, schemaId, schemaVersion, inFlight }: GenesysHostSettings): Behaviour {
  const schema = schemaId === null ? null : schemaInUse(ask, schemaId, schemaVersion);
  const sendOne = (message: OutgoingMessage) =>
    outcomeOf(message, async (payload) =>
      payload.kind === "flair" && schema !== null ? setCustomAttributes(ask, schema, payload) : lacks(payload.kind),
    );
  const sendPoints = async (messages: readonly OutgoingMessage[]): Promise<readonly Outcome[]> => {
    const payloads = messages.map(({ payload }) => parsePayload(payload));
    const points = payloads.filter((payload): payload is PointsPayload => payload?.kind === "points");
    if (points.length !== messages.length) return messages.map(() => refused("the payload is none this version knows"));
    const outcomes = await outcomeOfTrouble(() => addMetricData(ask, metrics, points));
    return "kind" in outcomes ? messages.map(() => outcomes) : outcomes;
  };
  return {
    batchSize: (kind) => (kind === "points" ? mostMetricItems : 1),
    send: (messages) => (messages[0]?.kind === "points" ? sendPoints(messages) : Promise.all(messages.map(sendOne))),
    flair: schemaId === null ? null : view(platformNames, inFlight, (nativeId) => readCustomAttributes(read, schemaId, nativeId)),
  };
}

function lacks(kind: PayloadKind): Outcome {
  return refused(`the platform has no call for "${kind}" under this contract`);
}

function view(names: typeof guideNames, inFlight: number, read: (nativeId: string) => ReturnType<typeof readFlair>): FlairView {
  return {
    render: (payload) => renderFlair(names, payload),
    shown: (recipients) =>
      inChunks(recipients, inFlight * chunkPerFlight, async ({ agentId, nativeId }) => ({ agentId, shown: await read(nativeId) })),
  };
}
