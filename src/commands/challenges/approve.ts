import { approveAdjustment } from "../../app/adjust/approve-adjustment.ts";
import { targetsOf } from "../../app/deliver/targets.ts";
import { requireOwner } from "../../app/state/require-owner.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { rulesOf } from "./rules.ts";

export interface ApproveInput {
  readonly id: string;
  readonly apply?: true;
}

export async function run({ deps }: CommandContext, { id, apply }: ApproveInput): Promise<CommandResult> {
  const { config, clock, runId } = deps;
  const { decisions: store } = await deps.state();
  const warehouse = await deps.warehouse();
  await requireOwner({ warehouse, store }, { isPlan: apply !== true });
  const report = await approveAdjustment(
    { warehouse, store, clock, runId },
    { proposalId: id, rules: rulesOf(config), targets: targetsOf(config.hosts), apply: apply === true },
  );
  const { nativeId, expectedMultiplier, wantedMultiplier, startsAt, endsAt, hosts, isApplied, isKnown } = report;
  const told = hosts.length === 0 ? "No host is told about challenges: it stands in the ledger only." : `To be told: ${hosts.join(", ")}.`;
  const what = `${nativeId}: multiplier ${expectedMultiplier} to ${wantedMultiplier} from ${startsAt} to ${endsAt}`;
  const end = isApplied
    ? "Approved; 'gami outbox relay --apply' tells it, and the end when its time comes."
    : "Nothing is written; --apply approves it.";
  return {
    exitCode: exitCodes.done,
    status: isKnown ? "nothing_to_do" : "done",
    json: { ...report },
    text: isKnown ? `${what}\nApproved before; nothing is done again.` : `${what}\n${told}\n${end}`,
    totals: { hosts: hosts.length, isApplied, isKnown },
  };
}
