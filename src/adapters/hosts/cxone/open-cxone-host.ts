import type { ShareToken } from "../../../ports/access-token.ts";
import type { OutgoingMessage, RecognitionHost } from "../../../ports/recognition-host.ts";
import { type PoliteClient, politeClient } from "../../http/client.ts";
import { type CxoneTenant, discoverTenant } from "../../sources/cxone/discover.ts";
import { type CxoneCredentials, requestCxoneToken, secretOf } from "../../sources/cxone/token.ts";
import { outcomeOf, refused } from "../outcomes.ts";
import {
  type HostLimits,
  type HostNeeds,
  hostClientOptions,
  hostCounts,
  inChunks,
  longestSendMs,
  readerClientOptions,
} from "../polite-host.ts";
import { type AskAgent, fieldText, readAgentField, setAgentField } from "./agent-field.ts";

export interface CxoneHostSettings extends HostLimits {
  /** `custom1` to `custom5`. */
  readonly field: string;
}

export interface CxoneAccess extends CxoneCredentials {
  readonly baseUrl?: string | undefined;
  readonly loginUrl?: string | undefined;
  readonly businessUnitId?: string | undefined;
  readonly apiVersion: string;
}

export interface CxoneHostNeeds extends HostNeeds {
  readonly shareToken: ShareToken;
}

const issuer = "https://cxone.niceincontact.com";
const tokenRequestsPerMinute = 10;
const chunkPerFlight = 8;

/** The vendor's API whatever the source's contract: the guides' has nothing to write to. Calls nobody yet. */
export function openCxoneHost(settings: CxoneHostSettings, access: CxoneAccess, needs: CxoneHostNeeds): RecognitionHost {
  const options = hostClientOptions(settings, needs);
  const loginUrl = access.loginUrl ?? access.baseUrl ?? issuer;
  const login = politeClient({
    ...options,
    origins: [new URL(loginUrl).origin],
    limit: { requestsPerMinute: tokenRequestsPerMinute, floorPerMinute: 1, burst: 3 },
    token: null,
  });
  const token = needs.shareToken(
    { name: `cxone:${new URL(loginUrl).origin}:${access.clientId}`, secret: secretOf(access) },
    requestCxoneToken({ contract: "platform", loginUrl, credentials: access, client: login }),
  );
  const origins: string[] = [];
  const client = politeClient({ ...options, origins, token });
  const reader = politeClient({ ...readerClientOptions(settings, needs), origins, token });
  let tenant: Promise<CxoneTenant> | null = null;
  const discover = async () => {
    const found = await discoverTenant(login, loginUrl, await token.current(), {
      ...(access.baseUrl === undefined ? {} : { apiUrl: access.baseUrl }),
      ...(access.businessUnitId === undefined ? {} : { businessUnitId: access.businessUnitId }),
    });
    origins.push(new URL(found.apiUrl).origin);
    return found;
  };
  const askBy =
    (by: PoliteClient): AskAgent =>
    async (agentId, request) => {
      tenant ??= discover();
      const asked = tenant;
      asked.catch(() => {
        if (tenant === asked) tenant = null;
      });
      const { apiUrl } = await asked;
      const path = `/incontactapi/services/v${access.apiVersion}/agents/${encodeURIComponent(agentId)}`;
      return by.send({ ...request, url: new URL(path, apiUrl) });
    };
  const [ask, read] = [askBy(client), askBy(reader)];
  const sendOne = (message: OutgoingMessage) =>
    outcomeOf(message, async (payload) =>
      payload.kind === "flair" ? setAgentField(ask, settings.field, payload) : refused(`CXone has no call for "${payload.kind}"`),
    );
  return {
    name: settings.name,
    inFlight: settings.inFlight,
    longestSendMs: longestSendMs(settings),
    batchSize: () => 1,
    pauseMs: () => client.pauseMs(),
    send: (messages) => Promise.all(messages.map(sendOne)),
    flair: {
      render: (payload) => ({ [settings.field]: fieldText(payload) }),
      shown: (recipients) =>
        inChunks(recipients, settings.inFlight * chunkPerFlight, async ({ agentId, nativeId }) => ({
          agentId,
          shown: await readAgentField(read, settings.field, nativeId),
        })),
    },
    counts: () => hostCounts(client.counts()),
    close: async () => undefined,
  };
}
