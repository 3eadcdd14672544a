import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A dbt that stays in memory between runs. */
export interface DbtServer {
  /** Runs dbt on a warehouse file. @throws Error naming the models and tests that failed. */
  run(file: string, ...args: readonly string[]): Promise<void>;
  close(): Promise<void>;
}

export const dbtProject = join(import.meta.dirname, "../../dbt");

/** Starts it with the Python of a dbt environment; `targetFolder` takes what dbt writes. */
export function startDbtServer(environment: string, targetFolder: string): DbtServer {
  const program = join(environment, "bin", "python");
  const child = spawn(program, [join(import.meta.dirname, "dbt_server.py"), dbtProject, targetFolder], {
    stdio: ["pipe", "pipe", "inherit"],
    env: { ...process.env, DO_NOT_TRACK: "1", DBT_USE_COLORS: "false" },
  });
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  const answers = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    async run(file, ...args) {
      child.stdin.write(`${JSON.stringify({ file, args })}\n`);
      const { value, done } = await answers.next();
      const answer: unknown = done === true ? null : JSON.parse(value);
      if (!isSuccess(answer)) throw new Error(`dbt ${args.join(" ")}: ${value ?? "it ended"}`);
    },
    async close() {
      child.stdin.end();
      await exited;
    },
  };
}

function isSuccess(answer: unknown): boolean {
  return typeof answer === "object" && answer !== null && "success" in answer && answer.success === true;
}
