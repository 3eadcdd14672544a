import platformClient from "purecloud-platform-client-v2";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import { type Ask, askGenesys } from "./genesys-client.ts";
import { openSmallSimulator, setFaults } from "./simulate.ts";

/** What recognition writes: the vendor's own client for what the vendor has, a plain one for the guides' contract. */
let simulator: RunningSimulator;
let ask: Ask;
beforeAll(async () => {
  simulator = await openSmallSimulator();
  ask = await askGenesys(simulator.url);
  platformClient.ApiClient.instance.setGateway({ host: "127.0.0.1", protocol: "http", port: Number(new URL(simulator.url).port) });
  await platformClient.ApiClient.instance.loginClientCredentialsGrant("sim-client", "sim-secret");
});
afterAll(() => simulator.close());

/** The SDK types attribute values as objects, the platform takes text. */
const attributes = (values: Readonly<Record<string, string>>) => JSON.parse(JSON.stringify(values));

test("the SDK writes custom attributes: PUT replaces, PATCH merges, and a read gives them back", async () => {
  const users = new platformClient.UsersApi();
  const [schema] = (await users.getUsersCustomattributesSchemas()).entities ?? [];
  const at = { schemaId: schema?.id ?? "", schemaVersion: schema?.version ?? 0 };
  await users.putUserCustomattributes("a0001", { ...at, attributes: attributes({ favourite_colour: "red", gami_flair_tier: "TIER_1" }) });
  await users.patchUserCustomattributes("a0001", { ...at, attributes: attributes({ gami_flair_tier: "TIER_3" }) });
  const read = await users.getUserCustomattribute("a0001", at.schemaId);
  expect(read.attributes).toEqual({ favourite_colour: "red", gami_flair_tier: "TIER_3" });
  await users.putUserCustomattributes("a0001", { ...at, attributes: attributes({ gami_flair_tier: "TIER_2" }) });
  expect((await users.getUserCustomattribute("a0001", at.schemaId)).attributes).toEqual({ gami_flair_tier: "TIER_2" });
});

test("an attribute the schema lacks, another schema version and an unknown user are refused", async () => {
  const users = new platformClient.UsersApi();
  const put = (userId: string, schemaVersion: number, values: Readonly<Record<string, string>>) =>
    users
      .putUserCustomattributes(userId, { schemaId: "schema-flair", schemaVersion, attributes: attributes(values) })
      .catch((error: unknown) => error);
  expect(await put("a0002", 1, { shoe_size: "44" })).toMatchObject({ status: 400, code: "schema.field.unknown" });
  expect(await put("a0002", 7, {})).toMatchObject({ status: 400, code: "schema.version.invalid" });
  expect(await put("nobody", 1, {})).toMatchObject({ status: 404 });
});

test("the SDK adds external metric data: some taken, some not; Total overwrites and Cumulative adds", async () => {
  const gamification = new platformClient.GamificationApi();
  const item = { metricId: "em-points", userId: "a0001", dateOccurred: "2026-02-01" };
  const post = (items: { metricId: string; userId: string; dateOccurred: string; value: number; type?: string }[]) =>
    gamification.postEmployeeperformanceExternalmetricsData({ body: { items } });
  const mixed = await post([
    { ...item, value: 5 },
    { ...item, userId: "nobody", value: 5 },
  ]);
  expect(mixed.processedEntities).toMatchObject([{ userId: "a0001", totalValue: 5 }]);
  expect(mixed.unprocessedEntities).toMatchObject([{ userId: "nobody", code: "user.not.found" }]);
  expect((await post([{ ...item, value: 7, type: "Total" }])).processedEntities).toMatchObject([{ totalValue: 7 }]);
  expect((await post([{ ...item, value: 7, type: "Cumulative" }])).processedEntities).toMatchObject([{ totalValue: 14 }]);
});

test("[T93] [T91] under the guides' contract a PUT replaces everything, and a stale ETag is refused", async () => {
  const read = await ask("GET", "/api/v2/users/a0003/customattributes");
  const etag = read.headers.get("etag") ?? "";
  const put = (customAttributes: unknown, match: string) =>
    ask("PUT", "/api/v2/users/a0003", { customAttributes }, match === "" ? {} : { "if-match": match });
  expect((await put({ mine: "1" }, etag)).status).toBe(200);
  expect((await put({ mine: "2" }, etag)).status).toBe(412);
  expect((await put({ yours: "3" }, "")).body).toMatchObject({ customAttributes: { yours: "3" } });
});

test("a challenge is changed by compare-and-set", async () => {
  const path = "/v2/wfm/gamification/challenges/c-1-quality";
  const etag = (await ask("GET", path)).headers.get("etag") ?? "";
  expect((await ask("PUT", path, { multiplier: 1.5 }, { "if-match": etag })).body).toMatchObject({ multiplier: 1.5 });
  expect((await ask("PUT", path, { multiplier: 1.7 }, { "if-match": etag })).status).toBe(412);
  expect((await ask("PUT", path, { pointsPerUnit: 3 })).body).toMatchObject({ multiplier: 1.5, pointsPerUnit: 3 });
});

test("a lost response is an award that was given: the next attempt with the same key is told so", async () => {
  const path = "/api/v2/gamification/badges/b-silver/awards";
  const give = () => ask("POST", path, { userId: "a0004", reason: "x" }, { "idempotency-key": "lost" });
  await setFaults(simulator.url, [{ name: "cut", rate: 1, path: "/awards", times: 1 }]);
  await expect(give()).rejects.toThrow();
  expect((await give()).status).toBe(409);
  expect((await ask("GET", `${path}?userId=a0004`)).body).toMatchObject({ entities: [{ idempotencyKey: "lost" }] });
  expect((await give()).status).toBe(409);
});

test("webhooks are kept as they came, byte by byte", async () => {
  const body = '{"b": 1,\n"a": "é"}';
  const answer = await fetch(`${simulator.url}/_webhook/board`, { method: "POST", body, headers: { "webhook-id": "e1" } });
  expect(answer.status).toBe(204);
  const kept: unknown = await (await fetch(`${simulator.url}/_simulator/written?prefix=webhook`)).json();
  expect(kept).toMatchObject({ written: [{ content: { body, headers: { "webhook-id": "e1" } } }] });
});
