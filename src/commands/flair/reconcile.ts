import { type HostReconciled, reconcileFlair } from "../../app/deliver/reconcile-flair.ts";
import { targetsOf } from "../../app/deliver/targets.ts";
import { requireOwner } from "../../app/state/require-owner.ts";
import { divergenceCauses } from "../../domain/deliver/reconcile-flair.ts";
import { ConfigError } from "../../errors.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { chooseHosts, openHosts } from "../outbox/hosts.ts";
import { renderTable } from "../table.ts";

export interface ReconcileInput {
  readonly host?: readonly string[];
  readonly apply?: true;
  /** Compare what was decided with what was told, and ask no host what it shows. */
  readonly quick?: true;
}

const dayMs = 86_400_000;
const mostListed = 20;

/** `gami flair reconcile`: wanted against told against shown, for everybody. */
export async function run(context: CommandContext, input: ReconcileInput): Promise<CommandResult> {
  const { deps, signal } = context;
  const chosen = chooseHosts(context, input.host).filter(({ tells }) => tells.includes("flair"));
  if (chosen.length === 0) {
    throw new ConfigError("no host is told of flair: expected one whose 'tells' names it", {
      code: "NO_FLAIR_HOST",
      hint: "add 'flair' to tells of a host in gami.config.yaml, or leave tells out",
    });
  }
  const warehouse = await deps.warehouse();
  const { decisions: store } = await deps.state();
  const isApplied = input.apply === true;
  await requireOwner({ warehouse, store }, { isPlan: !isApplied });
  const hosts = await openHosts(context, chosen);
  try {
    const views = new Map(hosts.map(({ name, flair }) => [name, flair]));
    const places = targetsOf(chosen).map((target) => ({ target, view: input.quick === true ? null : (views.get(target.host) ?? null) }));
    const report = await reconcileFlair(
      { warehouse, store, clock: deps.clock, output: deps.output, runId: deps.runId },
      { places, noticeMs: deps.config.recognition.noticeDays * dayMs, isApplied, signal },
    );
    const messages = report.reduce((sum, { hides, shows }) => sum + hides + shows, 0);
    return {
      exitCode: exitCodes.done,
      status: messages === 0 ? "nothing_to_do" : "done",
      json: { isDryRun: !isApplied, messages, hosts: report },
      text: textOf(report, messages, isApplied),
      totals: Object.fromEntries(report.map(({ divergences, ...counts }) => [counts.host, counts])),
    };
  } finally {
    for (const host of hosts) await host.close();
  }
}

function textOf(report: readonly HostReconciled[], messages: number, isApplied: boolean): string {
  const head = ["host", "agents", "changed", "equal", "waiting", "unknown", "not read", "diverged", "to hide", "to show"];
  const rows = report.map((one) => [
    one.host,
    one.agents,
    one.changed,
    one.equal,
    one.waiting,
    one.unknown,
    one.notRead,
    one.diverged,
    one.hides,
    one.shows,
  ]);
  const parts = [renderTable(head, rows), ...report.flatMap(causesText)];
  if (messages === 0) parts.push("nothing to tell");
  else
    parts.push(
      isApplied
        ? `${messages} messages are due: 'gami outbox relay --apply' sends them`
        : `nothing was written: add --apply to enqueue ${messages} messages`,
    );
  return parts.join("\n");
}

function causesText({ host, causes, divergences }: HostReconciled): string[] {
  const lines = Object.entries(divergenceCauses).flatMap(([cause, words]) => {
    const count = Object.entries(causes).find(([name]) => name === cause)?.[1] ?? 0;
    return count === 0 ? [] : [`${host}: ${count} ${cause} (${words})`, ...who(divergences, cause)];
  });
  return lines;
}

function who(divergences: HostReconciled["divergences"], cause: string): string[] {
  const mine = divergences.filter((one) => one.cause === cause);
  const names = mine.slice(0, mostListed).map(({ nativeId, isSent }) => (isSent ? nativeId : `${nativeId} (left as it is)`));
  return [`  ${names.join(", ")}${mine.length > mostListed ? ", ..." : ""}`];
}
