import { setTimeout as sleep } from "node:timers/promises";
import { forgottenHosts, planRelay, type RelayPlan } from "../../app/deliver/plan-relay.ts";
import { type HostRelayed, relayOutbox } from "../../app/deliver/relay-outbox.ts";
import { archiveLedger } from "../../app/state/archive-ledger.ts";
import type { HostConfig } from "../../config/config.ts";
import { counted } from "../../domain/counted.ts";
import { addRelayTotals, noRelayTotals, type RelayTotals } from "../../domain/deliver/relay-totals.ts";
import { GamiError, LockHeldError, StoppedError } from "../../errors.ts";
import { type ExitCode, exitCodeOf, exitCodes } from "../../exit-codes.ts";
import type { MessageState } from "../../ports/decision-store.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { holderOf, isGone } from "../holder.ts";
import { renderTable } from "../table.ts";
import { chooseHosts, openHosts } from "./hosts.ts";
import { messageJson, messageTable } from "./message-text.ts";

export interface RelayInput {
  readonly host?: readonly string[];
  readonly apply?: true;
  /** Seconds. */
  readonly wait: number;
}

/** `gami outbox relay`: tells the hosts what is due, or says what it would tell. */
export async function run(context: CommandContext, input: RelayInput): Promise<CommandResult> {
  const { deps } = context;
  const hosts = chooseHosts(context, input.host);
  const { outbox } = (await deps.state()).decisions;
  for (const { host, messages } of await forgottenHosts(
    outbox,
    deps.config.hosts.map(({ name }) => name),
  ))
    deps.output.warn(
      `${counted(messages, "message waits", "messages wait")} for the host ${host}, which gami.config.yaml does not name (name it under hosts: again)`,
    );
  return input.apply === true ? relay(context, hosts, input) : plan(context, hosts);
}

async function plan({ deps }: CommandContext, hosts: readonly HostConfig[]): Promise<CommandResult> {
  const { outbox } = (await deps.state()).decisions;
  const names = hosts.map(({ name }) => name);
  const plans = await planRelay(outbox, names, deps.clock.now());
  const due = plans.reduce((sum, one) => sum + one.due, 0);
  return {
    exitCode: exitCodes.done,
    status: due === 0 ? "nothing_to_do" : "done",
    json: { isDryRun: true, hosts: plans.map((one) => ({ ...one, next: one.next.map(messageJson) })) },
    text: planText(plans, due),
  };
}

function planText(plans: readonly RelayPlan[], due: number): string {
  const rows = plans.map(({ host, due: now, waiting, byState: { held = 0, dead = 0, in_flight = 0 }, isMore }) => {
    const atLeast = isMore ? "at least " : "";
    return [host, `${atLeast}${now}`, `${atLeast}${waiting}`, in_flight, held, dead];
  });
  const next = plans.flatMap((one) => one.next);
  const table = renderTable(["host", "due", "waiting", "in flight", "held", "dead"], rows);
  if (due === 0) return `${table}\nnothing is due`;
  return `${table}\n\nnext:\n${messageTable(next)}\n\nnothing was sent: add --apply`;
}

async function relay(context: CommandContext, chosen: readonly HostConfig[], { wait }: RelayInput): Promise<CommandResult> {
  const { deps, signal } = context;
  const state = await deps.state();
  const ledgerArchive = await deps.ledgerArchive();
  const archive = () => archiveLedger({ keeping: state.keeping, ledgerArchive, clock: deps.clock });
  const hosts = await openHosts(context, chosen);
  let relayed: HostRelayed[];
  try {
    const running = new Map<string, RelayTotals>();
    const pause = (milliseconds: number) => sleep(milliseconds, undefined, { signal }).catch(() => undefined);
    relayed = await relayOutbox(
      { state, decisions: state.decisions, archive, clock: deps.clock, random: Math.random, sleep: pause, holder: holderOf(deps), isGone },
      hosts,
      {
        patienceMs: wait * 1000,
        signal,
        onProgress(host, totals) {
          running.set(host, totals);
          deps.output.progress(progressText([...running.values()].reduce(addRelayTotals, noRelayTotals)));
        },
      },
    );
  } finally {
    for (const host of hosts) await host.close();
  }
  deps.output.progressDone();
  const counts = await state.decisions.outbox.counts();
  const report = relayed.map((one) => ({ ...one, left: leftAt(counts, one.host) }));
  const totals = relayed.map((one) => one.totals).reduce(addRelayTotals, noRelayTotals);
  const text = reportText(report, totals);
  for (const { host, trouble } of relayed) tellTrouble(context, host, trouble);
  if (signal.aborted && signal.reason instanceof StoppedError) {
    deps.output.note(text);
    throw signal.reason;
  }
  return {
    ...endingOf(report, totals),
    json: {
      isDryRun: false,
      totals,
      hosts: report.map(({ trouble, ...rest }) => ({
        ...rest,
        trouble: trouble instanceof GamiError ? { code: trouble.code, message: trouble.message } : null,
      })),
    },
    text,
    totals: { ...totals },
  };
}

interface Report extends HostRelayed {
  /** Where what was not settled stands now. */
  readonly left: Readonly<Partial<Record<MessageState, number>>>;
}

function leftAt(counts: readonly { host: string; state: MessageState; messages: number }[], host: string): Report["left"] {
  const open = counts.filter((count) => count.host === host && ["pending", "in_flight", "held", "dead"].includes(count.state));
  return Object.fromEntries(open.map(({ state, messages }) => [state, messages]));
}

/** A fault of gami itself is thrown; everything else is said, and decides the exit code. */
function tellTrouble({ deps }: CommandContext, host: string, trouble: unknown): void {
  if (trouble === null) return;
  if (!(trouble instanceof GamiError)) throw trouble;
  if (!(trouble instanceof StoppedError))
    deps.output.warn(`${host}: ${withoutName(host, trouble.message)}${trouble.hint === undefined ? "" : ` (${trouble.hint})`}`);
}

function endingOf(report: readonly Report[], totals: RelayTotals): { exitCode: ExitCode; status: CommandResult["status"] } {
  const troubles = report.map(({ trouble }) => trouble).filter((trouble) => trouble !== null);
  const worst = troubles.find((trouble) => !(trouble instanceof LockHeldError)) ?? troubles[0];
  if (worst !== undefined && !(worst instanceof LockHeldError)) return { exitCode: exitCodeOf(worst), status: "unfinished" };
  if (totals.dead + totals.held > 0) return { exitCode: exitCodes.rejectsOverLimit, status: "rejects_over_limit" };
  if (worst !== undefined || isCutShort(report)) return { exitCode: exitCodes.tryAgain, status: "unfinished" };
  return { exitCode: exitCodes.done, status: totals.attempts === 0 ? "nothing_to_do" : "done" };
}

/** It was tried, did not get through, and still waits. */
function isCutShort(report: readonly Report[]): boolean {
  return report.some(({ stillRetrying }) => stillRetrying > 0);
}

function progressText({ attempts, delivered, duplicate, retried }: RelayTotals): string {
  return `${delivered + duplicate} told, ${retried} to be tried again, ${counted(attempts, "attempt")}`;
}

function reportText(report: readonly Report[], totals: RelayTotals): string {
  const ends = ["delivered", "duplicate", "superseded", "retried", "held", "dead", "lost"] as const;
  const rows = report.map(({ host, totals: of, counts, left }) => [
    host,
    of.attempts,
    ...ends.map((end) => of[end]),
    left.pending ?? 0,
    counts.throttled,
    `${(counts.waitedMs / 1000).toFixed(1)} s`,
  ]);
  const table = renderTable(["host", "attempts", ...ends, "left", "throttled", "waited"], rows);
  if (totals.attempts === 0) {
    if (report.some(({ trouble }) => trouble !== null)) return table;
    const later = report.reduce((sum, { left }) => sum + (left.pending ?? 0) + (left.in_flight ?? 0), 0);
    return `${table}\nnothing was due${later === 0 ? "" : `; ${counted(later, "waits", "wait")} for a later time: 'gami outbox list --state pending'`}`;
  }
  const waiting = report.filter(({ trouble, stillRetrying }) => trouble === null && stillRetrying > 0);
  const look =
    "look at them with 'gami outbox list --state held' and '--state dead'; 'gami outbox replay --all --apply' makes them due again";
  return [
    table,
    ...waiting.map(waitingText),
    ...(waiting.length > 0 ? ["run the same command again later: they go out under the same keys"] : []),
    ...(totals.dead + totals.held > 0 ? [look] : []),
  ].join("\n");
}

function waitingText({ host, stillRetrying, lastFailure }: Report): string {
  const said = withoutName(host, lastFailure ?? "");
  return `${host}: ${counted(stillRetrying, "message waits", "messages wait")} for another try; the last one failed: ${said}`;
}

/** The line begins with the host already. */
function withoutName(host: string, text: string): string {
  return text.startsWith(`${host}: `) ? text.slice(host.length + 2) : text;
}
