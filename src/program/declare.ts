import { type Command, InvalidArgumentError } from "commander";
import type { CommandContext, CommandResult } from "../commands/command.ts";

/** One command as the user called it, ready to run. The module behind `run` is imported only then. */
export interface Invocation {
  /** `runs list`: the words of the command, as in logs and in --json. */
  readonly command: string;
  /** `required`: refuse to start without a valid config. `optional`: the command finds out itself. */
  readonly config: "required" | "optional";
  /** True for commands that do work: their run is kept in the operational store, failures and stops too. */
  readonly isRecorded: boolean;
  /** True for commands that say at once that somebody holds the warehouse, instead of waiting as configured. */
  readonly isImpatient?: boolean;
  /** True for commands that only describe: the variables of the config need not be set, nor the master key be there. */
  readonly withoutSecrets?: boolean;
  run(context: CommandContext): Promise<CommandResult>;
}

export type Execute = (invocation: Invocation) => Promise<void>;

export interface CommandHelp {
  readonly name: string;
  /** One line, shown in the list of commands. */
  readonly summary: string;
  /** What else a user should know; the summary when left out. */
  readonly description?: string;
  /** Whole command lines that work as they stand. */
  readonly examples: readonly string[];
}

/** A command under `parent`; options, arguments and the action are added by the caller. */
export function command(parent: Command, { name, summary, description, examples }: CommandHelp): Command {
  const lines = examples.map((example) => `  $ ${example}`).join("\n");
  return parent
    .command(name)
    .summary(summary)
    .description(description ?? `${summary}.`)
    .addHelpText("after", `\nExamples:\n${lines}`);
}

/** A word that only groups commands: `gami runs`. */
export function noun(parent: Command, name: string, summary: string): Command {
  return parent.command(name).summary(summary).description(`${summary}.`);
}

/** Option value: a whole number of at least `minimum`. */
export function wholeNumber(minimum: number, maximum: number = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= minimum && value <= maximum) return value;
    const range = maximum === Number.MAX_SAFE_INTEGER ? `of at least ${minimum}` : `from ${minimum} to ${maximum}`;
    throw new InvalidArgumentError(`Expected a whole number ${range}.`);
  };
}

/** Option value: a share between 0 and 1 as exact millionths. */
export function shareInPpm(text: string): number {
  const [, whole, fraction = ""] = /^([01])(?:\.(\d{1,6}))?$/.exec(text) ?? [];
  const ppm = whole === undefined ? Number.NaN : Number(`${whole}${fraction.padEnd(6, "0")}`);
  if (ppm <= 1_000_000) return ppm;
  throw new InvalidArgumentError("Expected a share between 0 and 1, like 0.01.");
}

/** Option value: a day of the calendar. */
export function day(text: string): string {
  const date = new Date(`${text}T00:00:00Z`);
  if (/^\d{4}-\d{2}-\d{2}$/.test(text) && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)) return text;
  throw new InvalidArgumentError("Expected a day as YYYY-MM-DD.");
}
