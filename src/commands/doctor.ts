import { checkPlatform } from "../app/project/check-platforms.ts";
import { type Check, checkProject } from "../app/project/check-project.ts";
import { exitCodes } from "../exit-codes.ts";
import { platformNames } from "../ports/open-platform.ts";
import type { CommandContext, CommandResult } from "./command.ts";
import { openPlatformIn } from "./open-platforms.ts";

export interface DoctorInput {
  readonly platforms?: true;
}

/** Exits with the code of the first failed check, 0 when there are only warnings. */
export async function run(context: CommandContext, { platforms }: DoctorInput): Promise<CommandResult> {
  const { deps } = context;
  const checks = await checkProject({
    machine: deps.machine,
    readConfig: () => deps.config,
    keyPath: () => deps.keyPath(),
    readKey: () => deps.key("pseudonym"),
    state: () => deps.state(),
    warehouse: () => deps.warehouse(),
    archivedBatches: async () => (await (await deps.archive()).committed()).filter(({ totals }) => totals !== null).length,
    dbt: () => deps.dbt(),
  });
  const isReadable = checks.some(({ name, state }) => name === "config" && state === "ok");
  if (platforms && isReadable) {
    for (const name of platformNames) {
      if (deps.config.sources[name] !== null) checks.push(await checkPlatform(await openPlatformIn(context, name), deps.clock.now()));
    }
  }
  const failed = checks.filter(({ state }) => state === "fail");
  return {
    exitCode: failed[0]?.exitCode ?? exitCodes.done,
    status: failed.length === 0 ? "done" : "faults_found",
    json: { checks: checks.map(({ name, state, detail, action }) => ({ name, state, detail, action })) },
    text: [...checks.flatMap(describeCheck), "", summary(checks)].join("\n"),
  };
}

function describeCheck({ name, state, detail, action }: Check): string[] {
  const [first = "", ...more] = detail.split("\n");
  const lines = [`${state.padEnd(4)}  ${name.padEnd(17)}  ${first}`, ...more.map((line) => `${" ".repeat(25)}${line}`)];
  return action === null ? lines : [...lines, `${" ".repeat(25)}-> ${action}`];
}

function summary(checks: readonly Check[]): string {
  const count = (state: Check["state"]) => checks.filter((check) => check.state === state).length;
  if (count("fail") > 0) return `${count("fail")} of ${checks.length} checks failed; mend the first one first`;
  return count("warn") > 0 ? `all checks passed, with ${count("warn")} to look at` : `all ${checks.length} checks passed`;
}
