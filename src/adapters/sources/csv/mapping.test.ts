import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { ConfigError } from "../../../errors.ts";
import { mapperVersion, parseMapping, writeMapping } from "./mapping.ts";

const smallest = "source: shop\nstream: queue\ncolumns: {queue_native_id: Queue}\n";

/** The faults of a mapping, one line each, without the heading. */
function faultsOf(text: string): string[] {
  try {
    parseMapping(text, "m.yaml");
    return [];
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return error.message
      .split("\n")
      .slice(1)
      .map((line) => line.trim());
  }
}

const interaction = (columns: string, rest = "") => `source: shop\nstream: interaction\n${rest}columns:\n  interaction_id: Id\n${columns}`;

test("a mapping may be as short as three lines", () => {
  expect(parseMapping(smallest, "m.yaml").columns).toEqual({ queue_native_id: { column: "Queue" } });
});

test("every fault is reported at once, with its place, value and what was expected", () => {
  const text = `source: Shop Floor
stream: interaction
delimeter: ";"
zone: Berlin
decimal: x
columns:
  interaction_id: {column: Id, kee: [a]}
  talk_ms: {column: Talk, unit: parsecs}
`;
  expect(faultsOf(text)).toEqual([
    'source (line 1): "Shop Floor" - expected a short name of a-z, 0-9, _ and -, like technion',
    'decimal (line 5): "x" - expected one of ., ,',
    "columns.interaction_id.kee (line 7): is not a known key - did you mean key?",
    expect.stringContaining('columns.talk_ms.unit (line 8): "parsecs" - expected one of milliseconds, seconds'),
    "delimeter (line 3): is not a known key - did you mean delimiter?",
  ]);
});

test.each([
  ["stream: nonsense\nsource: a\ncolumns: {}", 'stream (line 1): "nonsense" - expected one of agent, identity'],
  ["stream: interactions\nsource: a\ncolumns: {}", "did you mean interaction?"],
  ["stream: ledger_entry\nsource: a\ncolumns: {}", "expected one of agent"],
  ["source: a\nstream: queue\ncolumns: {}", "columns.queue_native_id (line 3): is missing - it is part of the key of queue"],
  [interaction("  talk_msec: {column: T, unit: seconds}"), "is not a column of interaction - did you mean talk_ms?"],
  [interaction("  queue_ms: T"), "columns.queue_ms.unit (line 5): is missing - what the file counts: milliseconds, seconds"],
  [interaction("  queue_ms: {column: T, unit: percent}"), '"percent" does not fit queue_ms'],
  [interaction("  priority: {column: T, unit: seconds}"), '"seconds" does not fit priority - expected ones'],
  [
    interaction("  channel: {column: T, constant: voice}"),
    "expected exactly one of column, key, constant, sum, date, whole_row, found column and constant",
  ],
  [interaction("  channel: {}"), "expected exactly one of column, key, constant, sum, date, whole_row"],
  [interaction("  channel: {column: T, unit: seconds}"), "means nothing for channel, which is a text"],
  [interaction("  channel: {column: T, else: voice}"), "columns.channel.else (line 5): needs a map"],
  [
    interaction("  talk_ms: {column: T, unit: seconds}"),
    "columns.handle_ms (line 4): is missing beside its parts - if the file has none, write {sum: [talk_ms]}",
  ],
  [interaction("  handle_ms: {sum: [talk_ms]}"), '"talk_ms" is not mapped here'],
  [interaction("  handle_ms: {sum: [channel]}\n  channel: C"), '"channel" is not a number column of interaction'],
  [interaction("  entered_at: {column: T, format: yyyy-MM-dd}", "zone: UTC\n"), '"yyyy-MM-dd" has no time'],
  [interaction("  entered_at: {column: T, format: yymmdd HH:mm}", "zone: UTC\n"), "mm are minutes; months are MM"],
  [interaction("  entered_at: {column: T, format: yyyy-MM-dd HH:mm}"), "is a local time - expected its IANA zone"],
  [interaction("  entered_at: {date: D, time: T}"), "is a local time - expected its IANA zone"],
  [interaction("  entered_at: {date: D}", "zone: UTC\n"), "date and time belong together"],
  [
    interaction("  entered_at: {column: T, zone: Paris}"),
    'columns.entered_at.zone (line 5): "Paris" - expected an IANA zone like Europe/Berlin',
  ],
  [interaction("  started_at: {date: D, time: T, after: entered_at}", "zone: UTC\n"), '"entered_at" is not an instant mapped here'],
  [
    interaction("  entered_at: {date: D, time: T, after: started_at}\n  started_at: {date: D, time: T, after: entered_at}", "zone: UTC\n"),
    "goes round in a circle",
  ],
  [interaction("", "dated_by: entered_at\n"), '"entered_at" is not mapped'],
  [interaction("", "dated_by: channel\n"), '"channel" is not an instant or date of interaction'],
  [interaction("", "keep_when: {column: A}\n"), "keep_when (line 3): expected exactly one comparison with the column"],
  [interaction("", "keep_when: {equals: A}\n"), "expected exactly one of all, any, not, column"],
  [interaction("", "keep_when: {column: A, equals: 1, less: 2}\n"), "expected exactly one comparison"],
  [interaction("", 'keep_when: {column: A, matches: "(a"}\n'), "is not a usable pattern"],
  [interaction("", 'keep_when: {column: A, matches: "(?=a)"}\n'), "look-around and back references do not exist here"],
  [interaction("", "flags: {odd: {all: [{column: A}]}}\n"), "flags.odd.all.0"],
  ["source: a\nstream: queue\ncolumns: {queue_native_id: Q}\nflags: {odd: {column: Q, is_empty: true}}", "queue has no column for flags"],
  [interaction("  channel: T", "drop: [T]\n"), '"T" is dropped, so nothing can be made of it'],
  [interaction("", "drop: [T]\npseudonymise: [T]\n"), '"T" is dropped'],
  [interaction("", 'delimiter: "\\n"\n'), "cannot be a line end"],
  [interaction("", "decimal: ','\nthousands: ','\n"), "is also the decimal sign"],
  ["source: [\nstream", "m.yaml"],
  ["a: 1\na: 2", "unique"],
  ["just a text", ""],
])("a mapping is refused: %j", (text, fault) => {
  expect(() => parseMapping(text, "m.yaml")).toThrow(ConfigError);
  expect(() => parseMapping(text, "m.yaml")).toThrow(fault);
});

test("a mapping with aliases that explode is refused and does not hang", () => {
  const bomb = [
    "a: &a [x, x, x, x, x, x, x, x, x]",
    ...Array.from({ length: 8 }, (_, n) => `${"bcdefghi"[n]}: &${"bcdefghi"[n]} [${Array(9).fill(`*${"abcdefghi"[n]}`).join(", ")}]`),
  ].join("\n");
  expect(() => parseMapping(bomb, "m.yaml")).toThrow(ConfigError);
});

test("the mapper version follows what a mapping says, not how it is written", () => {
  const version = (text: string, header = ["Queue"]) => mapperVersion({ mapping: parseMapping(text, "m.yaml"), header }, null);
  const reordered = '# a comment\ncolumns:\n  queue_native_id: {column: "Queue"}\nstream: queue\nsource: shop\ndelimiter: auto\n';
  expect(version(reordered)).toBe(version(smallest));
  expect(version(smallest, ["Queue", "Other"])).not.toBe(version(smallest));
  expect(version(smallest.replace("shop", "shops"))).not.toBe(version(smallest));
  expect(mapperVersion({ mapping: parseMapping(smallest, "m.yaml"), header: ["Queue"] }, Buffer.alloc(32))).not.toBe(version(smallest));
});

test("a kept mapping reads back as the same mapping, with its header", () => {
  const text = readFileSync("fixtures/csv/technion/calls.mapping.yaml", "utf8");
  const mapping = parseMapping(text, "calls.mapping.yaml");
  const header = ["vru+line", "call_id"];
  expect(parseMapping(writeMapping({ mapping, header }), "kept.yaml")).toEqual({ ...mapping, header });
});
