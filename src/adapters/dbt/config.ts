/** What a dbt runner needs to know. Paths are absolute. */
export interface DbtConfig {
  readonly runner: "auto" | "venv" | "docker" | "path";
  /** The dbt project: the one that comes with gami, or the user's own. */
  readonly projectFolder: string;
  /** Where gami keeps what it manages: environments, dbt's target and logs. */
  readonly gamiFolder: string;
  /** Further folders that may already hold a complete environment; never written to. */
  readonly environmentHomes: readonly string[];
  /** The hash-pinned requirement file of the warehouse's adapter. */
  readonly requirements: string;
  /** For runner `path`: the dbt program, else the first `dbt` on the PATH. */
  readonly program: string | null;
  readonly target: string | null;
  /** The Python that makes the environment; null leaves it to GAMI_PYTHON, else the first one that is new enough. */
  readonly python: string | null;
  /** For runner `docker`: docker or podman; null takes the first that answers. */
  readonly engine: "docker" | "podman" | null;
  readonly image: string;
  /** Which dbt adapter the warehouse needs: duckdb, snowflake, bigquery. */
  readonly adapter: string;
  /** What the profile reads from the environment. Of names that begin with DBT_ENV_SECRET_ dbt prints and writes no value. */
  readonly environment: Readonly<Record<string, string>>;
}
