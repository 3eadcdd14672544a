import { ConfigError, WarehouseError } from "../../../errors.ts";
import type { Dbt } from "../../../ports/dbt.ts";
import type { DbtConfig } from "../config.ts";
import { dbtVersion, runDbtProgram } from "../program.ts";
import { dbtProgram, EnvironmentFault, ensureEnvironment, environmentFolder, findPython, isComplete } from "./environment.mjs";

/** dbt in a Python environment that gami makes from hash-pinned requirements, beside the config or in the checkout. */
export function virtualenvDbt(config: DbtConfig, say: (text: string) => void): Dbt {
  return {
    async describe() {
      const program = await existingProgram(config);
      return {
        runner: "venv",
        program: program ?? `${config.gamiFolder} (not installed yet)`,
        version: program === null ? null : await dbtVersion(program),
      };
    },
    async run(call) {
      return runDbtProgram((await existingProgram(config)) ?? (await install(config, say)), config, call);
    },
  };
}

async function existingProgram(config: DbtConfig): Promise<string | null> {
  const python = await findPython(config.python ?? undefined);
  if (python === undefined) return null;
  for (const home of [config.gamiFolder, ...config.environmentHomes]) {
    const folder = await environmentFolder(home, config.requirements, python);
    if (isComplete(folder)) return dbtProgram(folder);
  }
  return null;
}

async function install(config: DbtConfig, say: (text: string) => void): Promise<string> {
  try {
    return dbtProgram(
      await ensureEnvironment({
        home: config.gamiFolder,
        requirements: config.requirements,
        say,
        ...(config.python === null ? {} : { python: config.python }),
      }),
    );
  } catch (error) {
    if (!(error instanceof EnvironmentFault)) throw error;
    if (error.message.startsWith("Python 3.11"))
      throw new ConfigError(error.message, { code: "PYTHON_MISSING", hint: error.hint, cause: error });
    throw new WarehouseError(error.message, { code: "DBT_NOT_INSTALLED", hint: error.hint, cause: error });
  }
}
