import type { GamiError } from "../../errors.ts";
import type { ColumnChunk, Row, SqlValue } from "../../ports/warehouse.ts";
import type { Dialect } from "./dialect.ts";

/** One connection while a piece of work lasts. Nothing of the driver is seen beyond it. */
export interface Connection {
  readonly dialect: Dialect;
  /** Runs a statement and says how many rows it changed. */
  run(sql: string, values?: readonly SqlValue[]): Promise<number>;
  rows(sql: string, values?: readonly SqlValue[]): Promise<Row[]>;
  /** Runs statements one after another, in one request where the warehouse takes several; the rows of the last one. */
  script(statements: readonly string[]): Promise<Row[]>;
  stream(sql: string, values?: readonly SqlValue[]): AsyncIterable<readonly Row[]>;
  columns(sql: string, values?: readonly SqlValue[]): AsyncIterable<ColumnChunk>;
  /** How many bytes a statement would read, without running it; null where reading is not billed by bytes. */
  readonly estimateBytes: ((sql: string) => Promise<number>) | null;
  /** All of it or nothing. The first error is the one reported. What is run may happen only at the end, so it answers nothing. */
  transact(work: (transaction: Transaction) => Promise<void>): Promise<void>;
}

export interface Transaction {
  run(sql: string, values?: readonly SqlValue[]): Promise<void>;
  /** Changes the one row that meets the condition; another number of them fails the transaction. */
  changeOne(change: OneRowChange): Promise<void>;
}

/** `update table set ... where ...`; both parts share the values `$1`, `$2`. */
export interface OneRowChange {
  readonly table: string;
  readonly set: string;
  readonly where: string;
  readonly values: readonly SqlValue[];
  readonly otherwise: GamiError;
}

/** A script for warehouses that take one statement at a time. */
export async function runInTurn({ run, rows }: Pick<Connection, "run" | "rows">, statements: readonly string[]): Promise<Row[]> {
  for (const statement of statements.slice(0, -1)) await run(statement);
  return rows(statements.at(-1) ?? "select 1");
}

/** Columns of a driver that brings rows. */
export async function* columnsOfRows(chunks: AsyncIterable<readonly Row[]>): AsyncIterable<ColumnChunk> {
  for await (const rows of chunks) {
    const value = (column: string, row: number) => cellOf(rows[row], column);
    yield {
      rowCount: rows.length,
      value,
      numbers: (column) => Float64Array.from(rows, (_, row) => numberOf(value(column, row))),
    };
  }
}

/** @throws RangeError: a missing column is a fault of the statement. */
export function cellOf(row: Row | undefined, column: string): SqlValue {
  const value = row?.[column];
  if (value === undefined) throw new RangeError(`the result has no column ${column}`);
  return value;
}

export function numberOf(value: SqlValue): number {
  return value === null ? Number.NaN : Number(value);
}

/** A transaction as a conversation, for warehouses that hold one. */
export async function converse(
  connection: Pick<Connection, "run">,
  statements: { readonly begin: string; readonly commit: string; readonly rollback: string },
  work: (transaction: Transaction) => Promise<void>,
): Promise<void> {
  await connection.run(statements.begin);
  try {
    await work({
      async run(sql, values) {
        await connection.run(sql, values);
      },
      async changeOne({ table, set, where, values, otherwise }) {
        if ((await connection.run(`update ${table} set ${set} where ${where}`, values)) !== 1) throw otherwise;
      },
    });
    await connection.run(statements.commit);
  } catch (error) {
    await connection.run(statements.rollback).catch(() => undefined);
    throw error;
  }
}
