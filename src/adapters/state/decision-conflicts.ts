import { ChecksFailedError, LockHeldError } from "../../errors.ts";
import type { FlairVersion, LedgerEntry, NewLedgerEntry, NewMessage } from "../../ports/decision-store.ts";

/** What both stores hold against a plan, in the same words. */

const hint = "run the command again: it decides anew on what is there now";

/** All that a writer says about an entry; the store adds its place, time and run. */
export function isSameEntry(stored: LedgerEntry, fresh: NewLedgerEntry): boolean {
  const { seq, postedAt, runId, ...content } = stored;
  return (Object.keys(content) as (keyof NewLedgerEntry)[]).every((name) => content[name] === fresh[name]);
}

/** When and how soon it goes out may be told differently by a later plan; what goes out may not. */
export function isSameMessage(stored: NewMessage, fresh: NewMessage): boolean {
  const told = ["host", "kind", "subjectId", "version", "payload"] as const;
  return told.every((name) => stored[name] === fresh[name]);
}

/** The next version of a flair, a first one, or the same one again. Versions of an older epoch never count. */
export function mayFollow(fresh: FlairVersion, stored: FlairVersion | null): boolean {
  if (stored === null || fresh.epoch > stored.epoch) return true;
  if (fresh.epoch < stored.epoch) return false;
  if (fresh.version === stored.version) return fresh.wanted === stored.wanted;
  return fresh.version === stored.version + 1;
}

export function snapshotMoved(definitionId: string): LockHeldError {
  return new LockHeldError(`another run decided on ${definitionId} in between: nothing was written`, { code: "SNAPSHOT_MOVED", hint });
}

export function entryTaken({ awardKey, entryNo, definitionId, subjectId }: NewLedgerEntry): LockHeldError {
  return new LockHeldError(
    `entry ${entryNo} of award ${awardKey.slice(0, 12)} (${definitionId}, subject ${subjectId}) is in the ledger with other content: nothing was written`,
    { code: "ENTRY_TAKEN", hint },
  );
}

export function messageTaken({ idempotencyKey, host, kind, subjectId }: NewMessage): LockHeldError {
  return new LockHeldError(
    `a ${kind} message for ${subjectId} at ${host} is in the outbox with other content under the key ${idempotencyKey.slice(0, 12)}: nothing was written`,
    { code: "MESSAGE_TAKEN", hint },
  );
}

export function flairMoved({ agentId, host, version }: FlairVersion): LockHeldError {
  return new LockHeldError(`version ${version} of the flair of ${agentId} at ${host} is not the next one: nothing was written`, {
    code: "FLAIR_MOVED",
    hint,
  });
}

export function entryLeftOut({ awardKey, entryNo, definitionId, subjectId }: NewLedgerEntry): ChecksFailedError {
  return new ChecksFailedError(
    `entry ${entryNo} of award ${awardKey.slice(0, 12)} (${definitionId}, subject ${subjectId}) leaves out the number before it: nothing was written`,
    { code: "ENTRY_LEFT_OUT", hint: "run 'gami state verify': the ledger may have lost entries" },
  );
}
