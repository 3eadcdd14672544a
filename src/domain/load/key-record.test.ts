import fc from "fast-check";
import { expect, test } from "vitest";
import { shortKey } from "../business-key.ts";
import { type CanonicalRecord, emptyRecord, recordKey, rowHash } from "../records/record.ts";
import { type StreamDefinition, streamDefinition, streams } from "../records/streams.ts";
import { prepareKeyRecord } from "./key-record.ts";

const values = {
  text: fc.string({ unit: "grapheme", minLength: 0, maxLength: 12 }),
  integer: fc.maxSafeInteger(),
  instant: fc.integer({ min: -2_208_988_800_000, max: 253_370_764_799_999 }),
  date: fc.constantFrom("1999-02-28", "2024-02-29"),
  boolean: fc.boolean(),
  json: fc.json(),
};

function recordOf(stream: StreamDefinition): fc.Arbitrary<CanonicalRecord> {
  const keys = new Set(stream.key.map(({ column }) => column));
  return fc.record(
    Object.fromEntries(
      stream.columns.map(({ name, type }) => [name, keys.has(name) ? values[type] : fc.option<string | number | boolean>(values[type])]),
    ),
  );
}

test.each(streams.map((stream) => [stream.name, stream] as const))("a %s gets the keys that the one key builder gives", (_, stream) => {
  const keyed = prepareKeyRecord(stream, "csv:test", null);
  fc.assert(
    fc.property(recordOf(stream), (record) => {
      const { businessKey, rowHash: hash } = keyed(record, false);
      expect(shortKey(businessKey)).toBe(recordKey(stream, "csv:test", record));
      expect(shortKey(hash)).toBe(rowHash(stream, record));
    }),
    { numRuns: 30 },
  );
});

test("the key of storage's worked example is what it was", () => {
  const keyed = prepareKeyRecord(streamDefinition("interaction"), "csv:technion", null);
  const { businessKey } = keyed({ ...emptyRecord("interaction"), interaction_id: "6:AA0101,5:33116,", segment_id: "0" }, false);
  expect(shortKey(businessKey)).toBe("95d076b3-4ab2-e862-d1c9-f71dc93370b0");
});

test("an unknown value, an empty text and shifted columns never have one hash", () => {
  const stream = streamDefinition("queue");
  const keyed = prepareKeyRecord(stream, "csv:test", null);
  const records = [
    { name: null, channel: null },
    { name: "", channel: null },
    { name: null, channel: "" },
    { name: "a\t", channel: null },
    { name: "a", channel: "" },
    { name: "\x1f\x1f", channel: null },
    { name: "\x1f", channel: null },
  ];
  const hashes = records.map((columns) => keyed({ ...emptyRecord("queue"), queue_native_id: "q", ...columns }, false).rowHash);
  expect(new Set(hashes).size).toBe(records.length);
});

test("two deletions of one key are the same fact, whatever else they say, unless their update time differs", () => {
  const keyed = prepareKeyRecord(streamDefinition("interaction"), "csv:test", null);
  const deletion = (columns: CanonicalRecord) => keyed({ ...emptyRecord("interaction"), interaction_id: "i", ...columns }, true).rowHash;
  expect(deletion({ talk_ms: 1 })).toBe(deletion({ talk_ms: 2 }));
  expect(deletion({ source_updated_at: 1 })).not.toBe(deletion({ source_updated_at: 2 }));
});

test("a mapping may date a row by another column", () => {
  const record = { ...emptyRecord("interaction"), interaction_id: "i", entered_at: 5, started_at: 9 };
  expect(prepareKeyRecord(streamDefinition("interaction"), "s", null)(record, false).eventAt).toBe(9);
  expect(prepareKeyRecord(streamDefinition("interaction"), "s", "entered_at")(record, false).eventAt).toBe(5);
});
