/** One dbt command: `build`, `run`, `test`, `docs generate`, ... with its own flags behind it. */
export interface DbtCall {
  readonly args: readonly string[];
  /** Every line dbt prints, as it comes. */
  readonly onLine: (line: string) => void;
  /** Stops dbt; it gets SIGTERM and a few seconds to end. */
  readonly signal?: AbortSignal;
}

/** One node of the project and how it ended. */
export interface DbtNodeResult {
  /** `model.gami.fct_interaction` */
  readonly id: string;
  readonly name: string;
  readonly kind: string;
  readonly status: "success" | "pass" | "warn" | "skipped" | "fail" | "error";
  readonly message: string | null;
  /** Rows that failed a test. */
  readonly failures: number | null;
  readonly seconds: number;
}

export interface DbtOutcome {
  /** dbt's own: 0 done, 1 something failed, 2 it could not start. */
  readonly exitCode: number;
  readonly invocationId: string | null;
  /** From `run_results.json` of this very call; empty where dbt wrote none. */
  readonly results: readonly DbtNodeResult[];
  readonly seconds: number;
  /** The end of what dbt printed, for a failure that has no results. */
  readonly tail: string;
}

export interface DbtDescription {
  readonly runner: "venv" | "docker" | "path";
  /** What runs: a path or an image. */
  readonly program: string;
  /** dbt-core's version; null when it has to be installed first. */
  readonly version: string | null;
}

export interface Dbt {
  describe(): Promise<DbtDescription>;
  /** @throws ConfigError when no dbt can be had in the configured way; WarehouseError when it cannot be installed. */
  run(call: DbtCall): Promise<DbtOutcome>;
}
