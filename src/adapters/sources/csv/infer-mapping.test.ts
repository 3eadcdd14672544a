import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { readFileItems, recordsOf, refusalsOf, temporaryFolder } from "../../../../test/support/csv-files.ts";
import { requireOrSkip, sharedData } from "../../../../test/support/require.ts";
import { inferMapping } from "./infer-mapping.ts";
import { parseMapping } from "./mapping.ts";

const calls = `Call ID;Agent Name;Queue;Start Time;Talk Time;Hold Time;Wrap-up (min);Wait (sec);Disposition;Customer Phone;Email;Note
1001;Dana Levi;Sales;21.02.2025 07:02:47;0:02:30;0:00:24;0,5;9;Answered;+49301;a@b.c;x
1002;Dana Levi;Sales;22.02.2025 17:02:47;0:02:30;0:00:24;0,25;9,5;Abandoned;+49302;a@b.c;y
1003;Bo Ek;Help;23.02.2025 17:02:47;0:02:30;0:00:24;0,5;0;NULL;+49302;a@b.c;y
`;

async function infer(content: string | Uint8Array, name = "calls.csv"): Promise<string> {
  using folder = temporaryFolder();
  return await inferMapping(folder.write(name, content));
}

const withZone = (mapping: string) => mapping.replace("# zone: Europe/Berlin", "zone: Europe/Berlin");

test("a usual export is recognised by names and values, and what is personal is kept out", async () => {
  const proposed = await infer(calls);
  const { columns, ...rest } = parseMapping(withZone(proposed), "proposed");
  expect(rest).toMatchObject({
    source: "calls",
    stream: "interaction",
    delimiter: ";",
    pseudonymise: [{ column: "Agent Name" }, { column: "Customer Phone" }],
    drop: ["Email"],
  });
  expect(columns).toEqual({
    interaction_id: { column: "Call ID" },
    agent_native_id: { column: "Agent Name" },
    talk_ms: { column: "Talk Time", unit: "h:mm:ss" },
    hold_ms: { column: "Hold Time", unit: "h:mm:ss" },
    after_call_ms: { column: "Wrap-up (min)", unit: "minutes", decimal: "," },
    queue_ms: { column: "Wait (sec)", unit: "seconds", decimal: "," },
    queue_native_id: { column: "Queue" },
    entered_at: { column: "Start Time", format: "dd.MM.yyyy HH:mm:ss" },
    outcome: { column: "Disposition", map: { Abandoned: "abandoned", Answered: "answered" }, nulls: ["NULL"] },
    customer_key: { column: "Customer Phone" },
    handle_ms: { sum: ["talk_ms", "hold_ms", "after_call_ms"] },
  });
  expect(proposed).toContain('#   "Note" (text, 2 different values)');
});

test("what it proposes reads the file it came from", async () => {
  using folder = temporaryFolder();
  const file = folder.write("calls.csv", calls);
  const items = await readFileItems(file, withZone(await inferMapping(file)));
  expect(refusalsOf(items)).toEqual([]);
  expect(recordsOf(items).map(({ handle_ms, queue_ms, outcome }) => [handle_ms, queue_ms, outcome])).toEqual([
    [204_000, 9000, "answered"],
    [189_000, 9500, "abandoned"],
    [204_000, 0, null],
  ]);
});

test("a file without rows, or with rows of another width, says that nothing but names was looked at", async () => {
  for (const content of ["call id,agent\n", "call id,agent\n1,2,3\n"]) {
    const proposed = await infer(content);
    expect(proposed).toContain("guessed from names alone");
    expect(proposed).toContain("  interaction_id: call id\n");
  }
});

test("local times need a zone somebody names: the proposal is refused until it is there", async () => {
  expect(() =>
    parseMapping(
      `${"source: x\n"}${"stream: interaction\n"}columns: {interaction_id: a, entered_at: {column: b, format: d/M/yyyy H:mm}}`,
      "m",
    ),
  ).toThrow("IANA zone");
  const proposed = await infer(calls);
  expect(() => parseMapping(proposed, "proposed")).toThrow("expected its IANA zone");
});

test("days and months that could be either say so", async () => {
  const proposed = await infer("Contact ID,Start Time\n1,01/02/2025 07:02:47\n2,03/02/2025 07:02:47\n");
  expect(proposed).toContain(
    "entered_at: { column: Start Time, format: d/M/yyyy H:mm:ss } # medium confidence; check: every value also fits M/d/yyyy H:mm:ss",
  );
});

test("an id that repeats is joined with the column that makes it unique", async () => {
  const proposed = await infer("line,call_id,agent_id\nA,1,x\nB,1,x\nA,2,y\nB,2,y\n");
  expect(proposed).toContain("interaction_id: { key: [ line, call_id ] } # medium confidence; call_id alone repeats in the sample");
});

test.each([
  [
    "agents.csv",
    "agent_id,full_name,team,hired_on,left_on,active\n1,Dana,Red,2020-01-02,,true\n2,Bo,Blue,2021-01-02,2022-01-01,false\n",
    "agent",
  ],
  ["shifts.csv", "shift_id,agent_id,shift_start,shift_end\ns1,1,2025-01-01T08:00:00Z,2025-01-01T16:00:00Z\n", "shift"],
  ["csat.csv", "survey_id,interaction_id,agent_id,csat,answered_at\n1,9,1,4.5,2025-01-01T08:00:00Z\n", "survey"],
  ["qa.csv", "evaluation_id,agent_id,score,max_score,evaluated_at\n1,9,87.5,100,2025-01-01T08:00:00Z\n", "evaluation"],
  [
    "points.csv",
    "event_id,agent_id,event_type,points,challenge_id,occurred_at\n1,9,points_earned,10,c1,2025-01-01T08:00:00Z\n",
    "gamification_event",
  ],
  ["costs.csv", "invoice_id,amount,currency,date\n1,9.50,USD,2025-01-01\n", "cost"],
])("%s is recognised as its stream", async (name, content, stream) => {
  expect(parseMapping(await infer(content, name), name).stream).toBe(stream);
});

test("encoding, delimiter and a missing header are seen", async () => {
  const latin = Buffer.from("id;title\n1;Gr\xfcn\n2;Rot\n", "latin1");
  expect(await infer(latin)).toContain("encoding: windows-1252");
  expect(await infer("1;2;3\n4;5;6\n")).toContain("header: false");
  expect(await infer(Buffer.from("\ufeffid\ttitle\n1\ta\n", "utf16le"))).toContain('delimiter: "\\t"\nencoding: utf-16le');
});

test.runIf(requireOrSkip("data"))("the bank's log is recognised, with both parts of its key", async () => {
  const proposed = await inferMapping(sharedData("technion-anonymous-bank-feb1999", "data_anonymous_bank_february.txt"));
  const { columns, pseudonymise } = parseMapping(withZone(proposed), "proposed");
  const ours = parseMapping(readFileSync("fixtures/csv/technion/calls.mapping.yaml", "utf8"), "ours");
  expect(columns.interaction_id).toEqual(ours.columns.interaction_id);
  expect(columns.entered_at).toEqual(ours.columns.entered_at);
  expect(columns.outcome).toEqual(ours.columns.outcome);
  expect(pseudonymise.map(({ column }) => column).sort()).toEqual(["customer_id", "server"]);
});

test("columns with gami's own names are those, each in its own unit, whatever else their names would fit", async () => {
  const own = `interaction_id,agent_native_id,conversation_id,queue_native_id,entered_at,started_at,ended_at,talk_ms,other_ms,handle_ms,sentiment_ppm
a,n-1,c-1,q,2026-01-05T08:00:00Z,2026-01-05T08:00:05Z,2026-01-05T08:01:05Z,50000,10000,60000,250000
b,n-1,c-2,q,2026-01-05T09:00:00Z,2026-01-05T09:00:05Z,2026-01-05T09:01:05Z,60000,0,60000,-250000
`;
  const proposed = await infer(own);
  const { stream, columns } = parseMapping(proposed, "proposed");
  expect(stream).toBe("interaction");
  expect(Object.fromEntries(Object.entries(columns).map(([name, field]) => [name, field.column]))).toEqual(
    Object.fromEntries((own.split("\n", 1)[0] ?? "").split(",").map((name) => [name, name])),
  );
  expect(columns).toMatchObject({ talk_ms: { unit: "milliseconds" }, sentiment_ppm: { unit: "ppm" } });
  using folder = temporaryFolder();
  expect(refusalsOf(await readFileItems(folder.write("own.csv", own), proposed))).toEqual([]);
});
