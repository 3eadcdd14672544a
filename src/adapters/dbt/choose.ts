import { ConfigError } from "../../errors.ts";
import type { Dbt } from "../../ports/dbt.ts";
import type { DbtConfig } from "./config.ts";
import { pathDbt } from "./path/runner.ts";
import { virtualenvDbt } from "./virtualenv/runner.ts";

/** `auto` is the managed environment: it holds the versions that were tested together. */
export function chooseDbt(config: DbtConfig, say: (text: string) => void): Dbt {
  switch (config.runner) {
    case "auto":
    case "venv":
      return virtualenvDbt(config, say);
    case "path":
      return pathDbt(config);
    case "docker":
      throw new ConfigError("dbt.runner 'docker' is not part of this version: expected auto, venv or path", {
        code: "DBT_RUNNER_UNKNOWN",
        hint: "set dbt.runner to 'auto' in gami.config.yaml",
      });
  }
}
