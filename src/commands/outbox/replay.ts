import { UsageError } from "../../errors.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { DecisionStore, Message } from "../../ports/decision-store.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { requireHost } from "./hosts.ts";
import { messageJson, messageTable } from "./message-text.ts";

export interface ReplayInput {
  readonly ids: readonly number[];
  readonly all?: true;
  readonly host?: string;
  readonly apply?: true;
}

const mostReplayed = 1_000_000;
const mostShown = 50;

/** Dead and held messages become due again; the relay then sends them, under the same keys. */
export async function run(context: CommandContext, input: ReplayInput): Promise<CommandResult> {
  const { deps } = context;
  if (input.ids.length === 0 && input.all !== true && input.host === undefined) {
    throw new UsageError("nothing to replay: expected ids, --host or --all", {
      code: "USAGE",
      hint: "'gami outbox list --state dead' and '--state held' show the ids",
    });
  }
  const { outbox } = (await deps.state()).decisions;
  await requireHost(context, outbox, input.host);
  const stuck = (await stuckMessages(outbox, input.host)).filter(({ id }) => input.ids.length === 0 || input.ids.includes(id));
  const missing = input.ids.filter((id) => !stuck.some((message) => message.id === id));
  if (missing.length > 0) {
    throw new UsageError(`no dead or held message has the id ${missing.join(", ")}`, {
      code: "MESSAGE_UNKNOWN",
      hint: "'gami outbox list --state dead' and '--state held' show the ids",
    });
  }
  const ids = stuck.map(({ id }) => id);
  const replayed = input.apply === true && ids.length > 0 ? await outbox.replay(ids, deps.clock.now()) : 0;
  return {
    exitCode: exitCodes.done,
    status: ids.length === 0 ? "nothing_to_do" : "done",
    json: { isDryRun: input.apply !== true, chosen: ids.length, replayed, messages: stuck.slice(0, mostShown).map(messageJson) },
    text: textOf(stuck, input.apply === true, replayed),
    totals: { chosen: ids.length, replayed },
  };
}

async function stuckMessages(outbox: DecisionStore["outbox"], host: string | undefined): Promise<Message[]> {
  const at = { limit: mostReplayed, ...(host === undefined ? {} : { host }) };
  const [held, dead] = [await outbox.list({ ...at, state: "held" }), await outbox.list({ ...at, state: "dead" })];
  return [...held, ...dead].sort((one, other) => one.id - other.id);
}

function textOf(stuck: readonly Message[], isApplied: boolean, replayed: number): string {
  if (stuck.length === 0) return "no message is dead or held";
  if (isApplied) return `${replayed} messages are due again: 'gami outbox relay --apply' sends them`;
  const more = stuck.length > mostShown ? `\nand ${stuck.length - mostShown} more` : "";
  return `${messageTable(stuck.slice(0, mostShown))}${more}\n\nnothing was changed: add --apply to make ${stuck.length === 1 ? "it" : `these ${stuck.length}`} due again`;
}
