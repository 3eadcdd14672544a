import { type ChainedRow, chainedColumns, chainHash } from "../../domain/ledger/chain.ts";
import type { KeptRow, LedgerArchive, StateKeeper } from "../../ports/state-keeper.ts";

export interface StateFinding {
  readonly check: "chain" | "entry" | "archive" | "counter";
  /** Which entry, as a person finds it. */
  readonly place: string;
  readonly detail: string;
}

export interface StateVerification {
  readonly entries: number;
  /** Entries that the chain covers; the rest were decided since the last run ended. */
  readonly chained: number;
  readonly archivedEntries: number;
  readonly findings: readonly StateFinding[];
}

const mostFindings = 100;

/**
 * Goes through the whole ledger: every entry against the chain, every award's numbers, and every entry of the archive against
 * what the store holds. A changed or missing row is named. Reads only.
 */
export async function verifyState({
  keeping,
  ledgerArchive,
}: {
  readonly keeping: StateKeeper;
  readonly ledgerArchive: LedgerArchive;
}): Promise<StateVerification> {
  const findings: StateFinding[] = [];
  const find = (check: StateFinding["check"], place: string, detail: string) => {
    if (findings.length < mostFindings) findings.push({ check, place, detail });
  };
  const ledger = await verifyChain(keeping, find);
  const archivedEntries = await compareWithArchive(ledgerArchive, ledger.rows, find);
  await compareHeads(keeping, ledgerArchive, find);
  const { ledgerSeq } = await keeping.standing();
  if (ledgerSeq !== ledger.lastSeq)
    find(
      "counter",
      `entry ${ledgerSeq}`,
      `the store says the ledger ends with entry ${ledgerSeq}, the last one there is ${ledger.lastSeq}`,
    );
  return { entries: ledger.rows.size, chained: ledger.chained, archivedEntries, findings };
}

type Find = (check: StateFinding["check"], place: string, detail: string) => void;

/** An entry by its hash alone, so that a ledger of millions fits. */
type Rows = Map<number, string>;

async function verifyChain(keeping: StateKeeper, find: Find) {
  const rows: Rows = new Map();
  const lastNo = new Map<string, number>();
  const links = flattened(keeping.chain({ afterSeq: 0 }))[Symbol.asyncIterator]();
  let link = await links.next();
  let before: string | null = null;
  let lastSeq = 0;
  let chained = 0;
  for await (const { row } of flattened(keeping.ledger({ afterSeq: 0 }))) {
    const seq = Number(row.seq);
    for (let missing = lastSeq + 1; missing < seq; missing++) {
      find("chain", `entry ${missing}`, "is missing from the ledger");
      // The chain goes on from what it says there: one missing entry is one finding.
      while (link.done !== true && link.value.seq <= missing) {
        before = link.value.hash;
        link = await links.next();
      }
    }
    lastSeq = seq;
    rows.set(seq, rowHash(row));
    checkNumber(row, lastNo, find);
    if (link.done === true) continue;
    if (link.value.seq !== seq) {
      find("chain", placeOf(row), `has no link in the chain, the next one is of entry ${link.value.seq}`);
      continue;
    }
    if (chainHash(before, row) !== link.value.hash) find("chain", placeOf(row), "was changed, or the chain before it was");
    before = link.value.hash;
    chained += 1;
    link = await links.next();
  }
  for (; link.done !== true; link = await links.next())
    find("chain", `entry ${link.value.seq}`, "is missing from the ledger, the chain has it");
  return { rows, lastSeq, chained };
}

function checkNumber(row: ChainedRow, lastNo: Map<string, number>, find: Find): void {
  const [award, no] = [String(row.award_key), Number(row.entry_no)];
  const before = lastNo.get(award) ?? 0;
  if (no !== before + 1) find("entry", placeOf(row), `is number ${no} of its award, behind number ${before}`);
  lastNo.set(award, no);
}

/** A chain written anew over a changed ledger would verify; the archive still has the entry as it was told. */
async function compareWithArchive(ledgerArchive: LedgerArchive, stored: Rows, find: Find): Promise<number> {
  const seen = new Set<number>();
  for await (const row of archivedEntries(ledgerArchive)) {
    const seq = Number(row.seq);
    if (seen.has(seq)) continue;
    seen.add(seq);
    const there = stored.get(seq);
    if (there === undefined) find("archive", placeOf(row), "is in the archive and not in the ledger");
    else if (there !== rowHash(row)) find("archive", placeOf(row), "says another thing than the archive");
  }
  return seen.size;
}

/** Each segment says how far the chain was then. A restored store closes its chain at the end of its next run. */
async function compareHeads(keeping: StateKeeper, ledgerArchive: LedgerArchive, find: Find): Promise<void> {
  const heads = new Map<number, string>();
  for (const { header, endCommit } of await countingSegments(ledgerArchive)) {
    if (header.chain !== null && header.lastCommit < endCommit) heads.set(header.chain.seq, header.chain.hash);
  }
  for await (const { seq, hash } of flattened(keeping.chain({ afterSeq: 0 }))) {
    const archived = heads.get(seq);
    if (archived !== undefined && archived !== hash) find("archive", `entry ${seq}`, "the chain up to it is not the one the archive knows");
  }
}

async function* archivedEntries(ledgerArchive: LedgerArchive): AsyncIterable<ChainedRow> {
  for (const segment of await countingSegments(ledgerArchive)) {
    for await (const { table, row } of flattened<KeptRow>(segment.rows())) {
      if (table === "ledger" && Number(row.commit_no) < segment.endCommit) yield row;
    }
  }
}

/**
 * The segments that count, each up to where the next epoch began: what a store wrote that did not know yet that another one
 * had been restored in its place, does not count.
 */
export async function countingSegments(ledgerArchive: LedgerArchive) {
  const segments = await ledgerArchive.segments();
  const starts = new Map(segments.flatMap(({ header }) => header.epochs.map(({ epoch, firstCommit }) => [epoch, firstCommit] as const)));
  return segments.map((segment) => {
    const later = [...starts].filter(([epoch]) => epoch > segment.header.epoch).map(([, firstCommit]) => firstCommit);
    return {
      header: segment.header,
      path: segment.path,
      rows: () => segment.rows(),
      endCommit: Math.min(...later, Number.POSITIVE_INFINITY),
    };
  });
}

function placeOf(row: ChainedRow): string {
  return `entry ${row.seq} (award ${String(row.award_key).slice(0, 12)} number ${row.entry_no}, ${row.definition_id}, ${row.subject_id})`;
}

function rowHash(row: ChainedRow): string {
  return chainHash(null, Object.fromEntries(chainedColumns.map((name) => [name, row[name] ?? null])));
}

async function* flattened<T>(chunks: AsyncIterable<readonly T[]>): AsyncIterable<T> {
  for await (const chunk of chunks) yield* chunk;
}
