import fc from "fast-check";
import { expect, test } from "vitest";
import { LockHeldError } from "../../../errors.ts";
import { literal } from "./dialect.ts";
import { beginScript } from "./transaction.ts";

/** What BigQuery makes of the two ways text is written. */
function readLiteral(sql: string): string {
  const hex = /^safe_convert_bytes_to_string\(from_hex\('([0-9a-f]*)'\)\)$/.exec(sql)?.[1];
  if (hex !== undefined) return Buffer.from(hex, "hex").toString("utf8");
  const plain = /^'([A-Za-z0-9 ._:/+-]*)'$/.exec(sql)?.[1];
  if (plain === undefined) throw new Error(`not a literal: ${sql}`);
  return plain;
}

test("any text becomes one literal that no value can end, and reads back as it was", () => {
  fc.assert(fc.property(fc.string({ unit: "grapheme" }), (text) => readLiteral(literal(text)) === text));
  for (const text of ["'; drop table raw.csv_queue; --", "\\", "a\nb\u0000c", "🦄", "csv:bank", ""])
    expect(readLiteral(literal(text))).toBe(text);
  expect([literal(null), literal(5), literal(9007199254740993n), literal(true)]).toEqual(["null", "5", "9007199254740993", "true"]);
});

test("a transaction is one script whose guards fail it before anything is changed", async () => {
  const script = beginScript();
  const overtaken = new LockHeldError("overtaken", { code: "FENCED_OFF", hint: "wait" });
  await script.transaction.changeOne({
    table: "meta.cursor",
    set: "seq = $1",
    where: "fence = $2 and seq = $3",
    values: [4, 7, 3],
    otherwise: overtaken,
  });
  await script.transaction.run("insert into meta.batch (batch_id, source) select $1, $2", ["b1", "o'brien"]);
  expect(script.text()).toBe(
    `begin transaction;
select if((select count(*) from meta.cursor where fence = 7 and seq = 3) = 1, 1, error('gami guard 0'));
update meta.cursor set seq = 4 where fence = 7 and seq = 3;
insert into meta.batch (batch_id, source) select 'b1', safe_convert_bytes_to_string(from_hex('6f27627269656e'));
commit transaction;
`,
  );
  expect(script.failureOf("Query execution failed: gami guard 0 at [2:1]")).toBe(overtaken);
  expect(script.failureOf("Syntax error")).toBeNull();
});
