import { setTimeout as sleep } from "node:timers/promises";
import type { ShareToken } from "../../../ports/access-token.ts";
import type { Platform } from "../../../ports/platform.ts";
import { type PoliteClientOptions, politeClient, usualFirstAnswerMs } from "../../http/client.ts";
import { warnOnce } from "../../http/warn-once.ts";
import { type CxoneTenant, discoverTenant } from "./discover.ts";
import { downloadWithout } from "./download.ts";
import { pseudonymWith } from "./people.ts";
import { cxonePlatform } from "./platform.ts";
import type { FeedbackFields } from "./read-feedback.ts";
import { type CxoneCredentials, requestCxoneToken, secretOf } from "./token.ts";

export interface CxoneSettings extends CxoneCredentials {
  readonly contract: "guide" | "platform";
  /** The tenant's API; discovered from the token where it is not given. */
  readonly baseUrl?: string | undefined;
  /** The issuer of tokens, where it is not the vendor's. */
  readonly loginUrl?: string | undefined;
  readonly businessUnitId?: string | undefined;
  /** `32.0` */
  readonly apiVersion: string;
  readonly requestsPerMinute: number;
  readonly inFlight: number;
  readonly lagMinutes: number;
  readonly personalData: "hmac" | "drop";
  /** Rows a page; the most the platform gives where it is not given. */
  readonly pageSize?: number | undefined;
  /** Which fields of the tenant's surveys hold what; without it surveys are not read. */
  readonly feedback?: FeedbackFields | undefined;
  /** First pause between two looks at a running job, milliseconds. */
  readonly jobPollMs?: number | undefined;
}

export interface OpenCxoneOptions {
  readonly settings: CxoneSettings;
  readonly pseudonymKey: Buffer;
  /** One token for all processes: told the client's name and how to ask for a new one. */
  readonly shareToken: ShareToken;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly signal: AbortSignal;
  readonly onWarning: (text: string) => void;
}

const issuers = { platform: "https://cxone.niceincontact.com", guide: "https://platform.nicecxone.com" } as const;
/** The guides' contract has one business unit, and its token need not say which. */
const guideUnit = "0";
/** The guides speak of five seconds between two token requests. */
const tokenRequestsPerMinute = 10;

/** Calls nobody yet: the first request asks for a token, and the tenant is discovered with it. */
export function openCxone({ settings, pseudonymKey, shareToken, now, signal, onWarning }: OpenCxoneOptions): Platform {
  const { contract, inFlight, requestsPerMinute } = settings;
  const loginUrl = settings.loginUrl ?? settings.baseUrl ?? issuers[contract];
  const wait = (milliseconds: number) => sleep(milliseconds, undefined, { signal });
  const common: Omit<PoliteClientOptions, "origins" | "token" | "limit"> = {
    platform: "cxone",
    now,
    random: Math.random,
    sleep: wait,
    signal,
    onWarning: warnOnce(onWarning),
    inFlight,
  };
  const loginOrigin = new URL(loginUrl).origin;
  const login = politeClient({
    ...common,
    origins: [loginOrigin],
    limit: { requestsPerMinute: tokenRequestsPerMinute, floorPerMinute: 1, burst: 3 },
    token: null,
    firstAnswerMs: usualFirstAnswerMs,
  });
  const token = shareToken(
    { name: `cxone:${loginOrigin}:${settings.clientId}`, secret: secretOf(settings) },
    requestCxoneToken({ contract, loginUrl, credentials: settings, client: login }),
  );
  const origins: string[] = [];
  const limit = { requestsPerMinute, floorPerMinute: Math.max(1, Math.floor(requestsPerMinute / 10)), burst: inFlight };
  const client = politeClient({ ...common, origins, limit, token, firstAnswerMs: usualFirstAnswerMs });
  let tenant: Promise<CxoneTenant> | null = null;
  const discover = async (): Promise<CxoneTenant> => {
    const baseUrl = settings.baseUrl ?? (contract === "guide" ? issuers.guide : undefined);
    const known = {
      ...(baseUrl === undefined ? {} : { apiUrl: baseUrl }),
      ...(settings.businessUnitId !== undefined
        ? { businessUnitId: settings.businessUnitId }
        : contract === "guide"
          ? { businessUnitId: guideUnit }
          : {}),
    };
    const found = await discoverTenant(login, loginUrl, await token.current(), known);
    // From here on, and nowhere else, the token may be sent.
    origins.push(new URL(found.apiUrl).origin);
    return found;
  };
  return cxonePlatform({
    contract,
    client,
    clients: [client, login],
    now,
    download: downloadWithout({ ...common, limit }),
    tenant: () => {
      tenant ??= discover();
      return tenant;
    },
    apiVersion: settings.apiVersion,
    pseudonym: settings.personalData === "hmac" ? pseudonymWith(pseudonymKey) : null,
    sleep: wait,
    lagMs: settings.lagMinutes * 60_000,
    ...(settings.jobPollMs === undefined ? {} : { jobPollMs: settings.jobPollMs }),
    ...(settings.feedback === undefined ? {} : { feedback: settings.feedback }),
    ...(settings.pageSize === undefined ? {} : { pageSize: settings.pageSize }),
  });
}
