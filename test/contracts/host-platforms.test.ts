import { once } from "node:events";
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { MessagePayload } from "../../src/domain/deliver/message.ts";
import { SourceBusyError, WarehouseError } from "../../src/errors.ts";
import type { RecognitionHost } from "../../src/ports/recognition-host.ts";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import { type Ask, askGenesys } from "../simulator/genesys-client.ts";
import { openSmallSimulator, setFaults, smallCentre } from "../simulator/simulate.ts";
import { genesysHost, hostLimits, openHostFor, sourcesAt, writtenAt } from "../support/hosts.ts";
import { aFlair, anAdjustment, anAward, goldFlair, outgoing, person, somePoints } from "../support/outgoing.ts";

/** What is particular to one platform, beside what all hosts promise (host.contract.ts). */
let simulator: RunningSimulator;
let ask: Ask;
const folder = mkdtempSync(join(tmpdir(), "gami-hosts-"));
beforeAll(async () => {
  simulator = await openSmallSimulator({ parameters: { ...smallCentre, agents: 150 } });
  ask = await askGenesys(simulator.url);
});
afterAll(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
});

const guide = () => openHostFor(genesysHost, sourcesAt(simulator.url, "guide"));
const platform = (changes: Partial<typeof genesysHost> | { schemaId?: string; schemaVersion?: number } = {}) =>
  openHostFor({ ...genesysHost, ...changes }, sourcesAt(simulator.url, "platform"));
const csv = (path: string) => openHostFor({ kind: "csv", ...hostLimits, path }, sourcesAt("http://127.0.0.1:1", "platform"));
const send = (host: RecognitionHost, ...payloads: readonly MessagePayload[]) => host.send(payloads.map((payload) => outgoing(payload)));
const contentAt = async (place: string) => (await writtenAt(simulator.url, place))[0]?.content;

test("[S3-R18] [S3-R19] [S3-R20] [S3-R21] [S3-R58] [T100] guide: an award carries its key, criteria, reason in words, window, value and threshold", async () => {
  const award = anAward(person("a0001"));
  await send(await guide(), award);
  const [written] = await writtenAt(simulator.url, `award ${outgoing(award).idempotencyKey}`);
  expect(written?.content).toEqual([
    "b-gold",
    {
      userId: "a0001",
      criteriaId: "aht-gold",
      reason: "average handle time below 240 s over 30 days",
      customFields: {
        evaluationWindow: "2026-01-02/2026-02-01",
        metricValue: 228.4,
        threshold: 240,
        periodId: "2026-Q1",
        tier: "TIER_3",
        awardKey: award.awardKey,
      },
    },
  ]);
});

test("[T5] guide: the same key for another award is refused, and the award that was given stays", async () => {
  const host = await guide();
  const award = anAward(person("a0002"));
  await send(host, award);
  const { idempotencyKey } = outgoing(award);
  const other = { ...outgoing(anAward(person("a0002"), { metricValue: "200" })), idempotencyKey };
  expect(await host.send([other])).toMatchObject([{ kind: "refused", answer: expect.stringContaining("422") }]);
  expect(JSON.stringify(await contentAt(`award ${idempotencyKey}`))).toContain("228.4");
});

test.each([
  ["an award", guide, () => anAward(person("a0011")), "/awards", "wem:gamification:write"],
  ["a flair, guide", guide, () => aFlair(person("a0011"), 1), "/api/v2/users/", "directory:user:edit"],
  ["a flair, platform", platform, () => aFlair(person("a0012"), 1), "/customattributes", "directory:user:edit"],
  ["points", platform, () => somePoints(person("a0011")), "/externalmetrics/data", "employeePerformance:externalMetricData:add"],
] as const)("[S3-R2] %s: the permission the account lacks is named", async (_, open, payload, path, permission) => {
  const methods = ["POST", "PUT", "PATCH"];
  await setFaults(
    simulator.url,
    methods.map((method) => ({ name: "forbidden", rate: 1, path, method })),
  );
  const refused = await send(await open(), payload()).catch((error: unknown) => error);
  await setFaults(simulator.url, []);
  expect(refused).toMatchObject({ code: "PERMISSION_MISSING", message: expect.stringContaining(`[${permission}]`) });
});

test("a badge the platform does not have is held, by name", async () => {
  const [outcome] = await send(await guide(), anAward(person("a0003"), { definitionId: "unheard-of" }));
  expect(outcome).toMatchObject({ kind: "held", answer: expect.stringContaining("badge unheard-of") });
});

test("[T93] [S3-R28] [S3-R29] guide: what others wrote on the profile stays, what we wrote before goes", async () => {
  const host = await guide();
  await ask("PUT", "/api/v2/users/a0004", { customAttributes: { favourite_colour: "red", team_mascot: "owl" } });
  await send(host, aFlair(person("a0004"), 1));
  expect(await contentAt("attributes a0004")).toMatchObject({
    favourite_colour: "red",
    team_mascot: "owl",
    flair_tier: "TIER_3",
    avatar_variant: "gold_shield",
    flair_version: "1.1",
    gamification_sync_status: "COMMITTED",
    milestone_last_updated: "2026-02-01T08:30:05.000Z",
  });
  await send(host, aFlair(person("a0004"), 2, { ...goldFlair, attributes: {} }));
  expect(await contentAt("attributes a0004")).not.toHaveProperty("avatar_variant");
  await send(host, aFlair(person("a0004"), 3, null));
  const hidden = await contentAt("attributes a0004");
  expect(hidden).toMatchObject({ favourite_colour: "red", team_mascot: "owl", flair_version: "1.3" });
  expect(hidden).not.toHaveProperty("flair_tier");
});

test("[T91] [S3-R45] [S3-R48] guide: two writers at once both end up on the profile: nobody writes over what changed in between", async () => {
  const host = await guide();
  await send(host, aFlair(person("a0005"), 1));
  const shared = async (name: string) => {
    for (;;) {
      const read = await ask("GET", "/api/v2/users/a0005/customattributes");
      const { attributes } = read.body;
      const merged = { ...(typeof attributes === "object" ? attributes : {}), [name]: "1" };
      const match = { "if-match": read.headers.get("etag") ?? "" };
      if ((await ask("PUT", "/api/v2/users/a0005", { customAttributes: merged }, match)).status === 200) return;
    }
  };
  const flair = async () => {
    let version = 1;
    for (; version < 9; version += 1) await send(host, aFlair(person("a0005"), version + 1));
  };
  await Promise.all([flair(), shared("one"), shared("two"), shared("three")]);
  expect(await contentAt("attributes a0005")).toMatchObject({ one: "1", two: "1", three: "1", flair_version: "1.9" });
});

test("[T68] an adjustment is absolute and bound to the value it was decided on: changed meanwhile, it is held", async () => {
  const host = await guide();
  const path = "/v2/wfm/gamification/challenges/c-1-quality";
  const { multiplier } = (await ask("GET", path)).body;
  const adjustment = anAdjustment({ expected: { multiplier: Number(multiplier) }, wanted: { multiplier: 1.45 } });
  expect(await send(host, adjustment)).toMatchObject([{ kind: "delivered" }]);
  expect(await send(host, adjustment)).toMatchObject([{ kind: "duplicate" }]);
  const second = anAdjustment({ proposalId: "p-2", expected: { multiplier: 1 }, wanted: { multiplier: 1.6 } });
  expect(await send(host, second)).toMatchObject([{ kind: "held", answer: expect.stringContaining("multiplier is 1.45, not 1") }]);
  expect((await ask("GET", path)).body).toMatchObject({ multiplier: 1.45 });
  // Somebody paused it since: telling it a value would be no harm, but nothing is done to what is not as it was seen.
  await ask("PUT", path, { status: "PAUSED" });
  const third = anAdjustment({ proposalId: "p-3", expected: { multiplier: 1.45, status: "active" }, wanted: { multiplier: 1.5 } });
  expect(await send(host, third)).toMatchObject([{ kind: "held", answer: expect.stringContaining('status is "PAUSED", not "active"') }]);
  expect((await ask("GET", path)).body).toMatchObject({ multiplier: 1.45, status: "PAUSED" });
});

test("[S4-R47] [T104] a boost goes with its length and without a name or status; its end sets back what still stands, and nothing else", async () => {
  const host = await guide();
  const path = "/v2/wfm/gamification/challenges/c-1-stars";
  const before = (await ask("GET", path)).body;
  const seen = { multiplier: Number(before.multiplier), status: String(before.status).toLowerCase() };
  const endsAt = new Date(Date.now() + 7 * 86_400_000).toISOString();
  const boost = anAdjustment({ challengeId: "c-1-stars", proposalId: "p-4", expected: seen, wanted: { multiplier: 1.4 }, endsAt });
  for (const kind of ["delivered", "duplicate"]) expect(await send(host, boost)).toMatchObject([{ kind }]);
  expect(await contentAt("challenge c-1-stars")).toEqual({
    engagementBoost: { multiplier: 1.4, durationDays: 7, endsAt: expect.any(String) },
  });
  expect((await ask("GET", path)).body).toMatchObject({ name: before.name, status: before.status, multiplier: 1.4 });
  const end = anAdjustment({
    challengeId: "c-1-stars",
    proposalId: "p-4-end",
    expected: { multiplier: 1.4 },
    wanted: { multiplier: seen.multiplier },
  });
  for (const kind of ["delivered", "duplicate"]) expect(await send(host, end)).toMatchObject([{ kind }]);
  expect((await ask("GET", path)).body).toEqual(before);
  await ask("PUT", path, { multiplier: 1.3 });
  expect(await send(host, { ...end, proposalId: "p-5-end" })).toMatchObject([{ kind: "held" }]);
  expect((await ask("GET", path)).body).toMatchObject({ multiplier: 1.3 });
});

test("[T93] platform: attributes of others under the same schema stay", async () => {
  const path = "/api/v2/users/a0006/customattributes";
  await ask("PUT", path, { schemaId: "schema-flair", schemaVersion: 1, attributes: { favourite_colour: "red" } });
  await send(await platform(), aFlair(person("a0006"), 1));
  expect(await contentAt("custom a0006 ")).toMatchObject({
    favourite_colour: "red",
    gami_flair_tier: "TIER_3",
    gami_avatar_variant: "gold_shield",
  });
});

test("platform: a schema that got a new version is asked for again; one that lost a field holds the flair, by name", async () => {
  const host = await platform();
  await send(host, aFlair(person("a0007"), 1));
  const schema = (await ask("GET", "/api/v2/users/customattributes/schemas/schema-flair")).body;
  const { jsonSchema } = schema;
  const properties = typeof jsonSchema === "object" && jsonSchema !== null && "properties" in jsonSchema ? jsonSchema.properties : {};
  await ask("PUT", "/api/v2/users/customattributes/schemas/schema-flair", { jsonSchema: { properties } });
  expect(await send(host, aFlair(person("a0007"), 2))).toMatchObject([{ kind: "retry" }]);
  expect(await send(host, aFlair(person("a0007"), 2))).toMatchObject([{ kind: "delivered" }]);
  expect(await send(host, aFlair(person("a0007"), 3, { ...goldFlair, attributes: { hat: "blue" } }))).toMatchObject([
    { kind: "held", answer: expect.stringContaining("gami_hat is not in the schema") },
  ]);
  const absent = await platform({ schemaId: "schema-none" });
  expect(await send(absent, aFlair(person("a0007"), 4))).toMatchObject([{ kind: "held", answer: expect.stringContaining("schema-none") }]);
});

test("platform: a value the schema has no room for holds the flair, and says which; the profile stays as it was", async () => {
  const host = await platform();
  const someone = person("a0012");
  await send(host, aFlair(someone, 1));
  const before = await contentAt("custom a0012 ");
  expect(await send(host, aFlair(someone, 2, { ...goldFlair, attributes: { accent: "x".repeat(201) } }))).toMatchObject([
    { kind: "held", answer: expect.stringContaining("attributes.gami_accent: expected text of at most 200 characters") },
  ]);
  expect(await contentAt("custom a0012 ")).toEqual(before);
});

test.each([
  ["guide", "a0140", guide, anAward],
  ["platform", "a0141", platform, somePoints],
] as const)("%s: of a user deleted meanwhile everything is held, and a reconciliation finds nobody there", async (_, id, open, other) => {
  const host = await open();
  const someone = person(id);
  expect(await send(host, aFlair(someone, 1))).toMatchObject([{ kind: "delivered" }]);
  await ask("DELETE", `/api/v2/users/${id}`);
  const later = [...(await send(host, aFlair(someone, 2))), ...(await send(host, other(someone)))];
  expect(later).toEqual([
    { kind: "held", answer: `user ${id} is unknown to the platform` },
    { kind: "held", answer: expect.stringMatching(/user a0140 is unknown to the platform|no such user/) },
  ]);
  const shown: unknown[] = [];
  for await (const chunk of host.flair?.shown([someone]) ?? []) shown.push(...chunk);
  expect(shown).toEqual([{ agentId: someone.agentId, shown: { kind: "unknown" } }]);
});

test("a receiver that takes the connection and never answers counts as none after the time allowed", async () => {
  const silent = createServer(() => undefined);
  silent.listen(0, "127.0.0.1");
  await once(silent, "listening");
  const address = silent.address();
  const port = typeof address === "object" ? address?.port : null;
  const host = await openHostFor(
    { kind: "webhook", url: `http://127.0.0.1:${port}/`, secrets: ["0123456789abcdef01234567"], ...hostLimits, timeoutSeconds: 1 },
    sourcesAt(simulator.url, "guide"),
  );
  expect(await send(host, aFlair(person("a0015"), 1))).toMatchObject([
    { kind: "retry", answer: expect.stringContaining("did not answer") },
  ]);
  await host.close();
  silent.closeAllConnections();
  silent.close();
});

test("[T91] platform: what is written is read back; a read that shows something else is tried again", async () => {
  const host = await platform();
  await send(host, aFlair(person("a0008"), 1));
  await setFaults(simulator.url, [{ name: "error-body", rate: 1, method: "GET", path: "/customattributes/schema-flair", times: 1 }]);
  expect(await send(host, aFlair(person("a0008"), 2))).toMatchObject([{ kind: "retry" }]);
  expect(await send(host, aFlair(person("a0008"), 2))).toMatchObject([{ kind: "delivered" }]);
});

test("[S3-R53] platform: a hundred agents' points go in one call; each is judged by itself", async () => {
  const host = await platform();
  expect(host.batchSize("points")).toBe(100);
  const many = Array.from({ length: 97 }, (_, index) => somePoints(person(`a${String(index + 1).padStart(4, "0")}`)));
  const before = host.counts().requests;
  const outcomes = await send(host, ...many, somePoints(person("nobody")), somePoints(person("a0001"), { metric: "csat" }));
  expect(host.counts().requests - before).toBe(1);
  expect(outcomes.filter(({ kind }) => kind === "delivered")).toHaveLength(97);
  expect(outcomes.slice(97)).toMatchObject([
    { kind: "held", answer: expect.stringContaining("no such user") },
    { kind: "held", answer: expect.stringContaining('"csat"') },
  ]);
  expect(await contentAt("metric em-points a0001 2026-02-01")).toMatchObject({ value: 12.5 });
  await send(host, somePoints(person("a0001"), { pointsMilli: "9000" }));
  expect(await contentAt("metric em-points a0001 2026-02-01")).toMatchObject({ value: 9 });
});

test("CXone: a custom field somebody else uses is left alone and held", async () => {
  const settings = { kind: "cxone", field: "custom3", ...hostLimits } as const;
  const host = await openHostFor(settings, sourcesAt(simulator.url, "platform"));
  const other = await openHostFor({ ...settings, field: "custom4" }, sourcesAt(simulator.url, "platform"));
  const someone = person("4321:1000010", "cxone");
  expect(await send(host, aFlair(someone, 1))).toMatchObject([{ kind: "delivered" }]);
  expect(await contentAt("agent 1000010")).toEqual({ custom3: "AHT Gold (TIER_3) [1.1]" });
  const token = await fetch(`${simulator.url}/auth/token`, {
    method: "POST",
    headers: { authorization: `Basic ${btoa("sim-client%40gami:sim%20secret%2B")}` },
    body: new URLSearchParams({ grant_type: "password", username: "SIMKEY7Q====", password: "SIMSECRETXYZ====" }),
  });
  const { access_token }: { access_token?: string } = JSON.parse(await token.text());
  const headers = { authorization: `bearer ${access_token}`, "content-type": "application/json" };
  const body = JSON.stringify({ agent: { custom4: "badge printer 7" } });
  await fetch(`${simulator.url}/incontactapi/services/v32.0/agents/1000010`, { method: "PUT", headers, body });
  expect(await send(other, aFlair(someone, 1))).toMatchObject([{ kind: "held", answer: expect.stringContaining("badge printer 7") }]);
  expect(await contentAt("agent 1000010")).toEqual({ custom3: "AHT Gold (TIER_3) [1.1]", custom4: "badge printer 7" });
});

test("reading what is shown never takes an answer it does not understand for nothing", async () => {
  const host = await guide();
  await send(host, aFlair(person("a0010"), 1));
  await setFaults(simulator.url, [{ name: "error-body", rate: 1, method: "GET", path: "/customattributes", times: 1 }]);
  const read = async () => {
    const shown: unknown[] = [];
    for await (const chunk of host.flair?.shown([person("a0010"), person("nobody")]) ?? []) shown.push(...chunk);
    return shown;
  };
  await expect(read()).rejects.toThrow(SourceBusyError);
  await setFaults(simulator.url, []);
  expect(await read()).toMatchObject([{ shown: { kind: "known", version: 1 } }, { shown: { kind: "unknown" } }]);
});

test("a receiver that moved holds its messages, and one that is gone too", async () => {
  const open = (path: string) =>
    openHostFor(
      { kind: "webhook", url: `${simulator.url}${path}`, secrets: ["0123456789abcdef01234567"], ...hostLimits },
      sourcesAt(simulator.url, "guide"),
    );
  expect(await send(await open("/nowhere"), aFlair(person("a0011"), 1))).toMatchObject([
    { kind: "held", answer: expect.stringContaining("404") },
  ]);
});

test("CSV: a line that a full disk cut short is ended and written again whole", async () => {
  const path = join(folder, "cut");
  const first = await csv(path);
  await send(first, anAward(person("a0001")));
  await first.close();
  const whole = readFileSync(join(path, "awards.csv"), "utf8");
  const later = anAward(person("a0002"), { reason: 'a "quoted" reason, with a comma\nand a line' });
  appendFileSync(join(path, "awards.csv"), "grant,genesys,a0002,agent-a0002,aht-gold");
  const second = await csv(path);
  expect(await send(second, anAward(person("a0003")))).toMatchObject([{ kind: "delivered" }]);
  expect(await send(second, anAward(person("a0001")), later)).toMatchObject([{ kind: "duplicate" }, { kind: "delivered" }]);
  await second.close();
  const text = readFileSync(join(path, "awards.csv"), "utf8");
  expect(text.startsWith(whole)).toBe(true);
  const rows: string[][] = parse(text, { relax_column_count: true });
  expect(rows.map((row) => row.length)).toEqual([16, 16, 5, 16, 16]);
  expect(rows[4]?.[12]).toBe('a "quoted" reason, with a comma and a line');
});

test("CSV: several writers at once share one head, and every event has one line", async () => {
  const path = join(folder, "many");
  const hosts = await Promise.all(Array.from({ length: 4 }, () => csv(path)));
  await Promise.all(hosts.map((host, at) => send(host, ...Array.from({ length: 20 }, (_, index) => anAward(person(`${at}-${index}`))))));
  for (const host of hosts) expect(await send(host, anAward(person("0-0")))).toMatchObject([{ kind: "duplicate" }]);
  const rows: string[][] = parse(readFileSync(join(path, "awards.csv"), "utf8"));
  expect(rows).toHaveLength(81);
  expect(new Set(rows.map((row) => row.at(-1))).size).toBe(81);
});

test("CSV: a name that a spreadsheet would take for a formula is kept a name", async () => {
  const path = join(folder, "formula");
  await send(await csv(path), anAward(person("a0001"), { name: "=HYPERLINK(1)", metricValue: "-5.5" }));
  const [, row]: string[][] = parse(readFileSync(join(path, "awards.csv"), "utf8"));
  expect(row).toContain("'=HYPERLINK(1)");
  expect(row).toContain("-5.5");
});

test("CSV: a folder that cannot be written to says so, once for all", async () => {
  const path = join(folder, "blocked");
  mkdirSync(join(path, "awards.csv"), { recursive: true });
  const host = await csv(path);
  await expect(send(host, anAward(person("a0001")))).rejects.toThrow(WarehouseError);
});
