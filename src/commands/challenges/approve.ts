import { userInfo } from "node:os";
import { runApproval } from "../../app/adjust/run-approval.ts";
import { targetsOf } from "../../app/deliver/targets.ts";
import { UsageError } from "../../errors.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { rulesOf } from "./rules.ts";

export interface ApproveInput {
  readonly id: string;
  readonly by?: string;
  readonly apply?: true;
}

export async function run({ deps }: CommandContext, { id, by, apply }: ApproveInput): Promise<CommandResult> {
  const { config, clock, runId } = deps;
  const { decisions: store, keeping } = await deps.state();
  const [warehouse, archive, ledgerArchive] = [await deps.warehouse(), await deps.archive(), await deps.ledgerArchive()];
  if (apply) await warehouse.createTables();
  const report = await runApproval(
    { warehouse, archive, ledgerArchive, store, keeping, clock, runId },
    {
      proposalId: id,
      rules: rulesOf(config),
      targets: targetsOf(config.hosts),
      approvedBy: by ?? userName(),
      apply: apply === true,
    },
  );
  const { nativeId, expectedMultiplier, wantedMultiplier, startsAt, endsAt, hosts, isApplied, isKnown } = report;
  const told = hosts.length === 0 ? "No host is told about challenges: it cannot be approved." : `To be told: ${hosts.join(", ")}.`;
  const what = `${nativeId}: multiplier ${expectedMultiplier} to ${wantedMultiplier} from ${startsAt} to ${endsAt}`;
  const end = isApplied
    ? "Approved; 'gami outbox relay --apply' tells it, and confirms the end when its time comes."
    : `Nothing is written${hosts.length === 0 ? "" : "; --apply approves it"}.`;
  return {
    exitCode: exitCodes.done,
    status: isKnown ? "nothing_to_do" : "done",
    json: { ...report },
    text: isKnown ? `${what}\nApproved before; nothing is done again.` : `${what}\n${told}\n${end}`,
    totals: { hosts: hosts.length, isApplied, isKnown },
  };
}

/** Whoever runs the command; a container may not know. */
function userName(): string {
  try {
    return userInfo().username;
  } catch {
    throw new UsageError("who approves is not known: this system has no name for the user", {
      code: "APPROVER_UNKNOWN",
      hint: "name somebody with --by NAME",
    });
  }
}
