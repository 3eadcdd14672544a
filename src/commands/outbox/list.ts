import { exitCodes } from "../../exit-codes.ts";
import type { MessageFilter, MessageState } from "../../ports/decision-store.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { renderTable } from "../table.ts";
import { requireHost } from "./hosts.ts";
import { messageJson, messageTable } from "./message-text.ts";

export interface ListOutboxInput {
  readonly host?: string;
  readonly state?: MessageState;
  /** gami's id of the agent, or of the challenge. */
  readonly subject?: string;
  readonly limit: number;
}

/** How many messages stand where, and the latest of those asked for. */
export async function run(context: CommandContext, { host, state, subject, limit }: ListOutboxInput): Promise<CommandResult> {
  const { outbox } = (await context.deps.state()).decisions;
  await requireHost(context, outbox, host);
  const filter: MessageFilter = {
    limit,
    ...(host === undefined ? {} : { host }),
    ...(state === undefined ? {} : { state }),
    ...(subject === undefined ? {} : { subjectId: subject }),
  };
  const counts = (await outbox.counts()).filter((count) => (host ?? count.host) === count.host && (state ?? count.state) === count.state);
  const messages = await outbox.list(filter);
  return {
    exitCode: exitCodes.done,
    status: "done",
    json: { counts, messages: messages.map(messageJson) },
    text: messages.length === 0 ? "no such messages" : `${countsText(counts)}\n\n${messageTable(messages)}`,
  };
}

function countsText(counts: readonly { readonly host: string; readonly state: string; readonly messages: number }[]): string {
  return renderTable(
    ["host", "state", "messages"],
    counts.map(({ host, state, messages }) => [host, state, messages]),
  );
}
