import type { Dialect } from "../dialect.ts";
import type { Spelling } from "../spelling.ts";

/** Quoted, and in capitals: dbt and people write names without quotes, which means capitals here. */
export function quoteName(name: string): string {
  return `"${name.toUpperCase().replaceAll('"', '""')}"`;
}

/** A text literal, for the few places that take no bound value. */
export function quoteText(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "''")}'`;
}

function hexNumber(digits: string): string {
  const places = [5, 4, 3, 2, 1, 0];
  return `(${places.map((power, index) => `${16 ** power} * position(substr(${digits}, ${index + 1}, 1) in '123456789abcdef')`).join(" + ")})`;
}

/** How statements over the marts are spelled here. */
export const snowflakeSpelling: Spelling = {
  types: {},
  words: {
    days_between: (earlier, later) => `datediff('day', ${earlier}, ${later})`,
    // Not date_trunc: on which day it begins a week is a setting of the account.
    week_start: (day) => `cast(dateadd('day', 1 - dayofweekiso(${day}), ${day}) as date)`,
    add_seconds: (instant, seconds) => `dateadd('second', ${seconds}, ${instant})`,
    text_before: (text, mark) => `split_part(${text}, ${mark}, 1)`,
    sorted_list: (text) => `listagg(distinct ${text}, ',') within group (order by ${text})`,
    tables_built: () =>
      "(select lower(table_schema) as table_schema, lower(table_name) as table_name from information_schema.tables " +
      // The service lists views among the tables; the emulator lists them here only.
      "union select lower(table_schema), lower(table_name) from information_schema.views)",
  },
};

export const snowflakeDialect: Dialect = {
  capabilities: {
    isExclusive: false,
    // CREATE TABLE commits the transaction it stands in.
    transactionalDdl: false,
    readsLocalFiles: false,
    interactiveTransactions: true,
    rowIdentifier: null,
    seedsCursors: true,
    maxParameters: 10_000,
  },
  types: {
    key: "varchar(36)",
    text: "varchar",
    // The default scale is 0, but said aloud: nobody has to know it.
    integer: "number(38, 0)",
    smallInteger: "number(38, 0)",
    // Without a zone and always UTC: no session parameter can shift a day.
    instant: "timestamp_ntz",
    date: "date",
    boolean: "boolean",
    // As the source wrote it: a variant would drop its order and spaces, and so its hash.
    json: "varchar",
  },
  quoteName,
  table: (name) => name,
  // The session's own; the next load of the stream puts others in their place, and they end with the session.
  workTable: (name, { stream }) => quoteName(`gami_${name}_${stream}`),
  createWorkTable: (table, query) => `create or replace temporary table ${table} as ${query}`,
  tryInteger: (expression) => `try_cast(${expression} as number(38, 0))`,
  lastKnown: (expression) => `last_value(${expression}) ignore nulls`,
  epochMillis: (instant) => `date_part(epoch_millisecond, ${instant})`,
  md5: (text) => `md5(${text})`,
  hexNumber,
};
