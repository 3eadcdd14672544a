import type { Command } from "commander";
import { buildProgram } from "../../src/program.ts";

export interface CommandInTree {
  /** `gami runs list` */
  readonly path: string;
  readonly command: Command;
  /** Everything `--help` prints. */
  readonly help: string;
}

/** Every command a user can run, without the hidden ones. */
export function readCommandTree(): CommandInTree[] {
  let printed = "";
  const program = buildProgram({
    version: "0",
    execute: async () => undefined,
    writeOut: (text) => {
      printed += text;
    },
  });
  const walk = (parent: Command, path: string): CommandInTree[] =>
    parent
      .createHelp()
      .visibleCommands(parent)
      .filter((one) => one.name() !== "help")
      .flatMap((one) => {
        const own = `${path} ${one.name()}`;
        if (one.commands.length > 0) return walk(one, own);
        printed = "";
        one.outputHelp();
        return [{ path: own, command: one, help: printed }];
      });
  return walk(program, "gami");
}
