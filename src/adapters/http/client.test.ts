import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import { AuthError, SourceBrokenError, SourceBusyError } from "../../errors.ts";
import type { TokenSource } from "../../ports/access-token.ts";
import { type PoliteClientOptions, politeClient } from "./client.ts";

type Answer = (request: IncomingMessage, response: ServerResponse) => void;
const closers: (() => void)[] = [];
afterEach(() => {
  for (const close of closers.splice(0)) close();
});

/** A real server that gives these answers one after the other, the last one for ever. */
async function serve(...answers: readonly Answer[]): Promise<{ readonly url: URL; readonly seen: IncomingMessage[] }> {
  const seen: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    seen.push(request);
    (answers[Math.min(seen.length, answers.length) - 1] ?? refuse)(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closers.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return { url: new URL(`http://127.0.0.1:${address.port}/things`), seen };
}
const refuse: Answer = (_request, response) => void response.writeHead(404).end();
const say =
  (status: number, body: string | Buffer, headers: Record<string, string> = { "content-type": "application/json" }): Answer =>
  (_request, response) =>
    void response.writeHead(status, headers).end(body);
const ok = say(200, '{"things":[1]}');

/** A client whose time passes only while it waits. */
function clientFor(url: URL, more: Partial<PoliteClientOptions> = {}) {
  let time = Date.now();
  const waits: number[] = [];
  const warnings: string[] = [];
  const client = politeClient({
    platform: "genesys",
    origins: [url.origin],
    limit: { requestsPerMinute: 6000, floorPerMinute: 30, burst: 100 },
    inFlight: 4,
    token: null,
    now: () => time,
    random: () => 0.5,
    sleep: async (milliseconds) => {
      waits.push(milliseconds);
      time += milliseconds;
    },
    onWarning: (text) => warnings.push(text),
    ...more,
  });
  return { client, waits, warnings };
}

test("a 429 with Retry-After is waited for, counted and slows the rate", async () => {
  const { url } = await serve(say(429, "{}", { "retry-after": "42" }), ok);
  const { client, waits } = clientFor(url);
  expect((await client.send({ method: "GET", url })).body).toEqual({ things: [1] });
  expect(waits).toContain(42_000);
  expect(client.counts()).toMatchObject({ requests: 2, throttled: 1, faults: 0 });
});

test("a 429 without Retry-After waits a drawn while", async () => {
  const { url } = await serve(say(429, "{}", {}), say(429, "{}", {}), ok);
  const { client, waits } = clientFor(url);
  await client.send({ method: "GET", url });
  expect(waits).toEqual(expect.arrayContaining([500, 1000]));
});

test("[S4-R17] a refused token is renewed in the middle of anything, a fresh one that is refused too after a pause, and never for ever", async () => {
  const renewed: string[] = [];
  const token: TokenSource = {
    current: async () => "Bearer old",
    renew: async (refused) => {
      renewed.push(refused);
      return "Bearer new";
    },
  };
  const { url, seen } = await serve(say(401, '{"code":"bad.credentials"}'), ok);
  await clientFor(url, { token }).client.send({ method: "GET", url });
  expect(renewed).toEqual(["Bearer old"]);
  expect(seen.map(({ headers }) => headers.authorization)).toEqual(["Bearer old", "Bearer new"]);

  const twice = await serve(say(401, "{}"), say(401, "{}"), ok);
  const patient = clientFor(twice.url, { token });
  await patient.client.send({ method: "GET", url: twice.url });
  expect(patient.waits).toContain(500);

  const always = await serve(say(401, '{"message":"bad credentials","code":"bad.credentials"}'));
  await expect(clientFor(always.url, { token }).client.send({ method: "GET", url: always.url })).rejects.toThrow(AuthError);
  expect(always.seen.length).toBe(4);
});

test("a missing permission is named", async () => {
  const { url } = await serve(
    say(
      403,
      '{"message":"Unable to perform the requested action. You are missing: analytics:conversationDetail:view","code":"missing.permissions"}',
    ),
  );
  const sending = clientFor(url).client.send({ method: "GET", url });
  await expect(sending).rejects.toThrow(AuthError);
  await expect(sending).rejects.toThrow("analytics:conversationDetail:view");
});

test("an address that never answers is given up within the time for a first answer; one that answered once is waited for", async () => {
  const gone = new URL("http://127.0.0.1:9/things");
  const nobody = clientFor(gone, { firstAnswerMs: 60_000, fetch: () => Promise.reject(new Error("connect ECONNREFUSED")) });
  await expect(nobody.client.send({ method: "GET", url: gone })).rejects.toThrow(SourceBusyError);
  expect(nobody.waits.reduce((sum, wait) => sum + wait, 0)).toBeLessThan(61_000);
  await expect(nobody.client.send({ method: "GET", url: gone })).rejects.toMatchObject({
    code: "PLATFORM_UNREACHABLE",
    message: expect.stringContaining("nothing there has answered before"),
    hint: expect.stringContaining("baseUrl"),
  });
  expect(nobody.warnings[0]).toContain("genesys did not answer (connect ECONNREFUSED); pausing until");
  let calls = 0;
  const flaky = clientFor(gone, {
    firstAnswerMs: 60_000,
    fetch: async () => {
      calls += 1;
      if (calls > 1 && calls < 9) throw new Error("connect ECONNREFUSED");
      return new Response("{}", { headers: { "content-type": "application/json" } });
    },
  });
  await flaky.client.send({ method: "GET", url: gone });
  expect(await flaky.client.send({ method: "GET", url: gone })).toMatchObject({ status: 200 });
  expect(flaky.waits.reduce((sum, wait) => sum + wait, 0)).toBeGreaterThan(60_000);
});

test("a name that no directory knows is told at once, a directory that does not answer is waited for", async () => {
  const misspelt = new URL("http://api.mypurecluod.invalid/things");
  // As fetch says it; what a resolver says of such a name differs where there is no network.
  const cause = new Error("getaddrinfo ENOTFOUND api.mypurecluod.invalid");
  const unknown = clientFor(misspelt, { firstAnswerMs: 60_000, fetch: () => Promise.reject(new TypeError("fetch failed", { cause })) });
  await expect(unknown.client.send({ method: "GET", url: misspelt })).rejects.toMatchObject({
    code: "PLATFORM_UNREACHABLE",
    retry: "never",
    message: expect.stringContaining("genesys: GET http://api.mypurecluod.invalid/things did not answer (getaddrinfo ENOTFOUND"),
    hint: expect.stringContaining("no host is called api.mypurecluod.invalid: check the address"),
  });
  expect(unknown.waits).toEqual([]);
  const deaf = clientFor(misspelt, { firstAnswerMs: 60_000, fetch: () => Promise.reject(new Error("getaddrinfo EAI_AGAIN")) });
  await expect(deaf.client.send({ method: "GET", url: misspelt })).rejects.toMatchObject({ code: "PLATFORM_UNREACHABLE", retry: "later" });
  expect(deaf.waits.length).toBeGreaterThan(3);
});

test("a name that answered once and is gone for a moment is waited for", async () => {
  const moving = new URL("http://api.mypurecloud.invalid/things");
  let calls = 0;
  const { client, waits } = clientFor(moving, {
    firstAnswerMs: 60_000,
    fetch: async () => {
      calls += 1;
      if (calls === 2) throw new Error("getaddrinfo ENOTFOUND api.mypurecloud.invalid");
      return new Response("{}", { headers: { "content-type": "application/json" } });
    },
  });
  await client.send({ method: "GET", url: moving });
  expect(await client.send({ method: "GET", url: moving })).toMatchObject({ status: 200 });
  expect(waits).toHaveLength(1);
});

test("five faults in a row pause the client, and it goes on afterwards", async () => {
  const down = say(503, "down");
  const { url } = await serve(down, down, down, down, down, ok);
  const { client, warnings } = clientFor(url);
  expect((await client.send({ method: "GET", url })).status).toBe(200);
  expect(client.counts()).toMatchObject({ faults: 5, pauses: 1 });
  expect(warnings[0]).toContain("pausing until");
});

test("a platform that stays down is worth another try later", async () => {
  const { url } = await serve(say(500, "{}"));
  await expect(clientFor(url).client.send({ method: "GET", url })).rejects.toThrow(SourceBusyError);
});

test("a cut connection is tried again", async () => {
  const { url } = await serve((request) => request.socket.destroy(), ok);
  const { client } = clientFor(url);
  expect((await client.send({ method: "GET", url })).status).toBe(200);
  expect(client.counts().faults).toBe(1);
});

test.each([
  ["HTML instead of JSON", say(200, "<!DOCTYPE html><title>Sign in</title>", { "content-type": "text/html" }), "Sign in"],
  ["half a JSON", say(200, '{"things":['), "no JSON"],
  ["bytes of another encoding", say(200, Buffer.from('{"a":"\xe9"}', "latin1")), "not utf-8"],
  ["a redirect to another host", say(302, "", { location: "https://elsewhere.example/" }), "elsewhere.example"],
  ["an unknown path", say(404, '{"message":"not found"}'), "not found"],
])("%s is said to be that, at once", async (_fact, answer, words) => {
  const { url, seen } = await serve(answer);
  const sending = clientFor(url).client.send({ method: "GET", url });
  await expect(sending).rejects.toThrow(SourceBrokenError);
  await expect(sending).rejects.toThrow(words);
  expect(seen).toHaveLength(1);
});

test("gzip, an empty answer and a fine 404 are answers", async () => {
  const zipped = await serve(say(200, gzipSync('{"a":1}'), { "content-encoding": "gzip", "content-type": "application/json" }));
  expect((await clientFor(zipped.url).client.send({ method: "GET", url: zipped.url })).body).toEqual({ a: 1 });
  const empty = await serve(say(204, ""));
  expect((await clientFor(empty.url).client.send({ method: "GET", url: empty.url })).body).toBeNull();
  const gone = await serve(say(404, "{}"));
  expect((await clientFor(gone.url).client.send({ method: "GET", url: gone.url, alsoFine: [404] })).status).toBe(404);
});

test("a page beyond the limit is refused before it fills the memory", async () => {
  const { url } = await serve(say(200, Buffer.alloc(3e6, 32)));
  await expect(clientFor(url, { maxBodyBytes: 1e6 }).client.send({ method: "GET", url })).rejects.toThrow("more than 1 MB");
});

test("plain http where TLS should be, and bytes that are no gzip, are said in words", async () => {
  const { url } = await serve(ok);
  const secure = new URL(url.href.replace("http:", "https:"));
  await expect(clientFor(secure).client.send({ method: "GET", url: secure })).rejects.toMatchObject({
    code: "TLS_FAILED",
    message: expect.stringMatching(/did not answer \(TLS: wrong version number, as where a server speaks plain http\)$/),
  });
  const packed = await serve(say(200, "no gzip", { "content-encoding": "gzip", "content-type": "application/json" }));
  await expect(clientFor(packed.url).client.send({ method: "GET", url: packed.url })).rejects.toThrow(
    "answered bytes that cannot be unpacked (incorrect header check), 8 times",
  );
});

test("the token never leaves for another origin", async () => {
  const { url } = await serve(ok);
  const sending = clientFor(url).client.send({ method: "GET", url: new URL("https://elsewhere.example/things?cursor=1") });
  await expect(sending).rejects.toThrow("elsewhere.example");
});

test("a clock ten minutes off is noticed once", async () => {
  const late = new Date(Date.now() - 600_000).toUTCString();
  const { url } = await serve(say(200, "{}", { date: late, "content-type": "application/json" }));
  const { client, warnings } = clientFor(url);
  await client.send({ method: "GET", url });
  await client.send({ method: "GET", url });
  expect(warnings).toHaveLength(1);
  expect(warnings[0]).toContain("10 min");
});

test("no more requests are in flight than allowed", async () => {
  let open = 0;
  let most = 0;
  const slow: Answer = (_request, response) => {
    open += 1;
    most = Math.max(most, open);
    setTimeout(() => {
      open -= 1;
      response.writeHead(200, { "content-type": "application/json" }).end("{}");
    }, 5);
  };
  const { url } = await serve(slow);
  const { client } = clientFor(url, { inFlight: 3 });
  await Promise.all(Array.from({ length: 20 }, () => client.send({ method: "GET", url })));
  expect(most).toBe(3);
});
