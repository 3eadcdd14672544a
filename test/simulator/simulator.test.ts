import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import { type Ask, askGenesys, exportEvents } from "./genesys-client.ts";
import { openSmallSimulator, readCounts, readTruth, setClock, setFaults } from "./simulate.ts";

let simulator: RunningSimulator;
let ask: Ask;
beforeAll(async () => {
  simulator = await openSmallSimulator();
  ask = await askGenesys(simulator.url);
});
afterAll(() => simulator.close());
afterEach(() => setFaults(simulator.url, {}));

const [from, to] = ["2026-02-20T00:00:00.000Z", "2026-02-27T00:00:00.000Z"];
const idsOf = (events: readonly Readonly<Record<string, unknown>>[]) => events.map((event) => event["event.id"]);

test("the guides' export gives every event of a range page by page, those sent twice included [T35] [T50]", async () => {
  const { events, pages } = await exportEvents(ask, from, to, 30);
  const truth = await readTruth(simulator.url, "genesys", "gamification_event", from, to);
  expect(pages.length).toBeGreaterThan(5);
  expect(new Set(idsOf(events))).toEqual(new Set(truth.map(({ event_id }) => event_id)));
  expect(events.length).toBeGreaterThan(truth.length);
  const points = new Map(truth.map(({ event_id, points_milli }) => [event_id, points_milli]));
  for (const event of events)
    expect(event.points_earned === null ? null : Number(event.points_earned) * 1_000).toBe(points.get(String(event["event.id"])));
});

test("two servers with one seed give the same bytes, and the same server gives them again", async () => {
  const other = await openSmallSimulator({ pageCacheBytes: 0 });
  try {
    const { pages } = await exportEvents(ask, from, to);
    expect((await exportEvents(await askGenesys(other.url), from, to)).pages).toEqual(pages);
    expect((await exportEvents(ask, from, to)).pages).toEqual(pages);
  } finally {
    await other.close();
  }
});

test("a cursor is bound to its range, and one that has expired is refused", async () => {
  const body = (start: string) => ({ timeRange: { type: "absolute", start, end: to }, pageSize: 10 });
  const first = await ask("POST", "/analytics/v2/export/data", body(from));
  const cursor = first.headers.get("x-pagination-cursor") ?? "";
  const next = { "x-pagination-cursor": cursor };
  expect((await ask("POST", "/analytics/v2/export/data", body(from), next)).status).toBe(200);
  expect((await ask("POST", "/analytics/v2/export/data", body("2026-02-21T00:00:00.000Z"), next)).body).toMatchObject({
    code: "invalid.cursor",
  });
  await setFaults(simulator.url, [{ name: "expire-cursor", rate: 1, times: 1 }]);
  expect((await ask("POST", "/analytics/v2/export/data", body(from), next)).status).toBe(400);
});

test("a relative range slides with the clock, and a narrower selection and filter are honoured", async () => {
  const body = {
    timeRange: { type: "relative", duration: "P7D" },
    select: ["timestamp", "user.id", "event_type"],
    filter: [{ field: "event_type", operator: "contains", values: ["points", "badge", "milestone", "leaderboard_update"] }],
  };
  const own = await openSmallSimulator({ now: Date.parse(to) });
  try {
    const { body: answer } = await (await askGenesys(own.url))("POST", "/analytics/v2/export/data", body);
    const rows = Array.isArray(answer.data) ? answer.data : [];
    expect(rows.length).toBeGreaterThan(10);
    for (const row of rows) expect(Object.keys(row)).toEqual(["timestamp", "user.id", "event_type"]);
    // The guides' own filter loses the completions and the engagement [T51].
    expect(new Set(rows.map((row) => row.event_type))).not.toContain("engagement_score");
  } finally {
    await own.close();
  }
});

test("overlapping, repeated and reversed pages hold the same events; extra rows are unreadable or of an unknown type", async () => {
  const clean = new Set(idsOf((await exportEvents(ask, from, to)).events));
  await setFaults(simulator.url, { duplicate: 1, overlap: 1, reorder: 1, drift: 1, malformed: 1, "unknown-event": 1 });
  const { events } = await exportEvents(ask, from, to, 40);
  const known = events.filter(({ event_type, timestamp }) => event_type !== "kudos_received" && timestamp !== "yesterday");
  expect(new Set(idsOf(known))).toEqual(clean);
  expect(known.length).toBeGreaterThan(clean.size);
  expect(events.some(({ event_type }) => event_type === "kudos_received")).toBe(true);
  expect(events.some(({ timestamp }) => timestamp === "yesterday")).toBe(true);
  expect(events[0]).toHaveProperty("unannouncedField");
  expect(Date.parse(String(known[0]?.timestamp))).toBeGreaterThan(Date.parse(String(known.at(-1)?.timestamp)));
});

test("faults on the wire are what their names say", async () => {
  const path = "/api/v2/users?pageSize=5";
  const under = async (name: string) => {
    await setFaults(simulator.url, [{ name, rate: 1, times: 1, path: "/users" }], { retryAfterSeconds: 7, slowMs: 50 });
    return ask("GET", path);
  };
  const throttled = await under("throttle");
  expect([throttled.status, throttled.headers.get("retry-after"), throttled.body.code]).toEqual([
    429,
    "7",
    "too.many.requests.retry.after",
  ]);
  expect((await under("throttle-bare")).headers.get("retry-after")).toBeNull();
  expect((await under("error")).status).toBeGreaterThanOrEqual(500);
  expect((await under("html")).text).toContain("<!doctype html>");
  expect((await under("error-body")).body).toMatchObject({ status: 503 });
  expect((await under("no-content")).status).toBe(204);
  expect((await under("gzip")).body).toHaveProperty("entities");
  expect((await under("charset")).headers.get("content-type")).toContain("utf-16le");
  expect((await under("forbidden")).body.message).toContain("[directory:user:view]");
  expect((await under("huge")).text.length).toBeGreaterThan(50e6);
  await expect(under("cut")).rejects.toThrow();
  const began = performance.now();
  await under("slow");
  expect(performance.now() - began).toBeGreaterThan(45);
});

test("a 401 stays until a new token is asked for, and a token's life ends", async () => {
  const own = await openSmallSimulator({ tokenSeconds: 1 });
  try {
    const first = await askGenesys(own.url);
    expect((await first("GET", "/api/v2/teams")).status).toBe(200);
    await setFaults(own.url, [{ name: "unauthorized", rate: 1, times: 1 }]);
    expect((await first("GET", "/api/v2/teams")).status).toBe(401);
    expect((await first("GET", "/api/v2/teams")).status).toBe(401);
    const second = await askGenesys(own.url);
    expect((await second("GET", "/api/v2/teams")).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    expect((await second("GET", "/api/v2/teams")).body).toMatchObject({ code: "bad.credentials" });
    expect((await readCounts(own.url)).tokensIssued).toEqual({ genesys: 2, cxone: 0 });
  } finally {
    await own.close();
  }
});

test("beyond the limit of a minute comes 429 with the seconds that are left", async () => {
  const own = await openSmallSimulator({ requestsPerMinute: 3 });
  try {
    const limited = await askGenesys(own.url);
    const statuses: number[] = [];
    for (let call = 0; call < 4; call += 1) statuses.push((await limited("GET", "/api/v2/teams")).status);
    expect(statuses).toEqual([200, 200, 200, 429]);
    expect(Number((await limited("GET", "/api/v2/teams")).headers.get("retry-after"))).toBeGreaterThan(50);
  } finally {
    await own.close();
  }
});

test("an award is given once per idempotency key", async () => {
  const path = "/api/v2/gamification/badges/b-gold/awards";
  const key = { "idempotency-key": "award-1" };
  expect((await ask("POST", path, { userId: "a0001", reason: "fast" }, key)).status).toBe(201);
  expect((await ask("POST", path, { userId: "a0001", reason: "fast" }, key)).status).toBe(409);
  expect((await ask("POST", path, { userId: "a0002" }, key)).status).toBe(422);
  expect((await ask("POST", path, { userId: "a0002" })).status).toBe(400);
});

test("challenges have a history, take a change and keep it; flair is kept per user", async () => {
  const { body } = await ask("GET", "/v2/wfm/gamification/challenges/c-1-quality");
  expect(body).toMatchObject({
    status: "EXPIRED",
    pointsPerUnit: 15,
    statusHistory: expect.arrayContaining([expect.objectContaining({ status: "PAUSED" })]),
  });
  expect((await ask("PUT", "/v2/wfm/gamification/challenges/c-1-quality", { pointsPerUnit: 18 })).body).toMatchObject({
    pointsPerUnit: 18,
  });
  expect((await ask("GET", "/v2/wfm/gamification/challenges/c-1-quality")).body).toMatchObject({ pointsPerUnit: 18 });
  expect((await ask("PUT", "/api/v2/users/a0001", { customAttributes: { flair: "gold" } })).status).toBe(200);
  expect((await ask("GET", "/api/v2/users/a0001/customattributes")).body).toEqual({ attributes: { flair: "gold" } });
});

test("the virtual clock hides what is later and shows it when it moves [T16]", async () => {
  const own = await openSmallSimulator({ now: Date.parse("2026-02-22T12:00:00Z") });
  try {
    const client = await askGenesys(own.url);
    const early = idsOf((await exportEvents(client, from, to)).events);
    await setClock(own.url, "2026-03-10T00:00:00Z");
    const late = idsOf((await exportEvents(client, from, to)).events);
    expect(late.length).toBeGreaterThan(early.length);
    expect(early.filter((id) => !late.includes(id))).toEqual([]);
  } finally {
    await own.close();
  }
});

test("the same requests meet the same faults on every run", async () => {
  const statuses = async () => {
    const own = await openSmallSimulator({ faults: { error: 0.3, throttle: 0.2 } });
    try {
      const client = await askGenesys(own.url).catch(() => null);
      const seen: number[] = [];
      for (let call = 0; call < 30; call += 1) {
        seen.push((await fetch(`${own.url}/api/v2/teams?pageSize=${call}`)).status);
      }
      return [client === null, ...seen.map((status) => Math.floor(status / 100))];
    } finally {
      await own.close();
    }
  };
  expect(await statuses()).toEqual(await statuses());
});

test("the totals of the truth are those of its rows", async () => {
  const totals: { genesys: Record<string, { rows: number; handle_ms?: number }> } = JSON.parse(
    await (await fetch(`${simulator.url}/_simulator/truth`)).text(),
  );
  const rows = await readTruth(simulator.url, "genesys", "interaction");
  expect(totals.genesys.interaction).toMatchObject({
    rows: rows.length,
    handle_ms: rows.reduce((sum, { handle_ms }) => sum + Number(handle_ms ?? 0), 0),
  });
});

test("an unknown fault and a taken port are refused with a hint", async () => {
  await expect(openSmallSimulator({ faults: { gremlin: 1 } })).rejects.toMatchObject({ code: "UNKNOWN_FAULT" });
  await expect(openSmallSimulator({ port: Number(new URL(simulator.url).port) })).rejects.toMatchObject({ code: "PORT_TAKEN" });
  const answer = await fetch(`${simulator.url}/_simulator/faults`, { method: "POST", body: JSON.stringify({ faults: { gremlin: 1 } }) });
  expect(answer.status).toBe(400);
});
