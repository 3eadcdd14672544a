import { DuckDBInstance } from "@duckdb/node-api";
import { createTablesSql } from "../../src/adapters/warehouses/duckdb/warehouse.ts";

/** Makes an empty warehouse file: `node test/support/empty-warehouse.ts PATH`. */
export async function createEmptyWarehouse(path: string): Promise<void> {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  for (const sql of createTablesSql()) await connection.run(sql);
  connection.closeSync();
  instance.closeSync();
}

const [, script, path] = process.argv;
if (script !== undefined && import.meta.filename === script && path !== undefined) await createEmptyWarehouse(path);
