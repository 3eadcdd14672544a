import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openPostgresStore } from "../../src/adapters/state/postgres/store.ts";
import { openSqliteStore } from "../../src/adapters/state/sqlite/store.ts";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { createContentHash } from "../../src/domain/ledger/chain.ts";
import { listStore } from "./decisions.ts";
import { agentRows, builtRows, createMilestoneMarts, dayRows } from "./milestone-marts.ts";

/** Where a project's operational store is. */
export type StorePlace =
  | { readonly kind: "sqlite"; readonly path: string }
  | { readonly kind: "postgres"; readonly url: string; readonly schema: string };

function milestones(): string {
  const one = (no: number) =>
    `  - {id: m${no}, name: M${no}, metric: handle_time, direction: lower, threshold: ${200 + no * 8}, unit: seconds, strict: true,
     window: {last: ${1 + (no % 5)}, unit: days}, minimum: {interactions: 5}, floor: 10, tier: {name: T${no}, rank: ${100 - no}}, reset: iso_week,
     valid: {from: "2024-01-01"}, flair: {badge: b${no}, variant: v${no}, priority: 1}}`;
  return `milestones:\n${Array.from({ length: 20 }, (_, index) => one(index + 1)).join("\n")}\n`;
}

/** A project with 20 milestones of `agents` people over seven weeks of hand-made marts. Nothing is decided yet. */
export async function createEvaluationProject(folder: string, agents: number): Promise<void> {
  mkdirSync(join(folder, "milestones"), { recursive: true });
  writeFileSync(join(folder, "milestones", "all.yaml"), milestones());
  const numbers = Array.from({ length: agents }, (_, index) => index + 1);
  const days = { from: "2024-01-15", until: "2024-03-03", finalDate: "2024-12-31" };
  await createMilestoneMarts(join(folder, "gami.duckdb"), [
    ...agentRows(numbers.map((no) => ({ no, zone: "UTC" }))),
    ...numbers.map((no) => dayRows({ no, ...days, seconds: `180 + (${no} * 37 + date_diff('day', date '2024-01-15', day) * 53) % 220` })),
    ...builtRows(1, { lastDate: "2024-03-02", finalDate: "2024-03-01" }),
  ]);
}

/** Hosts that share a store share its archive. */
export function writeEvaluationConfig(folder: string, store: StorePlace, archive = join(folder, "archive")): void {
  const state =
    store.kind === "sqlite" ? `{path: ${store.path}}` : `{kind: postgres, postgres: {url: "${store.url}", schema: ${store.schema}}}`;
  writeFileSync(
    join(folder, "gami.config.yaml"),
    `version: 1\norganisation: {name: Chaos, zone: UTC}\nstate: ${state}\narchive: {path: ${archive}}\nhosts:\n  desk: {kind: csv, path: told}\n`,
  );
}

function openStore(place: StorePlace) {
  const clock = { now: () => 0 };
  return place.kind === "sqlite" ? openSqliteStore({ path: place.path, clock }) : openPostgresStore({ ...place, clock });
}

/** Everything that must not depend on how often the run was killed or who else ran: business content, never the clock or the run's name. */
export async function storePicture(place: StorePlace) {
  const state = await openStore(place);
  const messages = (await state.decisions.outbox.list({ limit: 100_000 })).map(({ idempotencyKey, kind, payload }) => [
    idempotencyKey,
    kind,
    payload,
  ]);
  const snapshots = [...(await state.decisions.lastSnapshots())].toSorted(([one], [other]) => (one < other ? -1 : 1));
  const hash = createContentHash();
  for await (const rows of state.keeping.ledger({ afterSeq: 0 })) for (const { row } of rows) hash.add(row);
  const { ledger, decisions } = await listStore(state);
  return {
    contentHash: hash.digest(),
    entries: ledger.length,
    decisions: decisions.map((one) => JSON.stringify(one)).toSorted(),
    messages: messages.map(String).toSorted(),
    snapshots,
  };
}

/** How much of the ledger and of the decisions is in a project's warehouse. */
export async function exportedRows(folder: string): Promise<unknown> {
  const warehouse = openDuckDbWarehouse({ path: join(folder, "gami.duckdb"), threads: 1 });
  try {
    return await warehouse.rows(`select (select count(*) from raw.gami_ledger_entry where superseded_seq is null)::int as entries,
      (select count(*) from raw.gami_decision where superseded_seq is null)::int as decided`);
  } finally {
    await warehouse.close();
  }
}

/** Whether a run was cut off between two of its commits. */
export async function isHalfway(place: StorePlace): Promise<boolean> {
  const state = await openStore(place);
  const snapshots = await state.decisions.lastSnapshots();
  await state.close();
  return [...snapshots.values()].some((snapshot) => "gami.begun" in snapshot);
}
