import type { SqlValue } from "../../../ports/warehouse.ts";
import type { Dialect } from "../dialect.ts";
import type { Spelling } from "../spelling.ts";

/** Where loads keep their tables; what is left there after a crash expires. */
export const workDataset = "gami_work";

export function quoteName(name: string): string {
  return `\`${name.replaceAll("\\", "\\\\").replaceAll("`", "\\`")}\``;
}

/**
 * A value inside a script, which takes no bound ones everywhere. Text with anything but letters, digits and a few harmless
 * marks is written as hexadecimal bytes, so that no value can end its literal.
 */
export function literal(value: SqlValue): string {
  if (value === null) return "null";
  if (typeof value !== "string") return String(value);
  if (/^[A-Za-z0-9 ._:/+-]*$/.test(value)) return `'${value}'`;
  return `safe_convert_bytes_to_string(from_hex('${Buffer.from(value, "utf8").toString("hex")}'))`;
}

/** How statements over the marts are spelled here. */
export const bigquerySpelling: Spelling = {
  types: { varchar: "string", double: "float64", bigint: "int64", integer: "int64", boolean: "bool" },
  words: {
    days_between: (earlier, later) => `date_diff(${later}, ${earlier}, day)`,
    week_start: (day) => `cast(date_trunc(${day}, week(monday)) as date)`,
    add_seconds: (instant, seconds) => `timestamp_add(${instant}, interval ${seconds} second)`,
    text_before: (text, mark) => `split(${text}, ${mark})[safe_offset(0)]`,
    sorted_list: (text) => `string_agg(distinct ${text}, ',' order by ${text})`,
    // Of each dataset by itself: the list of a whole region asks for rights on the project.
    tables_built: () =>
      "(select table_schema, table_name from marts.INFORMATION_SCHEMA.TABLES " +
      "union all select table_schema, table_name from intermediate.INFORMATION_SCHEMA.TABLES)",
  },
};

/** The dialect of one process: `token` keeps its work tables apart from those of another that loads the same batch. */
export function bigqueryDialect(token: string): Dialect {
  return {
    capabilities: {
      isExclusive: false,
      transactionalDdl: false,
      readsLocalFiles: false,
      interactiveTransactions: false,
      rowIdentifier: null,
      seedsCursors: true,
      maxParameters: 5_000,
    },
    types: {
      key: "string",
      text: "string",
      integer: "int64",
      smallInteger: "int64",
      instant: "timestamp",
      date: "date",
      boolean: "bool",
      // As the source wrote it: the type JSON would drop its order and spaces, and so its hash.
      json: "string",
    },
    quoteName,
    table: (name) => name,
    workTable: (name, { batchId }) => `${workDataset}.${name}_${batchId.slice(0, 16)}_${token}`,
    createWorkTable: (table, query) => `create or replace table ${table} as ${query}`,
    tryInteger: (expression) => `safe_cast(${expression} as int64)`,
    lastKnown: (expression) => `last_value(${expression} ignore nulls)`,
    epochMillis: (instant) => `unix_millis(${instant})`,
    md5: (text) => `to_hex(md5(${text}))`,
    hexNumber: (digits) => `cast('0x' || ${digits} as int64)`,
  };
}
