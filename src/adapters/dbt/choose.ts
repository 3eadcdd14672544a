import { existsSync } from "node:fs";
import { join } from "node:path";
import { ConfigError } from "../../errors.ts";
import type { Dbt } from "../../ports/dbt.ts";
import type { DbtConfig } from "./config.ts";
import { dockerDbt } from "./docker/runner.ts";
import { pathDbt } from "./path/runner.ts";
import { virtualenvDbt } from "./virtualenv/runner.ts";

/**
 * `auto` is the managed environment: it holds the versions that were tested together.
 * @throws ConfigError when the project's folder holds no dbt project.
 */
export function chooseDbt(config: DbtConfig, say: (text: string) => void): Dbt {
  if (!existsSync(join(config.projectFolder, "dbt_project.yml"))) {
    throw new ConfigError(`${config.projectFolder} is no dbt project: there is no dbt_project.yml in it`, {
      code: "DBT_PROJECT",
      hint: "correct dbt.projectDir in gami.config.yaml, or leave it out to use the project gami brings",
    });
  }
  switch (config.runner) {
    case "auto":
    case "venv":
      return virtualenvDbt(config, say);
    case "path":
      return pathDbt(config);
    case "docker":
      return dockerDbt(config);
  }
}
