import { createServer, type Server } from "node:http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openGenesys } from "../../src/adapters/sources/genesys/open-genesys.ts";
import { exitCodeOf } from "../../src/exit-codes.ts";
import { dayMs, firstDay, genesysAt, genesysSettings, openProject, type Project } from "../support/extraction.ts";

/** What is bad in Genesys' own way; what every source must bear stands in source.contract.ts. */
let project: Project;
const servers: Server[] = [];

beforeAll(async () => {
  project = await openProject();
});

afterAll(async () => {
  for (const server of servers) server.close();
  await project.close();
});

async function failure(work: () => Promise<unknown>) {
  const error: unknown = await work().then(
    () => new Error("it did not fail"),
    (thrown: unknown) => thrown,
  );
  return { exitCode: exitCodeOf(error), error };
}

const oneDay = { until: firstDay + dayMs };
/** Nobody listens there. */
const nowhere = "http://127.0.0.1:9";

test("credentials that are not set exit 4 before anything is asked", async () => {
  const { open, settings } = genesysSettings(nowhere);
  const platform = openGenesys({ ...open, settings: { ...settings, clientSecret: "" } });
  const failed = await failure(() => project.extract(platform, ["queues"]));
  expect(failed).toMatchObject({ exitCode: 4, error: { code: "CREDENTIALS_MISSING", message: expect.stringContaining("clientSecret") } });
});

test("an unknown region exits 2 and names the near one", async () => {
  const { open, settings } = genesysSettings(nowhere);
  const failed = await failure(async () => openGenesys({ ...open, settings: { ...settings, baseUrl: null, region: "eu_centra_1" } }));
  expect(failed).toMatchObject({ exitCode: 2, error: { code: "REGION_UNKNOWN", message: expect.stringContaining("eu_central_1") } });
});

/** A platform that answers the job's results with what it is given. */
async function serveResults(results: (cursor: string | null, pageNumber: number) => unknown): Promise<string> {
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
    response.end(
      JSON.stringify(answers[url.pathname] ?? results(url.searchParams.get("cursor"), Number(url.searchParams.get("pageNumber")))),
    );
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

test("a record with thousands of segments is kept whole; with 10,000 it is more than a megabyte and goes to quarantine", async () => {
  const url = await serveResults(() => ({ conversations: [conversation("long", 5_000), conversation("longer", 10_000)] }));
  const { totals, reads } = await project.extract(genesysAt(url), ["conversations"], oneDay);
  expect(totals).toMatchObject({ new: 1, quarantined: 1 });
  expect(reads[0]?.rejects).toMatchObject([{ reason: "record_too_large" }]);
  expect(await project.rows("interaction", ["interaction_id", "talk_ms"])).toEqual([JSON.stringify(["long", "5000000"])]);
});

test("cursors that lead round in a circle end it, however long the circle is", async () => {
  const url = await serveResults((cursor) => ({ conversations: [conversation("c")], cursor: { a: "b", b: "c", c: "a" }[cursor ?? "c"] }));
  const failed = await failure(() => project.extract(genesysAt(url), ["conversations"], oneDay));
  expect(failed).toMatchObject({ exitCode: 6, error: { code: "CURSOR_REPEATS", message: expect.stringContaining("cursor a again") } });
});

test("page numbers that lead round in a circle end it as well", async () => {
  const listing = (pageNumber: number) => ({ entities: [{ id: `q-${pageNumber % 3}` }], nextUri: "/more" });
  const url = await serveResults((_cursor, page) => listing(page));
  const failed = await failure(() => project.extract(genesysAt(url), ["queues"]));
  expect(failed).toMatchObject({ exitCode: 6, error: { code: "PAGE_REPEATS", message: expect.stringContaining("answered page 4") } });
});

test("an answer in another shape names the field", async () => {
  const url = await serveResults(() => ({ conversations: "none" }));
  const failed = await failure(() => project.extract(genesysAt(url), ["conversations"], oneDay));
  expect(failed).toMatchObject({ exitCode: 6, error: { code: "ANSWER_UNUSABLE", message: expect.stringContaining("conversations") } });
});
