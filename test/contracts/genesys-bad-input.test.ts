import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { openGenesys } from "../../src/adapters/sources/genesys/open-genesys.ts";
import { exitCodeOf } from "../../src/exit-codes.ts";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import { dayMs, firstDay, genesysAt, genesysSettings, openProject, type Project, setFaults, startCentre } from "../support/extraction.ts";

vi.setConfig({ testTimeout: 120_000 });

let centre: RunningSimulator;
let project: Project;
const servers: Server[] = [];

beforeAll(async () => {
  centre = await startCentre();
  project = await openProject();
});

afterAll(async () => {
  for (const server of servers) server.close();
  await project.close();
  await centre.close();
});

/** How an extraction of a platform fails: exit code, code and hint. */
async function failure(work: () => Promise<unknown>) {
  const error: unknown = await work().then(
    () => new Error("it did not fail"),
    (thrown: unknown) => thrown,
  );
  const {
    message = "",
    code = null,
    hint = null,
  } = error instanceof Error ? { code: null, hint: null, ...error, message: error.message } : {};
  return { exitCode: exitCodeOf(error), code, hint, message };
}

const oneDay = { until: firstDay + dayMs };
const conversationsFrom = (url: string) => project.extract(genesysAt(url), ["conversations"], oneDay);

test("wrong credentials exit 4 and say which settings to check", async () => {
  const { open, settings } = genesysSettings(centre.url);
  const platform = openGenesys({ ...open, settings: { ...settings, clientSecret: "wrong" } });
  const failed = await failure(() => project.extract(platform, ["queues"]));
  expect(failed).toMatchObject({ exitCode: 4, code: "CREDENTIALS_REFUSED", hint: expect.stringContaining("clientSecret") });
  expect(JSON.stringify(failed)).not.toContain("wrong");
});

test("credentials that are not set exit 4 before anything is asked", async () => {
  const { open, settings } = genesysSettings(centre.url);
  const platform = openGenesys({ ...open, settings: { ...settings, clientSecret: "" } });
  expect(await failure(() => project.extract(platform, ["queues"]))).toMatchObject({ exitCode: 4, code: "CREDENTIALS_MISSING" });
});

test("an unknown region exits 2 and names the near one", async () => {
  const { open, settings } = genesysSettings(centre.url);
  const failed = await failure(async () => openGenesys({ ...open, settings: { ...settings, baseUrl: null, region: "eu_centra_1" } }));
  expect(failed).toMatchObject({ exitCode: 2, code: "REGION_UNKNOWN", message: expect.stringContaining("eu_central_1") });
});

test("what stays unusable ends with its own words: a web page, an error inside a 200, no content, a foreign charset", async () => {
  const expected = {
    html: { exitCode: 6, code: "HTML_INSTEAD_OF_JSON" },
    "error-body": { exitCode: 75, code: "NO_DATA_IN_ANSWER" },
    "no-content": { exitCode: 75, code: "NO_DATA_IN_ANSWER" },
    charset: { exitCode: 6 },
  };
  for (const [fault, outcome] of Object.entries(expected)) {
    await setFaults(centre.url, [{ name: fault, rate: 1, path: "/api/v2/" }]);
    expect(await failure(() => conversationsFrom(centre.url)), fault).toMatchObject({ ...outcome, hint: expect.any(String) });
  }
  await setFaults(centre.url, {});
});

/** A platform that answers the job's results with what it is given. */
async function serveResults(results: (cursor: string | null) => unknown): Promise<string> {
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? "/", "http://127.0.0.1");
    const answers: Readonly<Record<string, unknown>> = {
      "/oauth/token": { access_token: "t", expires_in: 3600 },
      "/api/v2/analytics/conversations/details/jobs": { jobId: "j" },
      "/api/v2/analytics/conversations/details/jobs/availability": { dataAvailabilityDate: new Date().toISOString() },
      "/api/v2/analytics/conversations/details/jobs/j": { state: "FULFILLED" },
    };
    request.resume();
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify(answers[url.pathname] ?? results(url.searchParams.get("cursor"))));
  });
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  return `http://127.0.0.1:${address.port}`;
}

function conversation(conversationId: string, segments = 1) {
  const at = (second: number) => new Date(firstDay + second * 1000).toISOString();
  return {
    conversationId,
    conversationStart: at(0),
    participants: [
      {
        participantId: "p",
        purpose: "agent",
        userId: "u",
        sessions: [
          {
            mediaType: "voice",
            segments: Array.from({ length: segments }, (_, index) => ({
              segmentType: "interact",
              segmentStart: at(index),
              segmentEnd: at(index + 1),
            })),
          },
        ],
      },
    ],
  };
}

test("[T103] ids with quotes are kept, ids with line breaks and a record with 10,000 segments are quarantined or kept whole", async () => {
  const odd = await openProject();
  const quoted = `it's "quoted", \\ and; drop table raw.genesys_interaction`;
  const url = await serveResults(() => ({
    conversations: [conversation(quoted), conversation("two\nlines"), conversation("long", 10_000)],
  }));
  const { totals, reads } = await odd.extract(genesysAt(url), ["conversations"], oneDay);
  expect(totals.new + totals.quarantined).toBe(3);
  expect(await odd.rows("interaction", ["interaction_id"])).toContain(JSON.stringify([quoted]));
  const reasons = reads[0]?.rejects.map(({ reason }) => reason) ?? [];
  expect(reasons).toContain("bad_id");
  await odd.close();
});

test("an answer in another shape names the field", async () => {
  const odd = await openProject();
  const url = await serveResults(() => ({ conversations: "none" }));
  const failed = await failure(() => odd.extract(genesysAt(url), ["conversations"], oneDay));
  expect(failed).toMatchObject({ exitCode: 6, code: "ANSWER_UNUSABLE", message: expect.stringContaining("conversations") });
  await odd.close();
});
