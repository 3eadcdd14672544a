import type { Dialect } from "../dialect.ts";

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
