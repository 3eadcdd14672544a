import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { readItems, recordsOf, testKey } from "../../../../test/support/csv-files.ts";
import { parseMapping } from "./mapping.ts";
import { prepareRemapRow } from "./remap.ts";

const mappingText = `source: shop
stream: interaction
pseudonymise: [{column: agent, keep: [NOBODY]}, caller]
drop: [phone]
columns:
  interaction_id: id
  agent_native_id: {column: agent, null_when: {column: agent, equals: NOBODY}}
  customer_key: {column: caller, nulls: ["0"]}
`;
const header = ["id", "agent", "caller", "phone"];
const content = `${header.join(",")}\n1,DANA,4711,0301234\n2,NOBODY,0,0305678\n3,DANA,,\n`;
const pseudonym = (value: string) => `p-${createHmac("sha256", testKey).update(value).digest("hex").slice(0, 16)}`;

test("personal values leave as pseudonyms, markers for nobody stay, dropped columns are gone", async () => {
  const items = await readItems(content, mappingText);
  expect(recordsOf(items).map(({ agent_native_id, customer_key }) => [agent_native_id, customer_key])).toEqual([
    [pseudonym("DANA"), pseudonym("4711")],
    [null, null],
    [pseudonym("DANA"), null],
  ]);
  expect(items.map(({ payload }) => JSON.parse(payload))).toEqual([
    ["1", pseudonym("DANA"), pseudonym("4711"), null],
    ["2", "NOBODY", "0", null],
    ["3", pseudonym("DANA"), "", null],
  ]);
  expect(JSON.stringify(items)).not.toMatch(/DANA|4711|030/);
});

test("a refused row shows no personal text either, whatever is wrong with it", async () => {
  const text = `${header.join(",")}\n1,DANA\n2,DANA,4711,030,x\n3,"DANA,4711,030\n4,DA\ufffdNA,4711,030\n`;
  const items = await readItems(text, mappingText);
  expect(items.map(({ kind }) => kind)).toEqual(["reject", "reject", "reject", "reject"]);
  expect(JSON.stringify(items)).not.toMatch(/DANA|4711/);
});

test("without personal columns a refused row keeps its text, to be looked at", async () => {
  const [item] = await readItems("id,channel\n1\n", "source: s\nstream: interaction\ncolumns: {interaction_id: id}\n");
  expect(JSON.parse(item?.payload ?? "")).toMatchObject({ reason: "too_few_columns", text: "1" });
});

test("archived rows map again to the same records, and by a newer mapping to newer ones", async () => {
  const items = await readItems(content, mappingText);
  const remap = prepareRemapRow({ mapping: parseMapping(mappingText, "m"), header }, testKey);
  expect(items.map(({ place, payload }) => remap({ place, payload }))).toEqual(items);
  const newer = parseMapping(`${mappingText}  channel: {constant: voice}\n`, "m");
  const remapNewer = prepareRemapRow({ mapping: newer, header }, testKey);
  expect(recordsOf(items.map(({ place, payload }) => remapNewer({ place, payload }))).map(({ channel }) => channel)).toEqual([
    "voice",
    "voice",
    "voice",
  ]);
});

test("a row that never became cells stays refused for its first reason", async () => {
  const [item] = await readItems("id,channel\n1\n", "source: s\nstream: interaction\ncolumns: {interaction_id: id}\n");
  const remap = prepareRemapRow(
    { mapping: parseMapping("source: s\nstream: interaction\ncolumns: {interaction_id: id}\n", "m"), header: ["id", "channel"] },
    null,
  );
  expect(remap({ place: "2", payload: item?.payload ?? "" })).toMatchObject({ kind: "reject", reject: { reason: "too_few_columns" } });
});

test("a newer mapping that names columns the file did not have is refused", () => {
  const mapping = parseMapping("source: s\nstream: interaction\ncolumns: {interaction_id: ident}\n", "m");
  expect(() => prepareRemapRow({ mapping, header: ["id"] }, null)).toThrow('column "ident" is not in the file');
});
