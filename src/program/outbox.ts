import { type Command, InvalidArgumentError, Option } from "commander";
import type { ListOutboxInput } from "../commands/outbox/list.ts";
import type { RelayInput } from "../commands/outbox/relay.ts";
import type { ReplayInput } from "../commands/outbox/replay.ts";
import { messageStates } from "../ports/decision-store.ts";
import { command, type Execute, noun, wholeNumber } from "./declare.ts";

export function addOutbox(program: Command, execute: Execute): void {
  const outbox = noun(program, "outbox", "What hosts are to be told, and what became of it");
  command(outbox, {
    name: "relay",
    summary: "Tell the hosts what is due",
    description:
      "Tells every host what is due for it: awards, flair, points, adjustments. Each message is tried until the host has it, under one key; what a host refuses is kept as dead, what a person must mend as held.\n" +
      "Nothing is sent without --apply. Exits 3 when messages ended dead or held, 75 when some could not be sent and wait for the next run.",
    examples: ["gami outbox relay", "gami outbox relay --apply", "gami outbox relay --host genesys --wait 300 --apply"],
  })
    .option("--host <name...>", "only these hosts of the config")
    .option("--wait <seconds>", "how long to go on when nothing gets through any more", wholeNumber(0, 86_400), 60)
    .option("--apply", "send")
    .action((options: RelayInput) =>
      execute({
        command: "outbox relay",
        config: "required",
        isRecorded: options.apply === true,
        run: async (context) => (await import("../commands/outbox/relay.ts")).run(context, options),
      }),
    );
  command(outbox, {
    name: "list",
    summary: "Count messages by host and state, and show the latest",
    examples: ["gami outbox list", "gami outbox list --state dead --host genesys", "gami outbox list --state held --json"],
  })
    .option("--host <name>", "only messages for this host")
    .addOption(new Option("--state <state>", "only messages in this state").choices(messageStates))
    .option("--subject <id>", "only messages about this agent (gami's id) or challenge")
    .option("--limit <n>", "how many messages at most", wholeNumber(1, 100_000), 20)
    .action((options: ListOutboxInput) =>
      execute({
        command: "outbox list",
        config: "required",
        isRecorded: false,
        run: async (context) => (await import("../commands/outbox/list.ts")).run(context, options),
      }),
    );
  command(outbox, {
    name: "replay",
    summary: "Make dead and held messages due again",
    description:
      "Makes dead and held messages due again, once what stopped them is mended; 'gami outbox relay' then sends them, under the keys they had.\nNothing is changed without --apply.",
    examples: ["gami outbox replay --all", "gami outbox replay 12 15 --apply", "gami outbox replay --host genesys --apply"],
  })
    .argument("[ids...]", "ids of the messages", eachId)
    .option("--all", "all that are dead or held")
    .option("--host <name>", "only those for this host")
    .option("--apply", "do it")
    .action((ids: readonly number[], options: Omit<ReplayInput, "ids">) =>
      execute({
        command: "outbox replay",
        config: "required",
        isRecorded: options.apply === true,
        run: async (context) => (await import("../commands/outbox/replay.ts")).run(context, { ids: ids ?? [], ...options }),
      }),
    );
}

/** commander calls this per word, with what the words before gave. */
function eachId(text: string, before: readonly number[] | undefined): readonly number[] {
  if (!/^\d{1,15}$/.test(text)) throw new InvalidArgumentError("Expected the number of a message.");
  return [...(before ?? []), Number(text)];
}
