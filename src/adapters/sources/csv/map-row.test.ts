import { expect, test } from "vitest";
import { readItems, recordsOf, refusalsOf } from "../../../../test/support/csv-files.ts";

const head = "source: shop\nstream: interaction\nzone: Europe/Berlin\n";
const iso = (value: unknown) => (typeof value === "number" ? new Date(value).toISOString() : value);

/** One column of all records a small file gives. */
async function column(name: string, content: string, mapping: string): Promise<unknown[]> {
  return recordsOf(await readItems(content, mapping)).map((record) => record[name]);
}

test("several columns make a key of netstrings, so that no two ids can meet", async () => {
  const keys = await column("interaction_id", "a,b\nx,1\nx1,\n,\n", `${head}columns: {interaction_id: {key: [a, b]}}\n`);
  expect(keys).toEqual(["1:x,1:1,", "2:x1,0:,", null]);
});

test("a value the source does not know is null, never zero", async () => {
  const text = "id,wait,hold\n1,,NULL\n2,0,7\n";
  const mapping = `${head}nulls: ["", "NULL"]\ncolumns: {interaction_id: id, queue_ms: {column: wait, unit: seconds}, hold_ms: {column: hold, unit: seconds}, handle_ms: {sum: [hold_ms]}}\n`;
  const records = recordsOf(await readItems(text, mapping));
  expect(records.map(({ queue_ms, hold_ms, handle_ms }) => [queue_ms, hold_ms, handle_ms])).toEqual([
    [null, null, null],
    [0, 7000, 7000],
  ]);
});

test("[T104] words of the file become canonical words by a map, whatever their case", async () => {
  const mapping = `${head}columns: {interaction_id: id, outcome: {column: o, case: upper, map: {AGENT: answered, HANG: abandoned}, else: other}}\n`;
  expect(await column("outcome", "id,o\n1,Agent\n2,HANG\n3,weird\n4,\n", mapping)).toEqual(["answered", "abandoned", "other", null]);
});

test("a word the map does not list refuses its row, with line, column and value", async () => {
  const items = await readItems(
    "id,o\n1,AGENT\n2,weird\n",
    `${head}columns: {interaction_id: id, outcome: {column: o, map: {AGENT: answered}}}\n`,
  );
  expect(items[1]).toMatchObject({ kind: "reject", place: "3", reject: { reason: "not_in_map", field: "o", value: "weird" } });
});

test("where a date and a time make an instant, the one that cannot be read is blamed", async () => {
  const mapping = `${head}columns: {interaction_id: id, entered_at: {date: {column: d, format: dd.MM.yyyy}, time: t}}\n`;
  const items = await readItems("id,d,t\n1,32.01.2026,10:00:00\n2,31.01.2026,25:00:00\n", mapping);
  expect(items).toMatchObject([
    { reject: { reason: "not_a_date", field: "d", value: "32.01.2026" } },
    { reject: { reason: "not_a_time", field: "t", value: "25:00:00" } },
  ]);
});

test("an instant of a date and a time rolls past midnight behind its anchor, and not without one", async () => {
  const mapping = `${head}columns:
  interaction_id: id
  entered_at: {date: {column: d, format: yyMMdd}, time: t1}
  started_at: {date: {column: d, format: yyMMdd}, time: t2, after: entered_at}
  ended_at: {date: {column: d, format: yyMMdd}, time: t3, after: started_at}
`;
  const [late, same, day] = recordsOf(
    await readItems(
      "id,d,t1,t2,t3\n1,990215,23:59:54,0:00:26,0:01:33\n2,990215,10:00:00,10:00:00,10:00:00\n3,990215,9:00:00,10:00:00,0:00:00\n",
      mapping,
    ),
  );
  expect([late?.entered_at, late?.started_at, late?.ended_at].map(iso)).toEqual([
    "1999-02-15T22:59:54.000Z",
    "1999-02-15T23:00:26.000Z",
    "1999-02-15T23:01:33.000Z",
  ]);
  expect([same?.started_at, same?.ended_at].map(iso)).toEqual(["1999-02-15T09:00:00.000Z", "1999-02-15T09:00:00.000Z"]);
  expect(iso(day?.ended_at)).toBe("1999-02-15T23:00:00.000Z");
});

test("a time a little before its anchor can be taken for the anchor instead of the next day", async () => {
  const mapping = `${head}columns:
  interaction_id: id
  entered_at: {date: d, time: t1}
  started_at: {date: d, time: t2, after: entered_at, tolerance_seconds: 5}
`;
  const times = await column("started_at", "id,d,t1,t2\n1,1999-02-15,10:00:05,10:00:00\n2,1999-02-15,10:00:06,10:00:00\n", mapping);
  expect(times.map(iso)).toEqual(["1999-02-15T09:00:05.000Z", "1999-02-16T09:00:00.000Z"]);
});

test("[T32] a local time that never was or happened twice is kept and flagged", async () => {
  const mapping = `${head}columns: {interaction_id: id, entered_at: t}\n`;
  const records = recordsOf(
    await readItems("id,t\n1,2025-03-30 02:30:00\n2,2025-10-26 02:30:00\n3,2025-10-26T02:30:00+01:00\n4,2025-06-01 12:00\n", mapping),
  );
  expect(records.map(({ entered_at, flags }) => [iso(entered_at), flags])).toEqual([
    ["2025-03-30T01:30:00.000Z", "missing_local_time"],
    ["2025-10-26T00:30:00.000Z", "ambiguous_local_time"],
    ["2025-10-26T01:30:00.000Z", null],
    ["2025-06-01T10:00:00.000Z", null],
  ]);
});

test("a local time without any zone refuses its row, and one with an offset does not", async () => {
  const items = await readItems(
    "id,t\n1,2025-06-01 12:00\n2,2025-06-01 12:00Z\n",
    "source: s\nstream: interaction\ncolumns: {interaction_id: id, entered_at: t}\n",
  );
  expect(refusalsOf(items)).toEqual(["2: no_zone"]);
  expect(recordsOf(items).map(({ entered_at }) => iso(entered_at))).toEqual(["2025-06-01T12:00:00.000Z"]);
});

test("rows a filter leaves out are counted as filtered and kept in the archive", async () => {
  const items = await readItems("id,k\n1,test\n2,live\n", `${head}drop_when: {column: k, equals: test}\ncolumns: {interaction_id: id}\n`);
  expect(items.map(({ kind, payload }) => [kind, payload])).toEqual([
    ["filtered", '["1","test"]'],
    ["record", '["2","live"]'],
  ]);
});

test("a row may say that its record no longer exists", async () => {
  const items = await readItems("id,k\n1,deleted\n", `${head}deleted_when: {column: k, equals: deleted}\ncolumns: {interaction_id: id}\n`);
  expect(items[0]).toMatchObject({ kind: "record", isDeleted: true, record: { interaction_id: "1" } });
});

test.each([
  ["{column: v, equals: 5}", [5]],
  ["{column: v, in: [5, 12]}", [5, 12]],
  ["{column: v, not_in: [5, 12]}", [-3, "", "x5"]],
  ["{column: v, greater: 4.5}", [5, 12]],
  ["{column: v, at_least: 5}", [5, 12]],
  ["{column: v, less: 0}", [-3]],
  ["{column: v, at_most: 5}", [-3, 5]],
  ["{column: v, as: text, greater: '5'}", ["x5"]],
  ["{column: v, matches: '[0-9]+'}", [5, 12]],
  ["{column: v, matches: '5'}", [5]],
  ["{column: v, is_empty: true}", [""]],
  ["{column: v, less: {column: w}}", [-3, 5]],
  ["{all: [{column: v, greater: 0}, {column: v, less: 10}]}", [5]],
  ["{any: [{column: v, is_empty: true}, {column: v, equals: 12}]}", [12, ""]],
  ["{not: {column: v, is_empty: true}}", [-3, 5, 12, "x5"]],
])("keep_when %s keeps %j", async (condition, kept) => {
  const text = `id,v,w\n1,-3,7\n2,5,7\n3,12,7\n4,,7\n5,x5,7\n`;
  expect(
    await column("disposition_code", text, `${head}keep_when: ${condition}\ncolumns: {interaction_id: id, disposition_code: v}\n`),
  ).toEqual(kept.map((value) => (value === "" ? null : String(value))));
});

test("a pattern that would hang a backtracking engine costs nothing", async () => {
  const text = `id,v\n1,${"a".repeat(900)}!\n`;
  const started = performance.now();
  expect(
    await column(
      "disposition_code",
      text,
      `${head}keep_when: {column: v, matches: "(a+)+b"}\ncolumns: {interaction_id: id, disposition_code: v}\n`,
    ),
  ).toEqual([]);
  expect(performance.now() - started).toBeLessThan(2000);
});

test("[T50] rows without an id get one from all their values and their number among equal rows", async () => {
  const mapping = "source: s\nstream: gamification_event\ncolumns: {event_id: {whole_row: true}, agent_native_id: a}\n";
  const ids = await column("event_id", "a,p\nx,1\nx,1\nx,2\nx,1\n", mapping);
  const [first = "", second, third, fourth] = ids.map(String);
  const hash = first.slice(0, 32);
  expect([first, second, fourth]).toEqual([`${hash}-1`, `${hash}-2`, `${hash}-3`]);
  expect(third).not.toContain(hash);
});

test.each([
  ["cost", "cost_id: id, amount_minor: {column: v, unit: major}", "amount_minor", "12,34", 1234],
  ["cost", "cost_id: id, amount_minor: {column: v, unit: major, decimals: 0}", "amount_minor", "12", 12],
  ["cost", "cost_id: id, amount_minor: {column: v, unit: minor}", "amount_minor", "12", 12],
  ["survey", "survey_id: id, score_milli: v", "score_milli", "4,125", 4125],
  ["survey", "survey_id: id, score_milli: {column: v, round: half_even}", "score_milli", "4,12345", 4123],
  ["gamification_event", "event_id: id, engagement_ppm: {column: v, unit: percent}", "engagement_ppm", "43,5", 435_000],
  ["gamification_event", "event_id: id, engagement_ppm: {column: v, unit: share}", "engagement_ppm", "0,435", 435_000],
  ["shift", "shift_native_id: id, is_leave: v", "is_leave", "Yes", true],
  ["shift", "shift_native_id: id, is_leave: {column: v, map: {A: true, W: false}}", "is_leave", "A", true],
  ["agent", "agent_native_id: id, hired_on: {column: v, format: [dd.MM.yyyy, yyyy-MM-dd]}", "hired_on", "01.02.1999", "1999-02-01"],
  ["badge", "badge_native_id: id, criteria: v", "criteria", '"{""a"": 1}"', '{"a": 1}'],
])("%s with {%s} reads %s of %j as %j", async (stream, columns, name, cell, expected) => {
  expect(await column(name, `id;v\n1;${cell}\n`, `source: s\nstream: ${stream}\ndecimal: ","\ncolumns: {${columns}}\n`)).toEqual([
    expected,
  ]);
});

test.each([
  ["survey", "survey_id: id, score_milli: v", "four", "not_a_number"],
  ["survey", "survey_id: id, score_milli: v", "4.00001", "too_precise"],
  ["survey", "survey_id: id, score_milli: v", "99999999999999", "out_of_range"],
  ["shift", "shift_native_id: id, is_leave: v", "maybe", "not_a_boolean"],
  ["agent", "agent_native_id: id, hired_on: v", "1999-02-30", "not_a_date"],
  ["badge", "badge_native_id: id, criteria: v", "{a", "not_json"],
  ["interaction", "interaction_id: id, entered_at: {date: v, time: v}", "1999-02-01", "not_a_time"],
  ["interaction", "interaction_id: id, queue_ms: {column: v, unit: 'h:mm:ss'}", "1:60:00", "not_a_duration"],
])("%s with {%s} refuses %j as %s", async (stream, columns, cell, reason) => {
  expect(refusalsOf(await readItems(`id;v\n1;${cell}\n`, `source: s\nstream: ${stream}\nzone: UTC\ncolumns: {${columns}}\n`))).toEqual([
    `2: ${reason}`,
  ]);
});
