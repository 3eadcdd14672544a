import { chainHash } from "../../domain/ledger/chain.ts";
import { ChecksFailedError } from "../../errors.ts";
import type { Clock } from "../../ports/clock.ts";
import type { ChainLink, KeptRow, LedgerArchive, RowFileHeader, Standing, StateKeeper } from "../../ports/state-keeper.ts";
import { oldCopy, otherStore } from "./require-owner.ts";

export interface ArchiveDeps {
  readonly keeping: StateKeeper;
  readonly ledgerArchive: LedgerArchive;
  readonly clock: Clock;
}

export interface ArchivedCommits {
  readonly entries: number;
  readonly messages: number;
}

/**
 * Closes the chain over what was decided since the last time, and puts it into the archive: ledger entries, messages, and what
 * they stand on. To be called before anything is told or exported, and at the end of a run that decided. Safe to repeat, and at once.
 * @throws ConfigError when the archive is of another store, or this one was replaced by a restore. ChecksFailedError when the ledger has lost an entry. WarehouseError when the archive cannot be written.
 */
export async function archiveLedger({ keeping, ledgerArchive, clock }: ArchiveDeps): Promise<ArchivedCommits> {
  requireNewest(await keeping.standing(), await ledgerArchive.newest());
  await sealLedger(keeping);
  const standing = await keeping.standing();
  const { archivedCommit, commitNo } = standing;
  const counts = { entries: 0, messages: 0 };
  if (commitNo === archivedCommit) return counts;
  const chunks = counted(keeping.commits({ after: archivedCommit, until: commitNo }), counts)[Symbol.asyncIterator]();
  const first = await chunks.next();
  if (first.done !== true) await ledgerArchive.append(headerOf(standing, clock), behind(first.value, chunks));
  await keeping.markArchived(commitNo);
  return counts;
}

/** An archive is shared by all hosts of a project, so it knows of a restore before the store that was replaced does. */
function requireNewest({ storeId, epoch }: Standing, newest: RowFileHeader | null): void {
  if (newest === null) return;
  if (newest.storeId !== storeId) throw otherStore(newest.storeId, "keeps its ledger in this archive");
  if (newest.epoch > epoch) throw oldCopy(newest.epoch, epoch);
}

function headerOf(standing: Standing, clock: Clock): RowFileHeader {
  return {
    kind: "segment",
    version: 1,
    ...standing,
    firstCommit: standing.archivedCommit + 1,
    lastCommit: standing.commitNo,
    writtenAt: new Date(clock.now()).toISOString(),
  };
}

async function* counted(
  chunks: AsyncIterable<readonly KeptRow[]>,
  counts: { entries: number; messages: number },
): AsyncIterable<readonly KeptRow[]> {
  for await (const chunk of chunks) {
    counts.entries += chunk.filter(({ table }) => table === "ledger").length;
    counts.messages += chunk.filter(({ table }) => table === "outbox").length;
    yield chunk;
  }
}

async function* behind<T>(first: T, rest: AsyncIterator<T>): AsyncIterable<T> {
  yield first;
  for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}

/** Adds a link for each entry that has none. Whoever else does the same at once adds the very same links. */
export async function sealLedger(keeping: StateKeeper): Promise<ChainLink | null> {
  for (;;) {
    const { chain, ledgerSeq } = await keeping.standing();
    if ((chain?.seq ?? 0) >= ledgerSeq) return chain;
    const links: ChainLink[] = [];
    let last = chain;
    for await (const rows of keeping.ledger({ afterSeq: chain?.seq ?? 0 })) {
      for (const { row } of rows) {
        const seq: number = (last?.seq ?? 0) + 1;
        if (Number(row.seq) !== seq) throw lostEntry(seq);
        last = { seq, hash: chainHash(last?.hash ?? null, row) };
        links.push(last);
      }
    }
    if (links.length === 0) throw lostEntry((chain?.seq ?? 0) + 1);
    await keeping.extendChain(chain, links);
  }
}

function lostEntry(seq: number): ChecksFailedError {
  return new ChecksFailedError(`entry ${seq} is missing from the ledger: nothing is told or exported from it`, {
    code: "LEDGER_LOST_ENTRY",
    hint: "run 'gami state verify', then 'gami state restore' with the latest backup",
  });
}
