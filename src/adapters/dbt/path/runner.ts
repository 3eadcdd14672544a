import { ConfigError } from "../../../errors.ts";
import type { Dbt } from "../../../ports/dbt.ts";
import type { DbtConfig } from "../config.ts";
import { dbtVersion, runDbtProgram } from "../program.ts";

/** The user's own dbt: `dbt.program` of the config, or the first one on the PATH. */
export function pathDbt(config: DbtConfig): Dbt {
  const program = config.program ?? "dbt";
  return {
    async describe() {
      return { runner: "path", program, version: await dbtVersion(program) };
    },
    async run(call) {
      if ((await dbtVersion(program)) === null) {
        throw new ConfigError(`dbt.runner is 'path', but '${program}' does not answer to --version`, {
          code: "DBT_NOT_FOUND",
          hint: "install dbt-core 1.11 with the adapter of your warehouse, or set dbt.runner to 'venv' and let gami install it",
        });
      }
      return runDbtProgram(program, config, call);
    },
  };
}
