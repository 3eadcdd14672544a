import { basename } from "node:path";
import { initProject } from "../app/project/init-project.ts";
import { type ProjectAnswers, renderConfig } from "../app/project/render-config.ts";
import { parseConfig } from "../config/parse.ts";
import { ConfigError, StoppedError, UsageError } from "../errors.ts";
import { exitCodes } from "../exit-codes.ts";
import type { CommandContext, CommandResult } from "./command.ts";

export interface InitInput {
  readonly yes?: true;
  readonly force?: true;
  readonly name?: string;
  readonly zone?: string;
  readonly currency?: string;
}

const nextSteps = [
  "gami import csv calls.csv --infer > calls.mapping.yaml   # proposes a mapping for your export: check it",
  "gami import csv calls.csv",
  "gami dbt build",
  "gami roi report",
];

/** @throws UsageError when the answers make no valid config, or when flags would have to replace one without --force. */
export async function run({ deps, signal }: CommandContext, input: InitInput): Promise<CommandResult> {
  const { folder, configName } = deps.project;
  const isThere = (await folder.read(configName)) !== null;
  const replaceConfig = input.force === true;
  if (isThere && !replaceConfig && (input.name ?? input.zone ?? input.currency) !== undefined) {
    throw new UsageError(`${configName} is already in ${folder.path}, and was not changed`, {
      code: "CONFIG_EXISTS",
      hint: "edit it, or run the command again with --force to replace it",
    });
  }
  const defaults = defaultAnswers(input, folder.path);
  const answers = input.yes === true || (isThere && !replaceConfig) ? defaults : await ask(defaults, signal);
  const configText = renderConfig(answers);
  checkAnswers(configText);
  const plan = { configName, configText, schemaText: deps.project.configSchema(), replaceConfig };
  const report = await initProject({ folder, newMasterKey: deps.project.newMasterKey }, plan);
  const lines = [
    ...report.written.map((name) => `wrote ${name}`),
    ...report.kept.map((name) => `kept  ${name}`),
    "",
    "Keep a copy of .gami/key in a safe place: pseudonyms depend on it.",
    "Next:",
    ...nextSteps.map((step) => `  ${step}`),
  ];
  const json = { folder: folder.path, ...report, next: nextSteps.map((step) => step.split(/\s+#/)[0]) };
  return { exitCode: exitCodes.done, status: report.written.length === 0 ? "nothing_to_do" : "done", json, text: lines.join("\n") };
}

function defaultAnswers({ name, zone, currency }: InitInput, folder: string): ProjectAnswers {
  const machineZone = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return {
    name: name ?? (basename(folder) || "contact centre"),
    zone: zone ?? machineZone ?? "UTC",
    currency: currency ?? "USD",
    loadedRatePerHour: null,
  };
}

/** @throws StoppedError when the user leaves with Ctrl-C. */
async function ask(defaults: ProjectAnswers, signal: AbortSignal): Promise<ProjectAnswers> {
  if (!process.stdin.isTTY) {
    throw new UsageError("there is no terminal to ask questions on", {
      code: "NO_TERMINAL",
      hint: "run 'gami init --yes', with --name, --zone and --currency as needed",
    });
  }
  const { input } = await import("@inquirer/prompts");
  // Questions go to stderr: stdout carries the result.
  const context = { signal, output: process.stderr };
  const valid = (key: keyof ProjectAnswers) => (value: string) => faultOf({ ...defaults, [key]: value }) ?? true;
  try {
    const name = await input({ message: "Name of the organisation", default: defaults.name, validate: valid("name") }, context);
    const zone = await input({ message: "Its time zone (IANA)", default: defaults.zone, validate: valid("zone") }, context);
    const currency = await input({ message: "Currency", default: defaults.currency, validate: valid("currency") }, context);
    const rate = await input(
      {
        message: "What one hour of an agent costs, all in (empty: not known yet)",
        validate: (value) => value === "" || valid("loadedRatePerHour")(value),
      },
      context,
    );
    return { name, zone, currency, loadedRatePerHour: rate === "" ? null : rate };
  } catch (error) {
    if (error instanceof Error && error.name === "ExitPromptError") throw new StoppedError("SIGINT", { code: "STOPPED" });
    throw error;
  }
}

/** What is wrong with the answers so far, in a line; null when they are fine. */
function faultOf(answers: ProjectAnswers): string | null {
  try {
    parseConfig(renderConfig(answers), "gami.config.yaml", {});
    return null;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    return /expected .*/.exec(error.message)?.[0] ?? error.message;
  }
}

function checkAnswers(configText: string): void {
  try {
    parseConfig(configText, "gami.config.yaml", {});
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new UsageError(`the config these flags make is not valid:\n${error.message.split("\n").slice(1).join("\n")}`, {
      code: "USAGE",
      hint: "correct the flags and run the command again",
      cause: error,
    });
  }
}
