import { targetsOf } from "../../app/deliver/targets.ts";
import type { EvaluationReport } from "../../app/recognise/evaluate-milestones.ts";
import { runEvaluation } from "../../app/recognise/run-evaluation.ts";
import { requireMilestonesOf } from "../../config/milestones/of-config.ts";
import { outcomes } from "../../domain/recognise/plan-awards.ts";
import { UsageError } from "../../errors.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { run as reconcileFlair } from "../flair/reconcile.ts";
import { run as relayOutbox } from "../outbox/relay.ts";
import { renderTable } from "../table.ts";

export interface EvaluateMilestonesInput {
  readonly asOf?: string;
  readonly since?: string;
  readonly apply?: true;
  /** Tell the hosts afterwards. */
  readonly tell?: true;
}

const shownChanges = 20;
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
    text: describe(report, changes),
    totals: { ...totals, entries, asOf: report.asOf, isApplied: report.isApplied },
  };
}

function describe(report: EvaluationReport, changes: number): string {
  const { asOf, since, agents, milestones, totals, isApplied } = report;
  const days = since === null ? `as of ${asOf}` : `from ${since} to ${asOf}`;
  const table = renderTable(
    ["milestone", "met", "not met", "too little data", "out of scope", "granted", "stands", "not final"],
    milestones.map(({ definitionId, verdicts, outcomes: of }) => [
      definitionId,
      verdicts.met,
      verdicts.not_met,
      verdicts.insufficient_data,
      verdicts.out_of_scope,
      of.granted,
      of.duplicate,
      of.suppressed,
    ]),
  );
  return [
    `${agents} agents, ${milestones.length} milestones, ${days}`,
    "",
    table,
    "",
    ...changeLines(report, changes),
    `${totals.input} decided = ${outcomes.map((outcome) => `${totals[outcome]} ${outcome}`).join(" + ")}`,
    isApplied ? "Written, and exported into the warehouse (next: gami dbt build)." : "Nothing is written; --apply writes it.",
  ].join("\n");
}

function changeLines({ changes, entries }: EvaluationReport, all: number): string[] {
  if (all === 0) return [];
  const shown = changes.slice(0, shownChanges);
  const rows = shown.map(({ agentId, definitionId, periodId, action, isAgain, asOf, value, reason }) => [
    isAgain ? "grant again" : action,
    definitionId,
    agentId,
    periodId,
    asOf,
    value ?? "",
    reason,
  ]);
  const left = all - shown.length;
  return [
    `Ledger entries: ${entries.grant} grant, ${entries.again} grant again, ${entries.confirm} confirm, ${entries.reverse} reverse`,
    "",
    renderTable(["entry", "milestone", "agent", "period", "earned on", "value", "reason"], rows),
    ...(left > 0 ? [`and ${left} more; --json lists the first 1000`] : []),
    "",
  ];
}
