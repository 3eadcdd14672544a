import { expect, test } from "vitest";
import { SourceBrokenError, SourceBusyError } from "../../../errors.ts";
import type { Page } from "../../../ports/platform.ts";
import type { HttpAnswer, HttpRequest } from "../../http/client.ts";
import { discoverTenant, tenantOfToken } from "./discover.ts";
import { type CxoneOptions, cxonePlatform } from "./platform.ts";

const slice = { from: Date.parse("2026-02-02T00:00:00Z"), to: Date.parse("2026-02-03T00:00:00Z") };
const answer = (status: number, body: unknown): HttpAnswer => ({ status, body, headers: new Headers() });

/** The adapter with answers instead of a network; every request and every pause is written down. */
function against(
  reply: (request: HttpRequest, number: number) => HttpAnswer,
  files: readonly (string | null)[] = [],
  more: Partial<CxoneOptions> = {},
) {
  const requests: string[] = [];
  const pauses: number[] = [];
  let fetched = 0;
  const platform = cxonePlatform({
    contract: "platform",
    client: {
      async send(request) {
        requests.push(`${request.method} ${request.url.pathname}${request.url.search}`);
        return reply(request, requests.length);
      },
    },
    clients: [],
    download: async () => files[fetched++] ?? null,
    tenant: async () => ({ apiUrl: "https://api.example", businessUnitId: "77" }),
    apiVersion: "32.0",
    pseudonym: null,
    now: () => slice.to,
    lagMs: 0,
    sleep: async (milliseconds) => {
      pauses.push(milliseconds);
    },
    ...more,
  });
  const read = async (name: string, resume: string | null = null): Promise<Page[]> => {
    const description = platform.reads.find((one) => one.name === name);
    if (description === undefined) throw new Error(name);
    const pages: Page[] = [];
    for await (const page of platform.pages(description, slice, resume)) pages.push(page);
    return pages;
  };
  return { platform, read, requests, pauses };
}

const running = answer(200, { jobStatus: { id: "j", status: "RUNNING", result: null } });
const done = answer(200, {
  jobStatus: { id: "j", status: "SUCCEEDED", result: { url: "https://files.example/j.csv", errorMessage: null } },
});
const header = "Agent ID,Type,Workflow Status,Workflow ID,Form Name,Submission Date,Score,Maximum Possible Score,ACD ID";

test("the window ends a millisecond before the slice does, in UTC with a literal Z, ordered by start", async () => {
  const { read, requests } = against(() => answer(204, null));
  expect(await read("contacts")).toEqual([]);
  const url = new URL(requests[0]?.slice(4) ?? "", "https://api.example");
  expect(url.pathname).toBe("/incontactapi/services/v32.0/contacts/completed");
  expect(Object.fromEntries(url.searchParams)).toEqual({
    startDate: "2026-02-02T00:00:00.000Z",
    endDate: "2026-02-02T23:59:59.999Z",
    orderBy: "contactStartDate asc",
    skip: "0",
    top: "10000",
  });
});

test("a refused extraction is tried again after thirty seconds; one that stays refused names both reasons", async () => {
  const { read, requests, pauses } = against(
    ({ method }, number) => (method === "POST" && number < 3 ? answer(403, null) : method === "POST" ? answer(202, "j") : done),
    [header],
  );
  expect((await read("evaluations")).map(({ resume }) => resume)).toEqual(["j", "j"]);
  expect(pauses).toEqual([30_000, 30_000]);
  expect(requests.filter((request) => request.startsWith("POST"))).toHaveLength(3);
  const refused = against(() => answer(403, null));
  await expect(refused.read("evaluations")).rejects.toThrow(SourceBusyError);
  await expect(refused.read("evaluations")).rejects.toMatchObject({ hint: expect.stringContaining("QM Workflow API") });
});

test("a job is waited for with growing pauses, its address asked for again when it ended, and one that failed is said to have", async () => {
  const { read, pauses } = against(
    ({ method }, number) => (method === "POST" ? answer(202, '"j"') : number < 4 ? running : done),
    [null, `\uFEFF${header}`],
  );
  await read("evaluations");
  expect(pauses).toEqual([3_000, 6_000]);
  const failed = against(({ method }) =>
    method === "POST" ? answer(202, "j") : answer(200, { jobStatus: { status: "FAILED", result: { messageError: "too much data" } } }),
  );
  await expect(failed.read("evaluations")).rejects.toThrow("too much data");
});

test("a job the platform forgot is submitted anew, one it still has is not", async () => {
  const kept = against(() => done, [header]);
  await kept.read("evaluations", "j");
  expect(kept.requests.some((request) => request.startsWith("POST"))).toBe(false);
  const forgotten = against(
    ({ method }, number) => (method === "POST" ? answer(202, "k") : number === 1 ? answer(404, null) : done),
    [header],
  );
  expect((await forgotten.read("evaluations", "j")).map(({ resume }) => resume)).toEqual(["k", "k"]);
});

test("calibrations and unfinished workflows are filtered; a score above its maximum and a date without a zone are refused", async () => {
  const rows = [
    "9,Evaluation,Completed,w1,QA,2026-02-02T10:00:00.000Z,87.5,100,512",
    "9,Calibration,Completed,w2,QA,2026-02-02T10:00:00.000Z,80,100,512",
    "9,Evaluation,In Progress,w3,QA,2026-02-02T10:00:00.000Z,80,100,512",
    "9,Evaluation,Completed,w4,QA,2026-02-02T10:00:00.000Z,120,100,512",
    "9,Evaluation,Completed,w5,QA,2026-02-02 10:00,80,100,512",
    "9,Evaluation,Completed,w6,QA,2026-02-03T00:00:00.000Z,80,100,512",
  ];
  const { read } = against(({ method }) => (method === "POST" ? answer(202, "j") : done), [[header, ...rows].join("\r\n")]);
  const items = (await read("evaluations")).flatMap((page) => page.items);
  expect(items.map(({ kind }) => kind)).toEqual(["record", "filtered", "filtered", "reject", "reject", "record"]);
  expect(items[0]).toMatchObject({ record: { evaluation_id: "w1", agent_native_id: "77:9", interaction_id: "512", score_milli: 87_500 } });
});

test("a quota that is used up ends the run, to be gone on with at its cursor; a survey without a score is filtered", async () => {
  const feedback = { id: "id", interaction: "contactId", agent: "agentId", score: "csat", answeredAt: "at", scaleMin: 1, scaleMax: 5 };
  const row = { id: "f1", contactId: 512, agentId: 9, csat: "4", at: "2026-02-02T10:00:00.000Z", comment: "by name" };
  const body = { data: [row, { ...row, csat: null }], nextCursor: "c2", exportLimit: { limitRemaining: 0, resetAt: "tomorrow" } };
  const { platform, requests } = against(() => answer(200, body), [], { feedback });
  const read = platform.reads.find(({ name }) => name === "feedback");
  if (read === undefined) throw new Error("no read feedback");
  const pages = platform.pages(read, slice, "c1")[Symbol.asyncIterator]();
  const first = await pages.next();
  const page = first.done === true ? undefined : first.value;
  expect(page?.resume).toBe("c2");
  expect(page?.items.map(({ kind }) => kind)).toEqual(["record", "filtered"]);
  expect(page?.items[0]).toMatchObject({
    record: { survey_id: "f1", agent_native_id: "77:9", score_milli: 4_000, scale_max_milli: 5_000 },
  });
  expect(page?.items[0]?.payload).not.toContain("name");
  await expect(pages.next()).rejects.toMatchObject({ code: "QUOTA_REACHED", message: expect.stringContaining("tomorrow") });
  expect(requests).toEqual(["POST /survey-data/v1.0/feedback/search?limit=100&cursor=c1"]);
});

test("a record kept without its business unit is refused: its agent would be another", () => {
  const { platform } = against(() => answer(204, null));
  const contact = { contactId: 1, contactStartDate: "2026-02-02T10:00:00.000Z", agentId: 9 };
  const read = (document: unknown) => platform.documents?.("interaction")?.read({ place: "row 0", payload: JSON.stringify(document) });
  expect(read(contact)).toMatchObject([{ kind: "reject", reject: { reason: "missing_field", field: "businessUnitId" } }]);
  expect(read({ ...contact, businessUnitId: 77 })).toMatchObject([{ kind: "record", record: { agent_native_id: "77:9" } }]);
});

test("an answer without its list is no answer", async () => {
  const { read } = against(() => answer(200, { error: "unavailable" }));
  await expect(read("contacts")).rejects.toThrow(SourceBrokenError);
  await expect(read("agents")).rejects.toMatchObject({ code: "UNEXPECTED_ANSWER" });
});

test("the tenant and business unit stand in the token; what it does not say must be configured", async () => {
  const token = (claims: unknown) => `Bearer h.${Buffer.from(JSON.stringify(claims)).toString("base64url")}.s`;
  const client = { send: async () => answer(200, { api_endpoint: "https://api-na1.example" }) };
  expect(tenantOfToken(token({ tenantId: "t", icBUId: 77 }))).toEqual({ tenantId: "t", businessUnitId: "77" });
  expect(await discoverTenant(client, "https://login.example", token({ tenantId: "t", icBUId: 77 }))).toEqual({
    apiUrl: "https://api-na1.example",
    businessUnitId: "77",
  });
  await expect(discoverTenant(client, "https://login.example", "Bearer opaque")).rejects.toMatchObject({
    hint: expect.stringContaining("businessUnitId"),
  });
  const known = { apiUrl: "https://api.example", businessUnitId: "5" };
  expect(await discoverTenant(client, "https://login.example", "Bearer opaque", known)).toEqual(known);
});
