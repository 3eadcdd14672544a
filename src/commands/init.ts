import { exitCodes } from "../exit-codes.ts";
import type { CommandContext, CommandResult } from "./command.ts";
export interface InitInput {
  readonly yes?: true;
  readonly force?: true;
  readonly name?: string;
  readonly zone?: string;
  readonly currency?: string;
}
export async function run(_context: CommandContext, _input: InitInput): Promise<CommandResult> {
  return { exitCode: exitCodes.done, status: "done", json: {}, text: "" };
}
