import { applyLinks, type LinkProposal, proposeLinks } from "../../app/identity/link-agents.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { renderTable } from "../table.ts";

export interface LinkInput {
  readonly file?: string;
  readonly apply?: true;
}

const shown = 20;

/** `gami identity link`: who is who over all sources, as a plan; with --apply it is kept. */
export async function run({ deps, signal }: CommandContext, { file, apply }: LinkInput): Promise<CommandResult> {
  const warehouse = await deps.warehouse();
  if (apply) await warehouse.createTables();
  const proposal = await proposeLinks(warehouse, deps.openTable, file ?? null, signal);
  const { added, withdrawn, kept, conflicts, unlinked, accounts } = proposal;
  const isNews = added.length + withdrawn.length > 0;
  const loaded =
    apply && isNews ? await applyLinks({ warehouse, archive: await deps.archive(), clock: deps.clock }, proposal, signal) : null;
  const totals = { accounts, added: added.length, withdrawn: withdrawn.length, kept, unlinked: unlinked.length };
  return {
    exitCode: exitCodes.done,
    status: apply && isNews ? "done" : "nothing_to_do",
    json: {
      isApplied: apply === true,
      identity: deps.config.identity,
      ...totals,
      links: added.map(withDates),
      withdrawnLinks: withdrawn.map(withDates),
      conflicts,
      unlinkedAccounts: unlinked,
      ...(loaded === null ? {} : { batches: loaded.batches, ...loaded.totals }),
    },
    text: describe(proposal, apply === true, deps.config.identity),
    totals,
  };
}

function withDates({ effectiveAt, endsAt, ...link }: LinkProposal["added"][number]) {
  return { ...link, effectiveAt: isoText(effectiveAt), endsAt: endsAt === null ? null : isoText(endsAt) };
}

function isoText(instant: number): string {
  return new Date(instant).toISOString();
}

function describe(proposal: LinkProposal, isApplied: boolean, identity: "self" | "mapped"): string {
  const { added, withdrawn, kept, conflicts, unlinked, accounts } = proposal;
  const byMethod = [...Map.groupBy(added, ({ method }) => method)].map(([method, links]) => `${links.length} by ${method}`);
  const people = new Set(added.map(({ personId }) => personId)).size;
  const of = byMethod.length === 0 ? "" : ` (${byMethod.join(", ")}; ${people} people)`;
  const lines = [
    `${accounts} accounts: ${added.length} links ${isApplied ? "made" : "to make"}${of}, ${withdrawn.length} withdrawn, ${kept} kept`,
  ];
  if (conflicts.length > 0) {
    const rows = conflicts
      .slice(0, shown)
      .map(({ source, nativeId, reason, people: candidates }) => [source, nativeId, reason, candidates.join(" or ")]);
    lines.push(
      "",
      `${conflicts.length} left as they are: say who they are in a file given with --file`,
      renderTable(["source", "account", "why", "people"], rows),
    );
  }
  if (unlinked.length > 0) {
    const rows = unlinked.slice(0, shown).map(({ source, nativeId, interactions }) => [source, nativeId, interactions]);
    lines.push("", `${unlinked.length} accounts without a link${identity === "mapped" ? ": their work stays out of the marts" : ""}`);
    lines.push(renderTable(["source", "account", "interactions"], rows));
  }
  return [...lines, "", nextStep(proposal, isApplied, identity)].join("\n");
}

function nextStep({ added, withdrawn }: LinkProposal, isApplied: boolean, identity: "self" | "mapped"): string {
  if (identity === "self") return "Links count with 'identity: mapped' in the config; now each account is a person of its own.";
  if (added.length + withdrawn.length === 0) return "Nothing is to be written.";
  return isApplied ? "next: gami dbt build" : "Nothing is written; --apply keeps the links.";
}
