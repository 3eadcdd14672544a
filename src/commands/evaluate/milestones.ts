import { targetsOf } from "../../app/deliver/targets.ts";
import { runEvaluation } from "../../app/recognise/run-evaluation.ts";
import { requireMilestonesOf } from "../../config/milestones/of-config.ts";
import { UsageError } from "../../errors.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { run as reconcileFlair } from "../flair/reconcile.ts";
import { run as relayOutbox } from "../outbox/relay.ts";
import { describeEvaluation } from "./milestones-text.ts";

export interface EvaluateMilestonesInput {
  readonly asOf?: string;
  readonly since?: string;
  readonly apply?: true;
  /** Tell the hosts afterwards. */
  readonly tell?: true;
}

/** As `gami outbox relay` has it. */
const relayPatienceSeconds = 60;

export async function run(context: CommandContext, input: EvaluateMilestonesInput): Promise<CommandResult> {
  if (input.tell === true && input.apply !== true) {
    throw new UsageError("--tell goes with --apply: a plan is told to nobody", {
      code: "USAGE",
      hint: "add --apply, or leave --tell out to see the plan",
    });
  }
  const decided = await decide(context, input);
  return input.tell === true ? tell(context, decided) : decided;
}

/** What was written is safe in the outbox, whatever becomes of the telling. */
async function tell(context: CommandContext, decided: CommandResult): Promise<CommandResult> {
  const isShown = context.deps.config.hosts.some(({ tells }) => tells.includes("flair"));
  const flair = isShown ? await reconcileFlair(context, { apply: true, quick: true }) : null;
  const relayed = await relayOutbox(context, { apply: true, wait: relayPatienceSeconds });
  const isIdle = decided.status === "nothing_to_do" && relayed.status === "nothing_to_do";
  return {
    exitCode: relayed.exitCode,
    status: isIdle || relayed.status !== "nothing_to_do" ? relayed.status : "done",
    json: { ...decided.json, flair: flair?.json ?? null, relayed: relayed.json },
    text: [decided.text, ...(flair === null ? [] : [flair.text]), relayed.text].join("\n\n"),
    totals: { ...decided.totals, relayed: relayed.totals ?? null },
  };
}

async function decide({ deps, signal }: CommandContext, input: EvaluateMilestonesInput): Promise<CommandResult> {
  const { config, clock, output, runId } = deps;
  const definitions = requireMilestonesOf(config);
  const { decisions: store, keeping } = await deps.state();
  const [warehouse, archive, ledgerArchive] = [await deps.warehouse(), await deps.archive(), await deps.ledgerArchive()];
  if (input.apply) await warehouse.createTables();
  const report = await runEvaluation(
    { warehouse, archive, ledgerArchive, store, keeping, clock, output, runId },
    {
      definitions,
      targets: targetsOf(config.hosts),
      zone: config.organisation.zone,
      asOf: input.asOf ?? null,
      since: input.since ?? null,
      apply: input.apply === true,
      signal,
    },
  );
  for (const { definitionId, liveAwards, reason } of report.held) output.warn(`${definitionId}: ${liveAwards} awards stand, and ${reason}`);
  const { totals, entries } = report;
  const changes = entries.grant + entries.again + entries.confirm + entries.reverse;
  return {
    exitCode: exitCodes.done,
    status: changes > 0 ? "done" : "nothing_to_do",
    json: { ...report },
    text: describeEvaluation(report, changes, config.hosts.length > 0),
    totals: { ...totals, entries, asOf: report.asOf, isApplied: report.isApplied },
  };
}
