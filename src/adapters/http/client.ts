import PQueue from "p-queue";
import { defaultRetryPolicy, parseRetryAfter, type RetryPolicy, retryDelay } from "../../domain/politeness/backoff.ts";
import { closedBreaker, defaultBreakerPolicy, onFault, onSuccess } from "../../domain/politeness/breaker.ts";
import { onThrottle, pauseUntil, type RateLimit, startRate, takeToken } from "../../domain/politeness/rate.ts";
import { AuthError, SourceBrokenError, SourceBusyError } from "../../errors.ts";
import type { TokenSource } from "../../ports/access-token.ts";
import { readBody } from "./body.ts";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PUT" | "PATCH" | "DELETE";
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is, byte by byte: what was signed. */
  readonly text?: string;
  /** Sent form-encoded. */
  readonly form?: Readonly<Record<string, string>>;
  /** Statuses that are an answer here although they are no 2xx: 404 of a deleted user, 409 of a duplicate. */
  readonly alsoFine?: readonly number[];
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed JSON; null for 204 and other empty bodies; the text itself where the content type says text or csv. */
  readonly body: unknown;
}

/** What went on, for control totals and logs. Never a token, never a body. */
export interface HttpCounts {
  readonly requests: number;
  readonly throttled: number;
  readonly faults: number;
  readonly pauses: number;
  readonly waitedMs: number;
}

export interface PoliteClientOptions {
  /** Names the platform in messages: `genesys`. */
  readonly platform: string;
  /** The only origins that may ever see the token. */
  readonly origins: readonly string[];
  readonly limit: RateLimit;
  readonly inFlight: number;
  readonly token: TokenSource | null;
  readonly retry?: RetryPolicy;
  /** How long to go on while the platform has not answered anything yet: an address that is wrong does not become right. */
  readonly firstAnswerMs?: number;
  readonly timeoutMs?: number;
  /** Who would have to wait longer for a turn is sent away with SourceBusyError; without it everybody waits. */
  readonly maxTurnMs?: number;
  readonly maxBodyBytes?: number;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** In [0, 1): full jitter. */
  readonly random: () => number;
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  readonly fetch?: typeof fetch;
  readonly onWarning?: (text: string) => void;
  readonly signal?: AbortSignal;
}

export interface PoliteClient {
  /**
   * @throws AuthError on 401 and 403 (the missing permission named). SourceBusyError when the platform asks for more
   * patience than the policy has. SourceBrokenError for every other answer that is no answer.
   */
  send(request: HttpRequest): Promise<HttpAnswer>;
  counts(): HttpCounts;
  /** Milliseconds until anything may go out at all: a Retry-After or an open circuit. The rate is not in it. */
  pauseMs(): number;
}

/** Long enough for a restart of the platform's front door; who did not answer by then probably lives elsewhere. */
export const usualFirstAnswerMs = 60_000;
/** A fresh token may not be known everywhere yet, or be revoked while it is shared out; refused so often in a row, the client is. */
const mostRenewals = 3;
const skewToleranceMs = 5 * 60_000;

/** One client per platform and run: everything that calls the platform shares its rate, its queue and its breaker. */
export function politeClient(options: PoliteClientOptions): PoliteClient {
  const { limit, now, random, sleep, signal } = options;
  const retry = options.retry ?? defaultRetryPolicy;
  const call = options.fetch ?? fetch;
  const queue = new PQueue({ concurrency: options.inFlight });
  const counts = { requests: 0, throttled: 0, faults: 0, pauses: 0, waitedMs: 0 };
  let rate = startRate(limit, now());
  let breaker = closedBreaker;
  let skewWarned = false;
  let warnedUntil = 0;
  let firstAskedAt: number | null = null;
  let hasAnswered = false;

  async function wait(milliseconds: number): Promise<void> {
    counts.waitedMs += milliseconds;
    await sleep(milliseconds, signal);
    signal?.throwIfAborted();
  }

  async function myTurn(): Promise<void> {
    for (;;) {
      signal?.throwIfAborted();
      const taken = takeToken(limit, rate, now());
      rate = taken.state;
      if (taken.waitMs === 0) return;
      if (taken.waitMs > (options.maxTurnMs ?? Number.POSITIVE_INFINITY)) throw pausedFor(options.platform, taken.waitMs);
      await wait(taken.waitMs);
    }
  }

  async function once(request: HttpRequest, token: string | null): Promise<Response> {
    counts.requests += 1;
    const deadline = AbortSignal.timeout(options.timeoutMs ?? 60_000);
    return call(request.url, {
      method: request.method,
      headers: {
        accept: "application/json",
        ...(token === null ? {} : { authorization: token }),
        ...(request.json === undefined ? {} : { "content-type": "application/json" }),
        ...request.headers,
      },
      ...(request.json !== undefined ? { body: JSON.stringify(request.json) } : {}),
      ...(request.text !== undefined ? { body: request.text } : {}),
      ...(request.form !== undefined ? { body: new URLSearchParams(request.form) } : {}),
      // A redirect would carry the token to wherever it points.
      redirect: "manual",
      signal: signal === undefined ? deadline : AbortSignal.any([signal, deadline]),
    });
  }

  /** A fault of the platform: counted, and enough of them pause everybody. */
  function fault(trouble: string): void {
    counts.faults += 1;
    breaker = onFault(defaultBreakerPolicy, breaker, now());
    if (breaker.openUntil === null) return;
    counts.pauses += 1;
    rate = pauseUntil(rate, breaker.openUntil);
    // Whatever else was under way fails a moment later, and says nothing new.
    const isNews = breaker.openUntil - warnedUntil > 1_000;
    warnedUntil = breaker.openUntil;
    if (isNews) options.onWarning?.(`${options.platform} ${trouble}; pausing until ${new Date(breaker.openUntil).toISOString()}`);
  }

  function checkClock(response: Response): void {
    const theirs = Date.parse(response.headers.get("date") ?? "");
    if (skewWarned || Number.isNaN(theirs) || Math.abs(theirs - now()) < skewToleranceMs) return;
    skewWarned = true;
    const minutes = Math.round((now() - theirs) / 60_000);
    options.onWarning?.(
      `this machine's clock is ${minutes} min off ${options.platform}'s; slices follow the platform's data, tokens and waits follow this clock`,
    );
  }

  /** Nothing has answered so far, and will not before the time for it is over. */
  function isInVain(delayMs: number): boolean {
    if (hasAnswered || options.firstAnswerMs === undefined || firstAskedAt === null) return false;
    return Math.max(now() + delayMs, rate.pausedUntil) - firstAskedAt > options.firstAnswerMs;
  }

  async function attempt(request: HttpRequest): Promise<HttpAnswer> {
    const began = now();
    firstAskedAt ??= began;
    let renewals = 0;
    let token = options.token === null ? null : await options.token.current();
    for (let attempts = 1; ; attempts += 1) {
      await myTurn();
      let retryAfterMs: number | null = null;
      let trouble: string;
      let cause: unknown;
      try {
        const response = await once(request, token);
        hasAnswered = true;
        checkClock(response);
        const { status, headers } = response;
        // Between other answers a token may simply have ended again.
        if (status !== 401) renewals = 0;
        if (status === 429) {
          counts.throttled += 1;
          retryAfterMs = parseRetryAfter(headers.get("retry-after"), now());
          rate = onThrottle(limit, rate, now(), retryAfterMs);
          await response.body?.cancel();
          trouble = "answered 429 (too many requests)";
        } else if (status === 401 && options.token !== null && token !== null && renewals < mostRenewals) {
          await response.body?.cancel();
          if (renewals > 0) await wait(retryDelay(retry, renewals, now() - began, null, random()) ?? 0);
          renewals += 1;
          token = await options.token.renew(token);
          continue;
        } else if (status >= 500) {
          retryAfterMs = parseRetryAfter(headers.get("retry-after"), now());
          trouble = `answered ${status}`;
          await response.body?.cancel();
          fault(trouble);
        } else {
          const answer = { status, headers, body: await readBody(response, options.maxBodyBytes ?? 128e6, placeOf(request)) };
          breaker = onSuccess();
          if ((status >= 200 && status < 300) || request.alsoFine?.includes(status)) return answer;
          throw refusal(options.platform, request, answer);
        }
      } catch (error) {
        if (error instanceof AuthError || error instanceof SourceBrokenError || signal?.aborted) throw error;
        trouble = isUnpackable(error)
          ? `answered bytes that cannot be unpacked (${reasonOf(error)})`
          : `did not answer (${reasonOf(error)})`;
        fault(trouble);
        cause = error;
        // A certificate does not become good by asking again, nor does a name that stands in no directory.
        const isForGood = isCertificateTrouble(trouble) || (isUnknownName(trouble) && !hasAnswered);
        if (isForGood) throw givenUp(options.platform, request, trouble, attempts, cause);
      }
      const delay = retryDelay(retry, attempts, now() - began, retryAfterMs, random());
      if (delay !== null && isInVain(delay)) throw unreachable(options.platform, request, trouble, attempts, cause);
      if (delay === null) throw givenUp(options.platform, request, trouble, attempts, cause, retryAfterMs);
      await wait(delay);
    }
  }

  return {
    async send(request) {
      if (!options.origins.includes(request.url.origin)) {
        throw new SourceBrokenError(`${options.platform} pointed at ${request.url.origin}: expected ${options.origins.join(" or ")}`, {
          code: "FOREIGN_ORIGIN",
          hint: "the token was not sent there; check the region or base URL in gami.config.yaml",
        });
      }
      return queue.add(() => attempt(request));
    },
    counts: () => ({ ...counts }),
    pauseMs: () => Math.max(0, rate.pausedUntil - now()),
  };
}

function placeOf(request: HttpRequest): string {
  return `${request.method} ${request.url.origin}${request.url.pathname}`;
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "timed out";
  return tlsReason(error.cause instanceof Error ? error.cause.message : error.message);
}

/** OpenSSL says thread, code, file and line around its reason, over several lines. */
function tlsReason(message: string): string {
  const [, reason] = /:SSL routines:[^:]*:([^:]+):/.exec(message) ?? [];
  if (reason === undefined) return message;
  return reason === "wrong version number" ? "TLS: wrong version number, as where a server speaks plain http" : `TLS: ${reason}`;
}

/** `Content-Encoding: gzip` around something else, or cut short. */
function isUnpackable(error: unknown): boolean {
  const cause = error instanceof Error && error.cause instanceof Error ? error.cause : error;
  return cause instanceof Error && "code" in cause && String(cause.code).startsWith("Z_");
}

function isCertificateTrouble(trouble: string): boolean {
  return /certificate|self-signed|TLS|SSL/i.test(trouble);
}

function givenUp(
  platform: string,
  request: HttpRequest,
  trouble: string,
  attempts: number,
  cause: unknown,
  retryAfterMs: number | null = null,
): SourceBusyError | SourceBrokenError {
  const text = `${platform}: ${placeOf(request)} ${trouble}${attempts === 1 ? "" : `, ${attempts} times`}`;
  if (isCertificateTrouble(trouble)) {
    return new SourceBrokenError(text, { code: "TLS_FAILED", hint: "check the host name and the CA bundle (NODE_EXTRA_CA_CERTS)", cause });
  }
  if (isUnknownName(trouble)) return unknownHost(request.url.hostname, text, cause);
  const hint = "run the same command again later; it goes on where it stopped";
  return new SourceBusyError(text, { code: "PLATFORM_BUSY", hint, cause, retryAfterMs });
}

/** Nothing has answered there since this run began. */
function unreachable(platform: string, request: HttpRequest, trouble: string, attempts: number, cause: unknown): SourceBusyError {
  const text = `${platform}: ${placeOf(request)} ${trouble}${attempts === 1 ? "" : `, ${attempts} times`}, and nothing there has answered before`;
  const hint = `check the address of ${platform} in gami.config.yaml (region, baseUrl, loginUrl or url), the network and the proxy; if they are right, run the command again later`;
  return new SourceBusyError(text, { code: "PLATFORM_UNREACHABLE", hint, cause });
}

/** EAI_AGAIN is none: then the directory itself did not answer, which passes. */
function isUnknownName(trouble: string): boolean {
  return /ENOTFOUND/.test(trouble);
}

function unknownHost(name: string, text: string, cause: unknown): SourceBrokenError {
  return new SourceBrokenError(text, {
    code: "PLATFORM_UNREACHABLE",
    hint: `no host is called ${name}: check the address in gami.config.yaml (region, baseUrl, loginUrl or url)`,
    cause,
  });
}

function pausedFor(platform: string, waitMs: number): SourceBusyError {
  return new SourceBusyError(`${platform} is not to be asked for another ${Math.ceil(waitMs / 1000)} s`, {
    code: "PLATFORM_PAUSED",
    hint: "run the same command again later; it goes on where it stopped",
    retryAfterMs: waitMs,
  });
}

function refusal(platform: string, request: HttpRequest, { status, headers, body }: HttpAnswer): AuthError | SourceBrokenError {
  const said = messageOf(body) ?? headers.get("icStatusDescription") ?? "no reason given";
  const text = `${platform}: ${placeOf(request)} answered ${status}: ${said}`;
  if (status === 401)
    return new AuthError(text, { code: "UNAUTHENTICATED", hint: `check the credentials of ${platform} with 'gami doctor --platforms'` });
  if (status === 403) {
    return new AuthError(text, {
      code: "PERMISSION_MISSING",
      hint: `give the service account the permission named above, then run the command again`,
    });
  }
  if (status >= 300 && status < 400) {
    return new SourceBrokenError(`${text} (it redirects to ${headers.get("location") ?? "nowhere"})`, {
      code: "REDIRECTED",
      hint: "check the region or base URL in gami.config.yaml",
    });
  }
  return new SourceBrokenError(text, {
    code: "REQUEST_REFUSED",
    hint: "run the command again with --verbose; if it stays, report the request named above",
  });
}

/** The sentence inside an error body, whichever of the known shapes it has. */
function messageOf(body: unknown): string | null {
  if (typeof body !== "object" || body === null) return typeof body === "string" && body !== "" ? body.slice(0, 200) : null;
  for (const key of ["message", "error_description", "errorDescription", "details", "error", "code"]) {
    const value = Object.entries(body).find(([name]) => name === key)?.[1];
    if (typeof value === "string" && value !== "") return value.slice(0, 500);
  }
  return null;
}
