import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import type { CanonicalRecord } from "../../src/domain/records/record.ts";
import { AuthError, SourceBusyError } from "../../src/errors.ts";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import { day, openAgainst, readAll } from "./cxone-reads.ts";
import { openSmallSimulator, readCounts, readTruth, setClock, setFaults, type TruthRow } from "./simulate.ts";

let simulator: RunningSimulator;
beforeAll(async () => {
  simulator = await openSmallSimulator();
});
afterAll(() => simulator.close());
afterEach(() => setFaults(simulator.url, {}));

const from = day("2026-02-02");
const to = day("2026-02-09");

test("contacts of a week are the true ones, leg by leg, whatever the page size", async () => {
  const truth = await readTruth(simulator.url, "cxone", "interaction", from, to);
  expect(truth.length).toBeGreaterThan(700);
  for (const pageSize of [7, 10_000]) {
    const { records, items } = await readAll(openAgainst(simulator.url, { pageSize }), "contacts", from, to);
    expect(items.every(({ kind }) => kind === "record")).toBe(true);
    expect(alike(records("interaction"), truth, interactionKey)).toEqual(keyed(truth, interactionKey));
  }
});

test.each(["18.0", "23.0", "32.0"])("version %s of the API gives the same records [T104]", async (apiVersion) => {
  const truth = await readTruth(simulator.url, "cxone", "interaction", from, day("2026-02-03"));
  const { records } = await readAll(openAgainst(simulator.url, { apiVersion }), "contacts", from, day("2026-02-03"));
  expect(alike(records("interaction"), truth, interactionKey)).toEqual(keyed(truth, interactionKey));
});

test("both contracts give identical records in the fields both carry", async () => {
  const platform = (await readAll(openAgainst(simulator.url), "contacts", from, to)).records("interaction");
  const guide = (await readAll(openAgainst(simulator.url, { contract: "guide", pageSize: 50 }), "interactions", from, to)).records(
    "interaction",
  );
  const shared = [
    "interaction_id",
    "agent_native_id",
    "segment_id",
    "conversation_id",
    "channel",
    "entered_at",
    "disposition_code",
    "source_updated_at",
  ];
  const pick = (records: readonly CanonicalRecord[]) =>
    keyed(
      records.map((record) => Object.fromEntries(shared.map((name) => [name, record[name] ?? null]))),
      interactionKey,
    );
  expect(pick(guide)).toEqual(pick(platform));
  const handled = (records: readonly CanonicalRecord[]) => records.filter(({ agent_native_id }) => agent_native_id !== null);
  const handle = (records: readonly CanonicalRecord[]) =>
    keyed(
      handled(records).map(({ interaction_id, handle_ms, outcome }) => ({
        interaction_id: interaction_id ?? null,
        handle_ms: handle_ms ?? null,
        outcome: outcome ?? null,
      })),
      interactionKey,
    );
  expect(handle(guide)).toEqual(handle(platform));
});

test("evaluations come by job and file, by the day they were submitted; the job is the place to resume at", async () => {
  const truth = await readTruth(simulator.url, "cxone", "evaluation", from, day("2026-02-03"));
  const client = openAgainst(simulator.url);
  const { records, resumes } = await readAll(client, "evaluations", from, day("2026-02-03"));
  expect(alike(records("evaluation"), truth, evaluationKey)).toEqual(keyed(truth, evaluationKey));
  expect(resumes).toEqual([resumes[0], resumes[0]]);
  const before = (await readCounts(simulator.url)).jobsSubmitted;
  const read = client.platform.reads.find(({ name }) => name === "evaluations");
  if (read === undefined) throw new Error("no read evaluations");
  let again = 0;
  for await (const page of client.platform.pages(read, { from: Date.parse(from), to: Date.parse(day("2026-02-03")) }, resumes[0] ?? null))
    again += page.items.length;
  expect(again).toBe(truth.length);
  expect((await readCounts(simulator.url)).jobsSubmitted).toBe(before);
  await setFaults(simulator.url, [{ name: "expire-cursor", rate: 1, path: "/_download/", times: 2 }]);
  const late = await readAll(client, "evaluations", from, day("2026-02-03"));
  expect(late.records("evaluation")).toHaveLength(truth.length);
}, 60_000);

test("surveys are read in the fields the tenant has for them, page by page; what was answered in words is not kept", async () => {
  const client = openAgainst(simulator.url, { feedback: csatFields, pageSize: 7 });
  const truth = await readTruth(simulator.url, "cxone", "survey", from, to);
  expect(truth.length).toBeGreaterThan(20);
  const { items, records, resumes } = await readAll(client, "feedback", from, to);
  expect(alike(records("survey"), truth, surveyKey)).toEqual(keyed(truth, surveyKey));
  expect(resumes.some((resume) => resume !== null)).toBe(true);
  expect(items.map(({ payload }) => payload).join()).not.toMatch(/example|\+1555|Erika/i);
  expect(items.flatMap((item) => client.platform.documents?.("survey")?.read(item) ?? [])).toEqual(items);
  await setFaults(simulator.url, [{ name: "expire-cursor", rate: 1, path: "/feedback/", times: 2 }]);
  // A slice that starts over brings its first rows twice, and loses none.
  const again = (await readAll(client, "feedback", from, to)).records("survey");
  expect(again.length).toBeGreaterThan(truth.length);
  expect(new Set(again.map(surveyKey))).toEqual(new Set(truth.map(surveyKey)));
  expect(openAgainst(simulator.url).platform.reads.map(({ name }) => name)).not.toContain("feedback");
}, 60_000);

test("an agent's local day is summed up as his contacts are, in every zone, from durations with days and fractions", async () => {
  const client = openAgainst(simulator.url);
  const read = await readAll(client, "performance", from, to);
  const zones = new Map((await readTruth(simulator.url, "cxone", "agent")).map((row) => [row.agent_native_id, String(row.zone)]));
  expect(new Set(zones.values()).size).toBeGreaterThan(1);
  const sums = new Map<string, number[]>();
  for (const row of await readTruth(simulator.url, "cxone", "interaction", day("2026-01-31"), day("2026-02-11"))) {
    const zone = zones.get(row.agent_native_id ?? null);
    if (zone === undefined) continue;
    const key = `${row.agent_native_id} ${new Intl.DateTimeFormat("sv-SE", { timeZone: zone }).format(Number(row.entered_at))}`;
    const [count = 0, handle = 0, afterCall = 0] = sums.get(key) ?? [];
    sums.set(key, [count + 1, handle + Number(row.handle_ms), afterCall + Number(row.after_call_ms)]);
  }
  const records = read.records("performance_day");
  expect(records.length).toBeGreaterThan(50);
  expect(new Set(records.map(({ work_date }) => work_date)).size).toBeGreaterThan(6);
  for (const row of records)
    expect([row.interactions, row.handle_ms, row.after_call_ms], `${row.agent_native_id} ${row.work_date}`).toEqual(
      sums.get(`${row.agent_native_id} ${row.work_date}`),
    );
  expect(read.items.flatMap((item) => client.platform.documents?.("performance_day")?.read(item) ?? [])).toEqual(read.items);
}, 60_000);

test("the guides' quality score becomes an evaluation", async () => {
  const truth = await readTruth(simulator.url, "cxone", "evaluation");
  const { records } = await readAll(openAgainst(simulator.url, { contract: "guide" }), "interactions", from, to);
  const scored = new Map(truth.map((row) => [`${row.interaction_id}`, row.score_milli]));
  expect(records("evaluation").length).toBeGreaterThan(5);
  for (const { interaction_id, score_milli } of records("evaluation")) expect(scored.get(String(interaction_id))).toBe(score_milli);
});

test("agents, skills, shifts and adherence are the true ones", async () => {
  const client = openAgainst(simulator.url, { apiVersion: "32.0" });
  const agents = await readTruth(simulator.url, "cxone", "agent");
  const agentRead = await readAll(client, "agents", from, to);
  const listed = agentRead.records("agent");
  expect(alike(listed, agents, agentKey)).toEqual(keyed(agents, agentKey));
  expect(listed.every(({ display_name, email_hmac }) => display_name === null && /^[0-9a-f]{32}$/.test(String(email_hmac)))).toBe(true);
  const queues = await readTruth(simulator.url, "cxone", "queue");
  const skillRead = await readAll(client, "skills", from, to);
  // What was kept of each is enough to read it again.
  for (const [stream, { items }] of [
    ["agent", agentRead],
    ["queue", skillRead],
  ] as const)
    expect(items.flatMap((item) => client.platform.documents?.(stream)?.read(item) ?? [])).toEqual(items);
  expect(alike(skillRead.records("queue"), queues, queueKey)).toEqual(keyed(queues, queueKey));
  const { records } = await readAll(client, "schedules", from, to);
  const shifts = await readTruth(simulator.url, "cxone", "shift", from, to);
  expect(alike(records("shift"), shifts, shiftKey)).toEqual(keyed(shifts, shiftKey));
  const adherence = await readTruth(simulator.url, "cxone", "adherence", from, to);
  expect(alike(records("adherence"), adherence, adherenceKey)).toEqual(keyed(adherence, adherenceKey));
}, 60_000);

test("nothing personal is in what would be archived", async () => {
  const client = openAgainst(simulator.url);
  const { items } = await readAll(client, "contacts", from, day("2026-02-03"));
  const text = items.map(({ payload }) => payload).join("\n");
  expect(text).not.toMatch(/\+1555|Example|8885550199/);
  const dropped = await readAll(openAgainst(simulator.url, { personalData: "drop" }), "contacts", from, day("2026-02-03"));
  expect(dropped.records("interaction").every(({ customer_key }) => customer_key === null)).toBe(true);
  const [first, second] = [
    await readAll(client, "contacts", from, day("2026-02-03")),
    await readAll(openAgainst(simulator.url), "contacts", from, day("2026-02-03")),
  ];
  expect(first.records("interaction")).toEqual(second.records("interaction"));
});

test("faults on the way lose nothing: 401 in the middle, 429 with and without Retry-After, 5xx, cut, slow, compressed", async () => {
  const truth = await readTruth(simulator.url, "cxone", "interaction", from, day("2026-02-04"));
  await setFaults(
    simulator.url,
    [
      { name: "unauthorized", rate: 1, path: "/contacts", times: 1 },
      { name: "throttle", rate: 1, path: "/contacts", times: 1 },
      { name: "throttle-bare", rate: 1, path: "/contacts", times: 1 },
      { name: "error", rate: 1, path: "/contacts", times: 1 },
      { name: "cut", rate: 1, path: "/contacts", times: 1 },
      { name: "slow", rate: 1, path: "/contacts", times: 1 },
      { name: "gzip", rate: 1, path: "/contacts" },
    ],
    { retryAfterSeconds: 1, slowMs: 100 },
  );
  const client = openAgainst(simulator.url);
  const { records } = await readAll(client, "contacts", from, day("2026-02-04"));
  expect(alike(records("interaction"), truth, interactionKey)).toEqual(keyed(truth, interactionKey));
  expect(client.platform.counts()).toMatchObject({ throttled: 2, faults: 2 });
}, 60_000);

test("pages that overlap, repeat rows and run backwards give the same records; malformed rows are refused with reason and payload", async () => {
  const truth = await readTruth(simulator.url, "cxone", "interaction", from, day("2026-02-04"));
  for (const contract of ["platform", "guide"] as const) {
    await setFaults(simulator.url, { duplicate: 1, overlap: 1, reorder: 1, drift: 1, malformed: 1 });
    const client = openAgainst(simulator.url, { contract, pageSize: 50 });
    const { records, items } = await readAll(client, contract === "guide" ? "interactions" : "contacts", from, day("2026-02-04"));
    expect(new Set(records("interaction").map(({ interaction_id }) => interaction_id))).toEqual(
      new Set(truth.map(({ interaction_id }) => interaction_id)),
    );
    expect(records("interaction").length).toBeGreaterThan(truth.length);
    const unknown = (client.platform.drift?.() ?? []).filter(({ kind }) => kind === "unknown").map(({ field }) => field);
    expect(unknown.toSorted()).toEqual(["experimental", "unannouncedField"]);
    const rejects = items.filter((item) => item.kind === "reject");
    expect(rejects.length).toBeGreaterThan(0);
    for (const item of rejects) expect(item.kind === "reject" && item.reject.field).toBe(contract === "guide" ? "startTime" : "acwSeconds");
  }
});

test("a link that leads to itself ends with an error, not never [T35]", async () => {
  await setFaults(simulator.url, { "repeat-cursor": 1 });
  await expect(readAll(openAgainst(simulator.url, { contract: "guide", pageSize: 20 }), "interactions", from, to)).rejects.toMatchObject({
    code: "PAGE_REPEATS",
  });
  await expect(readAll(openAgainst(simulator.url, { pageSize: 20 }), "contacts", from, to)).rejects.toMatchObject({ code: "PAGE_REPEATS" });
});

test("an expired page token starts the slice over", async () => {
  const truth = await readTruth(simulator.url, "cxone", "interaction", from, day("2026-02-03"));
  await setFaults(simulator.url, [{ name: "expire-cursor", rate: 1, path: "/reporting/", times: 1 }]);
  const { records } = await readAll(
    openAgainst(simulator.url, { contract: "guide", pageSize: 20 }),
    "interactions",
    from,
    day("2026-02-03"),
  );
  expect(new Set(records("interaction").map(({ interaction_id }) => interaction_id))).toEqual(
    new Set(truth.map(({ interaction_id }) => interaction_id)),
  );
  expect(records("interaction").length).toBeGreaterThan(truth.length);
});

test("wrong credentials, a missing permission, a web page and an error body are said to be what they are", async () => {
  const wrong = openAgainst(simulator.url, { clientSecret: "no" });
  await expect(readAll(wrong, "contacts", from, to)).rejects.toThrow(AuthError);
  await setFaults(simulator.url, { forbidden: 1 });
  await expect(readAll(openAgainst(simulator.url), "contacts", from, to)).rejects.toMatchObject({
    code: "PERMISSION_MISSING",
    message: expect.stringContaining("Reporting > Contacts view"),
  });
  await setFaults(simulator.url, [{ name: "html", rate: 1, path: "/contacts" }]);
  await expect(readAll(openAgainst(simulator.url), "contacts", from, to)).rejects.toMatchObject({ code: "HTML_INSTEAD_OF_JSON" });
  await setFaults(simulator.url, [{ name: "error-body", rate: 1, path: "/contacts" }]);
  await expect(readAll(openAgainst(simulator.url), "contacts", from, to)).rejects.toThrow(SourceBusyError);
});

test("a day without contacts is empty, not broken", async () => {
  const { items } = await readAll(openAgainst(simulator.url), "contacts", day("2025-06-01"), day("2025-06-03"));
  expect(items).toEqual([]);
});

test("late rows and corrections appear as the virtual clock moves, and none is counted twice [T16]", async () => {
  const own = await openSmallSimulator({ now: Date.parse("2026-02-03T18:00:00Z") });
  try {
    const client = openAgainst(own.url);
    const early = (await readAll(client, "contacts", from, day("2026-02-04"))).records("interaction");
    expect(early).toHaveLength((await readTruth(own.url, "cxone", "interaction", from, day("2026-02-04"))).length);
    await setClock(own.url, "2026-02-06T00:00:00Z");
    const later = (await readAll(client, "contacts", from, day("2026-02-04"))).records("interaction");
    expect(later.length).toBeGreaterThan(early.length);
    const before = new Map(early.map((record) => [record.interaction_id, record]));
    const corrected = later.filter((record) => {
      const known = before.get(record.interaction_id ?? null);
      return known !== undefined && known.after_call_ms !== record.after_call_ms;
    });
    expect(corrected.length).toBeGreaterThan(0);
    expect(new Set(later.map(({ interaction_id }) => interaction_id)).size).toBe(later.length);
  } finally {
    await own.close();
  }
});

const interactionKey = (row: TruthRow | CanonicalRecord) => `${row.interaction_id}`;
const evaluationKey = (row: TruthRow | CanonicalRecord) => `${row.evaluation_id}`;
const surveyKey = (row: TruthRow | CanonicalRecord) => `${row.survey_id}`;
const csatFields = {
  id: "feedbackId",
  interaction: "contactId",
  agent: "agentId",
  score: "csat",
  answeredAt: "completedDate",
  scaleMin: 1,
  scaleMax: 5,
};
const agentKey = (row: TruthRow | CanonicalRecord) => `${row.agent_native_id}`;
const queueKey = (row: TruthRow | CanonicalRecord) => `${row.queue_native_id}`;
const shiftKey = (row: TruthRow | CanonicalRecord) => `${row.shift_native_id}`;
const adherenceKey = (row: TruthRow | CanonicalRecord) => `${row.agent_native_id} ${row.starts_at}`;

function keyed(rows: readonly (TruthRow | CanonicalRecord)[], keyOf: (row: TruthRow | CanonicalRecord) => string) {
  const map = new Map(rows.map((row) => [keyOf(row), row]));
  if (map.size !== rows.length) throw new Error(`${rows.length} rows under ${map.size} keys`);
  return map;
}

/** The records with the columns the truth speaks of. */
function alike(records: readonly CanonicalRecord[], truth: readonly TruthRow[], keyOf: (row: TruthRow | CanonicalRecord) => string) {
  const names = Object.keys(truth[0] ?? {});
  return keyed(
    records.map((record) => Object.fromEntries(names.map((name) => [name, record[name] ?? null]))),
    keyOf,
  );
}
