import { exitCodes } from "../exit-codes.ts";
import type { CommandContext, CommandResult } from "./command.ts";
export async function run(_context: CommandContext): Promise<CommandResult> {
  return { exitCode: exitCodes.done, status: "done", json: {}, text: "" };
}
