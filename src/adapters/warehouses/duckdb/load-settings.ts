import { quoteText } from "./dialect.ts";

/** What DuckDB may use for anything but loads. */
export interface UsualSettings {
  readonly threads: number;
  readonly memoryLimit: string;
}

/** A batch and the keys it meets; more would only be filled with blocks of the table, the more the larger it is. */
export const loadMemoryLimit = "256MB";

/**
 * Loads run on one thread and in little memory: the next batch is packed meanwhile on another core, and a second thread
 * here costs more processor time than it saves (measured: inserting a batch 1.9 against 1.2 microseconds per row).
 */
export function loadSettings(memoryLimit: string, usual: UsualSettings) {
  return {
    during: settingsSql({ threads: 1, memoryLimit }),
    after: settingsSql(usual),
  };
}

function settingsSql({ threads, memoryLimit }: UsualSettings): readonly string[] {
  return [`set threads = ${threads}`, `set memory_limit = ${quoteText(memoryLimit)}`];
}
