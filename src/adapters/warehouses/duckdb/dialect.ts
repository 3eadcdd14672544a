import type { Dialect } from "../dialect.ts";
import type { Spelling } from "../spelling.ts";

export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text literal, for the few places that take no bound value: file names in COPY and table functions. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

/** How statements over the marts are spelled here. */
export const duckdbSpelling: Spelling = {
  types: {},
  words: {
    days_between: (earlier, later) => `date_diff('day', ${earlier}, ${later})`,
    week_start: (day) => `cast(date_trunc('week', ${day}) as date)`,
    add_seconds: (instant, seconds) => `(${instant} + to_seconds(${seconds}))`,
    text_before: (text, mark) => `split_part(${text}, ${mark}, 1)`,
    sorted_list: (text) => `string_agg(distinct ${text}, ',' order by ${text})`,
    tables_built: () => "information_schema.tables",
  },
};

export const duckdbDialect: Dialect = {
  capabilities: {
    isExclusive: true,
    transactionalDdl: true,
    readsLocalFiles: true,
    interactiveTransactions: true,
    rowIdentifier: "rowid",
    // A table with a row costs a quarter of a megabyte, there are 78 of them, and one process at a time has the file.
    seedsCursors: false,
    maxParameters: 10_000,
  },
  // UTC instants are plain timestamps: a session's TimeZone setting can then never shift a day.
  types: {
    key: "uuid",
    text: "varchar",
    integer: "bigint",
    smallInteger: "integer",
    instant: "timestamp",
    date: "date",
    boolean: "boolean",
    json: "json",
  },
  quoteName,
  table: (name) => name,
  workTable: (name, { batchId }) => quoteName(`${name}_${batchId.slice(0, 16)}`),
  createWorkTable: (table, query) => `create or replace temp table ${table} as ${query}`,
  tryInteger: (expression) => `try_cast(${expression} as bigint)`,
  lastKnown: (expression) => `last_value(${expression} ignore nulls)`,
  epochMillis: (instant) => `epoch_ms(${instant})`,
  md5: (text) => `md5(${text})`,
  hexNumber: (digits) => `cast('0x' || ${digits} as bigint)`,
};
