import { randomUUID } from "node:crypto";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { dayMs } from "../../domain/simulate/calendar.ts";
import { createWorld } from "../../domain/simulate/world.ts";
import { UsageError } from "../../errors.ts";
import type { OpenSimulator, RunningSimulator, SimulatorOptions } from "../../ports/simulator.ts";
import { openCentre } from "./centre.ts";
import { control } from "./control.ts";
import { unauthorizedCxone } from "./cxone-errors.ts";
import { cxoneRoutes } from "./cxone-routes.ts";
import type { Asked, PlatformName, Reply, Route } from "./exchange.ts";
import { type Fault, type FaultName, faultNames, isFaultName, planFaults } from "./faults.ts";
import { genesysAnalytics } from "./genesys-analytics.ts";
import { genesysAuth, unauthorizedGenesys } from "./genesys-auth.ts";
import { genesysDirectory } from "./genesys-directory.ts";
import { genesysError } from "./genesys-errors.ts";
import { genesysGamification } from "./genesys-gamification.ts";
import { genesysGuide } from "./genesys-guide.ts";
import { genesysGuideWrites } from "./genesys-guide-writes.ts";
import { genesysQuality } from "./genesys-quality.ts";
import { genesysRecognition } from "./genesys-recognition.ts";
import { genesysWorkforce } from "./genesys-workforce.ts";
import { guideAuth } from "./guide-auth.ts";
import { readRequest } from "./read-request.ts";
import { recentlyUsed } from "./recently-used.ts";
import { createRouter } from "./router.ts";
import type { SimulatorState } from "./state.ts";
import { openTokens } from "./tokens.ts";
import { truthRoutes } from "./truth.ts";
import { webhookReceiver } from "./webhook-receiver.ts";

/** A rendered answer that may be sent again. */
interface Rendered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly bytes: Buffer;
}

const keptAttempts = 20_000;
const blanks = 50 * 1024 * 1024;

/** Both platforms over the same simulated centre, on the loopback interface. */
export const openSimulator: OpenSimulator = async (options) => {
  const state = startState(options);
  let requests = 0;
  const byStatus: Record<string, number> = {};
  const find = createRouter([
    ...genesysAuth(state),
    ...guideAuth(state),
    ...genesysAnalytics(state),
    ...genesysDirectory(state),
    ...genesysWorkforce(state),
    ...genesysQuality(state),
    ...genesysGamification(state),
    ...genesysGuide(state, options.eventsPerPage ?? null),
    ...genesysGuideWrites(state),
    ...genesysRecognition(state),
    ...cxoneRoutes(state),
    ...webhookReceiver(state),
    ...control(state, () => ({ requests, byStatus })),
    ...truthRoutes(state),
  ]);
  const attempts = new Map<string, number>();
  const cache = recentlyUsed<Rendered>(1, options.pageCacheBytes);
  const allowance = rateWindow(options.requestsPerMinute);
  let cacheVersion = "";

  const attemptOf = (key: string): number => {
    const before = attempts.get(key) ?? 0;
    if (attempts.size >= keptAttempts) attempts.clear();
    attempts.set(key, before + 1);
    return before;
  };

  async function answer(message: IncomingMessage, response: ServerResponse, origin: string): Promise<void> {
    requests += 1;
    const { url, bodyText, body } = await readRequest(message, origin);
    const path = url.pathname;
    const found = find(message.method ?? "GET", path);
    const identity = `${message.method} ${url.pathname}${url.search} ${bodyText} ${message.headers["x-pagination-cursor"] ?? ""}`;
    const isOurs = path.startsWith("/_simulator/") || path.startsWith("/_download/");
    const attempt = isOurs ? 0 : attemptOf(identity);
    const strikes = (name: FaultName) => !isOurs && state.faults.strikes(name, path, `${identity} ${attempt}`);
    const authorization = message.headers.authorization ?? null;
    const platform = found?.route.platform ?? null;

    if (strikes("slow")) await new Promise((resolve) => setTimeout(resolve, state.faults.slowMs));
    const refused = found === null ? notThere(path) : refusal({ route: found.route, platform, authorization, strikes, path });
    const limited = isOurs || refused !== null ? null : allowance(authorization ?? "none", platform);
    if (refused !== null || found === null || limited !== null) return send(response, render(refused ?? limited ?? notThere(path)));

    const asked: Asked = {
      path,
      body,
      bodyText,
      attempt,
      origin,
      params: found.params,
      query: url.searchParams,
      header: (name) => {
        const value = message.headers[name];
        return typeof value === "string" ? value : null;
      },
    };
    if (found.route.isCacheable !== true) return send(response, render(found.route.answer(asked)), strikes);
    const version = `${state.now} ${state.faults.version()} ${state.submitted} ${state.rescores.length}`;
    if (version !== cacheVersion) cache.clear();
    cacheVersion = version;
    const rendered = cache.get(
      identity,
      () => render(found.route.answer(asked)),
      ({ bytes }) => bytes.length,
    );
    if (rendered.status !== 200) cache.clear();
    send(response, rendered, strikes);
  }

  function refusal(at: {
    readonly route: Route;
    readonly platform: PlatformName | null;
    readonly authorization: string | null;
    readonly strikes: (name: FaultName) => boolean;
    readonly path: string;
  }): Reply | null {
    const { route, platform, authorization, strikes } = at;
    if (strikes("throttle")) return throttled(platform, state.faults.retryAfterSeconds);
    if (strikes("throttle-bare")) return throttled(platform, null);
    if (strikes("error"))
      return {
        status: [500, 502, 503][requests % 3] ?? 500,
        json: { message: "internal error", code: "internal.server.error", status: 500 },
      };
    if (platform === null) return null;
    if (authorization !== null && strikes("unauthorized")) state.tokens.revoke(authorization);
    if (!state.tokens.isValid(platform, authorization))
      return platform === "genesys" ? unauthorizedGenesys(authorization !== null) : unauthorizedCxone();
    if (!strikes("forbidden")) return null;
    const permission = route.permission ?? "unknown";
    if (platform === "genesys")
      return genesysError(
        403,
        "missing.any.permissions",
        `Unable to perform the requested action. You must have at least one of the following permissions assigned: [${permission}]`,
      );
    return {
      status: 403,
      headers: { icStatusDescription: `missing permission: ${permission}` },
      json: { error: "Forbidden", error_description: `missing permission: ${permission}` },
    };
  }

  function send(response: ServerResponse, rendered: Rendered, strikes: (name: FaultName) => boolean = () => false): void {
    const { status, headers, bytes } = rendered;
    const changed = faulty(rendered, strikes);
    byStatus[changed.status] = (byStatus[changed.status] ?? 0) + 1;
    if (strikes("cut")) {
      response.writeHead(status, { ...headers, "content-length": String(bytes.length + 1) });
      response.write(bytes.subarray(0, Math.ceil(bytes.length / 2)));
      setTimeout(() => response.destroy(), 5);
      return;
    }
    response.writeHead(changed.status, {
      ...changed.headers,
      ...(changed.status === 204 ? {} : { "content-length": String(changed.bytes.length) }),
    });
    response.end(changed.status === 204 ? undefined : changed.bytes);
  }

  const server = createServer((message, response) => {
    answer(message, response, urlOf(server.address())).catch((error: unknown) => {
      const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
      if (!response.headersSent) response.writeHead(500, { "content-type": "application/json" });
      response.end(JSON.stringify({ message: text, code: "simulator.bug" }));
    });
  });
  server.keepAliveTimeout = 30_000;
  await new Promise<void>((resolve, reject) => {
    server.once("error", (cause: NodeJS.ErrnoException) =>
      reject(
        new UsageError(`cannot listen on port ${options.port}: ${cause.code ?? cause.message}`, {
          code: "PORT_TAKEN",
          hint: "choose another port, or 0 for any free one",
          cause,
        }),
      ),
    );
    server.listen(options.port, "127.0.0.1", resolve);
  });
  const running: RunningSimulator = {
    url: urlOf(server.address()),
    requests: () => requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
  return running;
};

function startState({ parameters, faults, now, tokenSeconds }: SimulatorOptions): SimulatorState {
  const initial = Object.entries(faults).map(([name, rate]): Fault => {
    if (isFaultName(name) && rate >= 0 && rate <= 1) return { name, rate };
    throw new UsageError(`fault ${name}=${rate}: expected a rate from 0 to 1 and one of ${Object.keys(faultNames).join(", ")}`, {
      code: "UNKNOWN_FAULT",
      hint: "see 'gami simulate serve --help' for the names",
    });
  });
  const world = createWorld(parameters);
  return {
    centre: openCentre(world),
    faults: planFaults(parameters.seed, initial),
    tokens: openTokens(parameters.seed, tokenSeconds, Date.now),
    now: now ?? (world.lastDeliveryDay + 1) * dayMs,
    jobs: new Map(),
    rescores: [],
    submitted: 0,
    written: new Map(),
  };
}

function urlOf(address: ReturnType<ReturnType<typeof createServer>["address"]>): string {
  return typeof address === "object" && address !== null ? `http://127.0.0.1:${address.port}` : "";
}

function notThere(path: string): Reply {
  return genesysError(404, "not.found", `${path} is not simulated`);
}

function throttled(platform: PlatformName | null, seconds: number | null): Reply {
  const headers = seconds === null ? {} : { "retry-after": String(seconds) };
  if (platform === "cxone") return { status: 429, headers, json: { error: "TooManyRequests", error_description: "quota exceeded" } };
  const message = `Rate limit exceeded the maximum. Retry the request in [${seconds ?? 1}] seconds`;
  return { ...genesysError(429, "too.many.requests.retry.after", message), headers };
}

/** So many requests per minute and token; the window begins with the first of them. */
function rateWindow(limit: number | null): (token: string, platform: PlatformName | null) => Reply | null {
  const windows = new Map<string, { readonly began: number; count: number }>();
  return (token, platform) => {
    if (limit === null) return null;
    const now = Date.now();
    const known = windows.get(token);
    const window = known !== undefined && now - known.began < 60_000 ? known : { began: now, count: 0 };
    windows.set(token, window);
    window.count += 1;
    return window.count <= limit ? null : throttled(platform, Math.ceil((window.began + 60_000 - now) / 1_000));
  };
}

function render({ status, headers = {}, json, text }: Reply): Rendered {
  const bytes = Buffer.from(text ?? (json === undefined ? "" : JSON.stringify(json)), "utf8");
  const type = text === undefined ? { "content-type": "application/json; charset=utf-8" } : { "content-type": "text/plain; charset=utf-8" };
  return { status, bytes, headers: { ...type, "inin-correlation-id": randomUUID(), ...headers } };
}

/** An answer that is not what it should be, one fault at a time. */
function faulty(rendered: Rendered, strikes: (name: FaultName) => boolean): Rendered {
  const { headers, bytes } = rendered;
  if (strikes("html"))
    return {
      status: 200,
      headers: { "content-type": "text/html; charset=utf-8" },
      bytes: Buffer.from("<!doctype html><title>Scheduled maintenance</title>"),
    };
  if (strikes("error-body"))
    return {
      status: 200,
      headers,
      bytes: Buffer.from('{"message":"the report is not available","code":"service.unavailable","status":503,"error":"unavailable"}'),
    };
  if (strikes("no-content")) return { status: 204, headers: {}, bytes: Buffer.alloc(0) };
  if (strikes("gzip")) return { ...rendered, headers: { ...headers, "content-encoding": "gzip" }, bytes: gzipSync(bytes) };
  if (strikes("charset")) return { ...rendered, headers: { ...headers, "content-type": "application/json; charset=utf-16le" } };
  if (strikes("huge")) return { ...rendered, bytes: Buffer.concat([bytes, Buffer.alloc(blanks, " ")]) };
  return rendered;
}
