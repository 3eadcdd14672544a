import { parseManualLinks } from "../../domain/identity/manual-links.ts";
import { type Account, accountKey, type Link, type LinkMethod, type LinkPlan, planLinks } from "../../domain/identity/plan-links.ts";
import { beginningOfTime } from "../../domain/load/touched-columns.ts";
import { UsageError } from "../../errors.ts";
import type { SourceItem, SourceRead } from "../../ports/source.ts";
import type { OpenTableFile } from "../../ports/table-file.ts";
import type { QueryReader } from "../../ports/warehouse.ts";
import { type LoadDeps, type LoadResult, loadRead } from "../ingest/load-read.ts";
import { reportSql } from "../roi/report-sql.ts";
import { count, text, textOrNull } from "../roi/row-values.ts";

/** An account no link names, and what hangs on it. */
export interface UnlinkedAccount {
  readonly source: string;
  readonly nativeId: string;
  readonly interactions: number;
}

export interface LinkProposal extends Omit<LinkPlan, "unlinked"> {
  /** Those with the most interactions first. */
  readonly unlinked: readonly UnlinkedAccount[];
  readonly accounts: number;
}

const sinceEver = Date.parse(beginningOfTime);
/** Change with every change of how people are found: it is part of each batch's identity. */
const mapperVersion = "identity-1";

/**
 * Who is who over all sources, as a plan: nothing is written.
 * @throws UsageError naming every line of the file that is wrong.
 */
export async function proposeLinks(
  warehouse: QueryReader,
  openTable: OpenTableFile,
  file: string | null,
  signal?: AbortSignal,
): Promise<LinkProposal> {
  const manual = file === null ? null : await readManualLinks(openTable, file);
  signal?.throwIfAborted();
  const records = await readAccounts(warehouse);
  const named = (await warehouse.rows(reportSql("identity-named"))).map((row) => ({
    source: text(row, "source"),
    nativeId: text(row, "agent_native_id"),
    interactions: count(row, "interactions"),
  }));
  const known = new Set(records.map(accountKey));
  const bare = named.filter((one) => !known.has(accountKey(one))).map(({ source, nativeId }) => bareAccount(source, nativeId));
  const accounts = [...records, ...bare];
  const { links, imported } = await readLinks(warehouse);
  const { unlinked, ...plan } = planLinks({ accounts, known: links, imported, manual, sinceEver });
  const interactions = new Map(named.map((one) => [accountKey(one), one.interactions]));
  return {
    ...plan,
    accounts: accounts.length,
    unlinked: unlinked
      .map(({ source, nativeId }) => ({ source, nativeId, interactions: interactions.get(accountKey({ source, nativeId })) ?? 0 }))
      .sort((one, other) => other.interactions - one.interactions),
  };
}

/** Keeps what was proposed, as one batch of the stream `identity`: the next build of the models follows it. */
export function applyLinks(
  deps: LoadDeps,
  { added, withdrawn }: Pick<LinkProposal, "added" | "withdrawn">,
  signal: AbortSignal,
): Promise<LoadResult> {
  const items = [...withdrawn.map((link) => itemOf(link, true)), ...added.map((link) => itemOf(link, false))];
  const read: SourceRead = {
    source: "gami",
    streams: ["identity"],
    mapperVersion,
    zone: null,
    datedBy: null,
    async *items() {
      yield items;
    },
  };
  // A link that was withdrawn and comes back is news, although gami has said the very same before.
  return loadRead(deps, read, { signal, again: true });
}

async function readManualLinks(openTable: OpenTableFile, file: string): Promise<readonly Link[]> {
  const table = await openTable(file);
  const rows: Readonly<Record<string, string>>[] = [];
  for await (const chunk of table.rows()) rows.push(...chunk);
  const { links, faults } = parseManualLinks(table.columns, rows, sinceEver);
  if (faults.length === 0) return links;
  throw new UsageError(`${file} has ${faults.length === 1 ? "a fault" : `${faults.length} faults`}:\n  ${faults.join("\n  ")}`, {
    code: "LINKS_WRONG",
    hint: "correct the file; its columns are source,agent_native_id,person,from,to",
  });
}

/** Of an agent with several records the latest word on each field counts. */
async function readAccounts(warehouse: QueryReader): Promise<Account[]> {
  const accounts = new Map<string, Account>();
  for (const row of await warehouse.rows(reportSql("identity-accounts"))) {
    const account = { ...bareAccount(text(row, "source"), text(row, "agent_native_id")) };
    const before = accounts.get(accountKey(account)) ?? account;
    accounts.set(accountKey(account), {
      ...account,
      employeeId: orNull(textOrNull(row, "employee_id")) ?? before.employeeId,
      emailHmac: orNull(textOrNull(row, "email_hmac")) ?? before.emailHmac,
      isActive: typeof row.is_active === "boolean" ? row.is_active : before.isActive,
    });
  }
  return [...accounts.values()];
}

function bareAccount(source: string, nativeId: string): Account {
  return { source, nativeId, employeeId: null, emailHmac: null, isActive: null };
}

function orNull(value: string | null): string | null {
  return value === null || value.trim() === "" ? null : value.trim();
}

async function readLinks(warehouse: QueryReader): Promise<{ readonly links: Link[]; readonly imported: Link[] }> {
  const all = (await warehouse.rows(reportSql("identity-links"))).map((row) => ({
    isOwn: text(row, "source") === "gami",
    link: {
      source: text(row, "source_system"),
      nativeId: text(row, "agent_native_id"),
      effectiveAt: Date.parse(text(row, "effective_at")),
      endsAt: row.ends_at === null ? null : Date.parse(text(row, "ends_at")),
      personId: text(row, "agent_id"),
      method: methodOf(text(row, "method")),
    },
  }));
  return {
    links: all.filter(({ isOwn }) => isOwn).map(({ link }) => link),
    imported: all.filter(({ isOwn }) => !isOwn).map(({ link }) => link),
  };
}

function methodOf(word: string): LinkMethod {
  return word === "employee_id" || word === "email" ? word : "manual";
}

function itemOf(link: Link, isDeleted: boolean): SourceItem {
  const record = {
    source_system: link.source,
    agent_native_id: link.nativeId,
    effective_at: link.effectiveAt,
    agent_id: link.personId,
    method: link.method,
    ends_at: link.endsAt,
  };
  const place = `${link.source}/${link.nativeId}@${new Date(link.effectiveAt).toISOString()}`;
  return { kind: "record", place, stream: "identity", record, isDeleted, payload: JSON.stringify(record) };
}
