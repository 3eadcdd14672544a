/** How a DuckDB file is opened. Everything but the path has a default. */
export interface DuckDbConfig {
  readonly path: string;
  /** As DuckDB writes sizes: `2GB`. Null: one gigabyte, which loads of any size fit into. */
  readonly memoryLimit?: string | null;
  /** Null: as many as the machine has, at most four. */
  readonly threads?: number | null;
  /** How long to wait for another process that holds the file. */
  readonly lockWaitSeconds?: number;
  /** The file is let go of after this many milliseconds without use, so that a slow source does not keep others out. */
  readonly idleReleaseMillis?: number;
  /** Told once when the file is held by somebody else and the waiting begins. */
  readonly onWait?: (text: string) => void;
}
