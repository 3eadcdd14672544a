import type { Connection } from "../connection.ts";
import { quoteText } from "./dialect.ts";

/** What DuckDB may use for anything but a load. */
export interface UsualSettings {
  readonly threads: number;
  readonly memoryLimit: string;
}

/** A batch and the keys it meets; more would only be filled with blocks of the table, the more the larger it is. */
export const loadMemoryLimit = "256MB";

/**
 * Runs a load on one thread and in little memory: the next batch is packed meanwhile on another core, and a second thread
 * here costs more processor time than it saves (measured: inserting a batch 1.9 against 1.2 microseconds per row).
 */
export async function withLoadSettings<T>(
  connection: Connection,
  memoryLimit: string,
  usual: UsualSettings,
  work: () => Promise<T>,
): Promise<T> {
  await connection.run("set threads = 1");
  await connection.run(`set memory_limit = ${quoteText(memoryLimit)}`);
  try {
    return await work();
  } finally {
    await connection.run(`set memory_limit = ${quoteText(usual.memoryLimit)}`);
    await connection.run(`set threads = ${usual.threads}`);
  }
}
