import { closeSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import iconv from "iconv-lite";
import { expect, test } from "vitest";
import { readFileItems, readItems, recordsOf, refusalsOf, temporaryFolder } from "../../../../test/support/csv-files.ts";
import { GamiError } from "../../../errors.ts";
import { exitCodeOf } from "../../../exit-codes.ts";
import { unreadable } from "./inspect-file.ts";

const queues = "source: shop\nstream: queue\ncolumns: {queue_native_id: id, name: title}\n";

async function failureOf(run: () => Promise<unknown>): Promise<{ code: string; exit: number; message: string; hint: string }> {
  try {
    await run();
  } catch (error) {
    if (!(error instanceof GamiError)) throw error;
    return { code: error.code, exit: exitCodeOf(error), message: error.message, hint: error.hint ?? "" };
  }
  throw new Error("it did not fail");
}

test.each([
  ["an empty file", "", "FILE_EMPTY", 6],
  ["a workbook", Buffer.from("504b030414000600", "hex"), "FILE_BINARY", 6],
  ["an old workbook", Buffer.from("d0cf11e0a1b11ae10000", "hex"), "FILE_BINARY", 6],
  ["a gzip file", Buffer.from("1f8b0800", "hex"), "FILE_BINARY", 6],
  ["a Parquet file", "PAR1....", "FILE_BINARY", 6],
  ["random bytes", Buffer.from([1, 2, 0, 3, 255, 0, 0, 9]), "FILE_BINARY", 6],
  ["UTF-16 without a mark", Buffer.from("id,title\n1,a\n", "utf16le"), "FILE_BINARY", 6],
  ["blank lines only", "\n\n\n", "FILE_EMPTY", 6],
  ["a header that is cut inside a quote", 'id,"tit', "HEADER_BROKEN", 6],
  ["other columns", "ID,name\n1,a\n", "MAPPING_DOES_NOT_FIT", 2],
  ["a column twice", "id,title,id\n1,a,2\n", "MAPPING_DOES_NOT_FIT", 2],
])("%s is refused at once, with a hint", async (_what, content, code, exit) => {
  const failure = await failureOf(() => readItems(content, queues));
  expect([failure.code, failure.exit]).toEqual([code, exit]);
  expect(failure.hint).not.toBe("");
});

test("a missing file, a folder and a device are refused with exit code 6", async () => {
  using folder = temporaryFolder();
  const codes = await Promise.all(
    [join(folder.path, "none.csv"), folder.path, "/dev/null"].map((file) => failureOf(() => readFileItems(file, queues))),
  );
  expect(codes.map(({ code, exit }) => [code, exit])).toEqual([
    ["FILE_MISSING", 6],
    ["FILE_IS_FOLDER", 6],
    ["FILE_NOT_REGULAR", 6],
  ]);
});

test("a file this user may not read is refused with exit code 6, and the disk's own words are kept otherwise", () => {
  const denied = unreadable("a.csv", Object.assign(new Error("EACCES: permission denied"), { code: "EACCES" }));
  const broken = unreadable("a.csv", Object.assign(new Error("EIO: i/o error, read"), { code: "EIO" }));
  expect([denied.code, exitCodeOf(denied), denied.hint]).toEqual([
    "FILE_FORBIDDEN",
    6,
    "make it readable, for example with 'chmod u+r a.csv'",
  ]);
  expect([broken.code, exitCodeOf(broken), broken.message]).toEqual(["FILE_UNREADABLE", 6, "a.csv cannot be read: EIO: i/o error, read"]);
});

test("all columns a file lacks are named at once, with the near ones", async () => {
  const { message } = await failureOf(() => readItems("ident,titles\n1,a\n", queues));
  expect(message).toContain('columns.queue_native_id: column "id" is not in the file');
  expect(message).toContain('columns.name: column "title" is not in the file - did you mean "titles"?');
  expect(message).toContain('the file has: "ident", "titles"');
});

test("columns named twice do not matter where the mapping does not use them", async () => {
  expect(recordsOf(await readItems("id,x,x,title\n1,2,3,a\n", queues))).toMatchObject([{ queue_native_id: "1", name: "a" }]);
});

test("hostile column names are names like any other", async () => {
  const names = ["__proto__", "constructor", 'a"b', "two\nlines", "=cmd()", "'; drop table raw; --", "", "a,b"];
  const header = names.map((name) => `"${name.replaceAll('"', '""')}"`).join(",");
  const mapping = `source: shop\nstream: interaction\ncolumns:\n  interaction_id: {key: ${JSON.stringify(names.slice(0, 6))}}\n  channel: {column: __proto__}\n`;
  const [record] = recordsOf(await readItems(`${header}\n1,2,3,4,5,6,7,8\n`, mapping));
  expect(record).toMatchObject({ interaction_id: "1:1,1:2,1:3,1:4,1:5,1:6,", channel: "1" });
});

test("a value that looks like a formula stays the text it is", async () => {
  expect(recordsOf(await readItems("id,title\n1,=1+1\n", queues))).toMatchObject([{ name: "=1+1" }]);
});

test("ragged rows are refused with their line, and a delimiter too many at the end is none", async () => {
  const items = await readItems("id,title\n1\n2,a,b\n3,a,\n4,a\n", queues);
  expect(refusalsOf(items)).toEqual(["2: too_few_columns", "3: too_many_columns"]);
  expect(recordsOf(items).map(({ queue_native_id }) => queue_native_id)).toEqual(["3", "4"]);
});

test("a last line that was cut off is refused as such, a complete one without a line end is read", async () => {
  expect(refusalsOf(await readItems("id,title\n1,a\n2", queues))).toEqual(["3: cut_off"]);
  expect(recordsOf(await readItems("id,title\n1,a\n2,b", queues))).toHaveLength(2);
});

test("a header line in the middle, where files were put together, is refused and not read as a record", async () => {
  expect(refusalsOf(await readItems("id,title\n1,a\nid,title\n2,b\n", queues))).toEqual(["3: header_again"]);
});

test("a header without rows is a file without records", async () => {
  expect(await readItems("id,title\n", queues)).toEqual([]);
});

test("a file without a header has numbers for names, or those the mapping gives", async () => {
  const numbered = "source: shop\nstream: queue\nheader: false\ncolumns: {queue_native_id: 1, name: 2}\n";
  const named = "source: shop\nstream: queue\nheader: [id, title]\nskip_lines: 1\ncolumns: {queue_native_id: id, name: title}\n";
  expect(recordsOf(await readItems("7,a\n8,b\n", numbered))).toMatchObject([{ queue_native_id: "7" }, { queue_native_id: "8", name: "b" }]);
  expect(recordsOf(await readItems("x,x\n7,a\n", named))).toMatchObject([{ queue_native_id: "7", name: "a" }]);
});

test("a single line of 200 megabytes is refused, the rest is read, and memory stays flat", { timeout: 120_000 }, async () => {
  using folder = temporaryFolder();
  const file = folder.write("long.csv", "id,title\n1,");
  const descriptor = openSync(file, "a");
  const megabytes = Buffer.alloc(4_000_000, "x");
  for (let written = 0; written < 50; written += 1) writeSync(descriptor, megabytes);
  writeSync(descriptor, "\n2,b\n");
  closeSync(descriptor);
  const before = process.memoryUsage().rss;
  const items = await readFileItems(file, queues);
  expect(refusalsOf(items)).toEqual(["2: record_too_large"]);
  expect(recordsOf(items)).toMatchObject([{ queue_native_id: "2" }]);
  expect(process.memoryUsage().rss - before).toBeLessThan(150_000_000);
});

const words = fc
  .string({ unit: fc.constantFrom("a", "Z", "é", "ß", "ñ", "1", " "), minLength: 1, maxLength: 10 })
  .filter((word) => word.trim() !== "");

test("the same cells come out of every encoding, line end and byte order mark", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(words, { minLength: 1, maxLength: 30 }),
      fc.constantFrom("utf-8", "utf-16le", "utf-16be", "windows-1252", "iso-8859-15", "macintosh"),
      fc.boolean(),
      fc.constantFrom("\n", "\r\n", "\r"),
      async (titles, encoding, hasMark, lineEnd) => {
        const text = ["id,title", ...titles.map((title, index) => `${index},${title}`)].join(lineEnd);
        const mayHaveMark = encoding.startsWith("utf");
        const bytes = iconv.encode(text, encoding, { addBOM: hasMark && mayHaveMark });
        // A mark wins over what the mapping says.
        const said = hasMark && mayHaveMark ? "windows-1252" : encoding;
        const records = recordsOf(await readItems(bytes, `${queues}encoding: ${said}\n`));
        expect(records.map(({ name }) => name)).toEqual(titles);
      },
    ),
    { numRuns: 60 },
  );
});

test("rows that do not fit the encoding are refused, not read as something else", async () => {
  const bytes = Buffer.concat([Buffer.from("id,title\n1,a\n2,"), Buffer.from([0xe9]), Buffer.from("\n3,b\n")]);
  expect(refusalsOf(await readItems(bytes, queues))).toEqual(["3: bad_encoding"]);
});

test("half a UTF-16 character is refused with its row", async () => {
  const bytes = Buffer.concat([
    Buffer.from("\ufeffid,title\n1,a\n2,", "utf16le"),
    Buffer.from([0x00, 0xd8]),
    Buffer.from("x\n3,b\n", "utf16le"),
  ]);
  expect(refusalsOf(await readItems(bytes, queues))).toEqual(["3: bad_encoding"]);
});

test("an encoding nobody knows is a fault of the mapping", async () => {
  expect(await failureOf(() => readItems("id,title\n1,a\n", `${queues}encoding: klingon\n`))).toMatchObject({
    code: "ENCODING_UNKNOWN",
    exit: 2,
  });
});

test("semicolons, tabs and bars are found without being told, also around quoted commas", async () => {
  for (const delimiter of [";", "\t", "|", ","]) {
    const text = `${["id", "title"].join(delimiter)}\n${["1", '"a, b; c"'].join(delimiter)}\n${["2", "d"].join(delimiter)}\n`;
    expect(recordsOf(await readItems(text, queues)).map(({ name }) => name)).toEqual(["a, b; c", "d"]);
  }
});

test("a file that grows past one block keeps line numbers and cells", async () => {
  const rows = Array.from({ length: 60_000 }, (_, index) => `${index},${index % 7 === 0 ? `"q,${index}"` : `plain ${index}`}`);
  const items = await readItems(`id,title\r\n${rows.join("\r\n")}\r\n`, queues);
  expect(items).toHaveLength(60_000);
  expect(items.every((item, index) => item.place === String(index + 2))).toBe(true);
  expect(recordsOf(items)[49_000]).toMatchObject({ queue_native_id: "49000", name: "q,49000" });
});

test("payloads are JSON arrays of the cells, whatever the cells hold", async () => {
  const cells = ["a\\b", "tab\there", 'say "x"', "line\nbreak", "plain", "ümlaut", "\u0001"];
  const text = `id,title\n${cells.map((cell, index) => `${index},"${cell.replaceAll('"', '""')}"`).join("\n")}\n7,a\\b\n8,c\td\n9,\u0002\n`;
  const items = await readItems(text, queues);
  expect(items.map(({ payload }) => JSON.parse(payload))).toEqual([
    ...cells.map((cell, index) => [String(index), cell]),
    ["7", "a\\b"],
    ["8", "c\td"],
    ["9", "\u0002"],
  ]);
});
