import type { Dbt } from "../../ports/dbt.ts";
import type { DbtConfig } from "./config.ts";
import { dockerDbt } from "./docker/runner.ts";
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
      return dockerDbt(config);
  }
}
