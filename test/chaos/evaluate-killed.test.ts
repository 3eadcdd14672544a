import { spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { uniformInt } from "pure-rand/distribution/uniformInt";
import { xoroshiro128plus } from "pure-rand/generator/xoroshiro128plus";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openSqliteStore } from "../../src/adapters/state/sqlite/store.ts";
import { openDuckDbWarehouse } from "../../src/adapters/warehouses/duckdb/warehouse.ts";
import { listStore } from "../support/decisions.ts";
import { gami, gamiProgram } from "../support/gami.ts";
import { agentRows, builtRows, createMilestoneMarts, dayRows } from "../support/milestone-marts.ts";

/** Kills in all; each trial is killed a few times before it is let through. */
const kills = process.env.GAMI_CHAOS === "full" ? 200 : 20;
const killsPerTrial = 4;
const agents = 60;
const root = mkdtempSync(join(tmpdir(), "gami-evaluate-killed-"));
const project = join(root, "project");
/** Five weeks behind the day that was decided last: several commits, and nothing but the store says which days are still due. */
const evaluate = ["evaluate", "milestones", "--as-of", "2024-02-29", "--apply", "--json"];

function milestones(): string {
  const one = (no: number) =>
    `  - {id: m${no}, name: M${no}, metric: handle_time, direction: lower, threshold: ${200 + no * 8}, unit: seconds, strict: true,
     window: {last: ${1 + (no % 5)}, unit: days}, minimum: {interactions: 5}, floor: 10, tier: {name: T${no}, rank: ${100 - no}}, reset: iso_week,
     valid: {from: "2024-01-01"}, flair: {badge: b${no}, variant: v${no}, priority: 1}}`;
  return `milestones:\n${Array.from({ length: 20 }, (_, index) => one(index + 1)).join("\n")}\n`;
}

const hosts = "hosts:\n  desk: {kind: csv, path: told}\n";

beforeAll(async () => {
  mkdirSync(join(project, "milestones"), { recursive: true });
  writeFileSync(join(project, "gami.config.yaml"), `version: 1\norganisation: {name: Chaos, zone: UTC}\n${hosts}`);
  writeFileSync(join(project, "milestones", "all.yaml"), milestones());
  const numbers = Array.from({ length: agents }, (_, index) => index + 1);
  const days = { from: "2024-01-15", until: "2024-03-03", finalDate: "2024-12-31" };
  await createMilestoneMarts(join(project, "gami.duckdb"), [
    ...agentRows(numbers.map((no) => ({ no, zone: "UTC" }))),
    ...numbers.map((no) => dayRows({ no, ...days, seconds: `180 + (${no} * 37 + date_diff('day', date '2024-01-01', day) * 53) % 220` })),
    ...builtRows(1, { lastDate: "2024-03-02", finalDate: "2024-03-01" }),
  ]);
  const first = await gami(project, "evaluate", "milestones", "--as-of", "2024-01-31", "--apply");
  expect(first, first.stderr).toMatchObject({ code: 0 });
}, 120_000);

afterAll(() => rmSync(root, { recursive: true, force: true }));

/** Everything that must not depend on how often the run was killed: business content, never the clock or the run's name. */
async function pictureOf(folder: string) {
  const state = await openSqliteStore({ path: join(folder, "gami.sqlite"), clock: { now: () => 0 } });
  const messages = (await state.decisions.outbox.list({ limit: 100_000 })).map(({ idempotencyKey, kind, payload }) => [
    idempotencyKey,
    kind,
    payload,
  ]);
  const snapshots = [...(await state.decisions.lastSnapshots())];
  const { ledger, decisions } = await listStore(state);
  const warehouse = openDuckDbWarehouse({ path: join(folder, "gami.duckdb"), threads: 1 });
  const exported = await warehouse.rows("select count(*)::int as entries from raw.gami_ledger_entry where superseded_seq is null");
  const decided = await warehouse.rows("select count(*)::int as decided from raw.gami_decision where superseded_seq is null");
  await warehouse.close();
  return {
    ledger: ledger
      .map(({ awardKey, entryNo, action, occurredAt, reason, evidence }) =>
        [awardKey, entryNo, action, occurredAt, reason, evidence].join(" "),
      )
      .toSorted(),
    decisions,
    messages: messages.map(String).toSorted(),
    snapshots,
    exported,
    decided,
  };
}

test(`[T12] [S3-R22] an evaluation killed at any instant and run again grants each award once, as one clean run (${kills} kills)`, {
  timeout: kills * 30_000,
}, async () => {
  const clean = join(root, "clean");
  cpSync(project, clean, { recursive: true });
  const started = Date.now();
  const result = await gami(clean, ...evaluate);
  const took = Date.now() - started;
  expect(result, result.stderr).toMatchObject({ code: 0 });
  const picture = await pictureOf(clean);
  expect(picture.ledger.length).toBeGreaterThan(1_000);
  expect(picture.messages).toHaveLength(picture.ledger.length);
  expect(picture.exported).toEqual([{ entries: picture.ledger.length }]);
  const random = xoroshiro128plus(20_240_229);
  let halfway = 0;
  for (let trial = 0; trial < Math.ceil(kills / killsPerTrial); trial++) {
    const folder = join(root, `trial-${trial}`);
    cpSync(project, folder, { recursive: true });
    for (let kill = 0; kill < killsPerTrial; kill++) {
      const child = spawn(process.execPath, [gamiProgram, ...evaluate], { cwd: folder, stdio: "ignore" });
      const exited = once(child, "exit");
      await Promise.race([sleep(uniformInt(random, 50, Math.round(took * 1.1))), exited]);
      child.kill("SIGKILL");
      await exited;
      halfway += (await isHalfway(folder)) ? 1 : 0;
    }
    const last = await gami(folder, ...evaluate);
    expect(last, last.stderr).toMatchObject({ code: 0 });
    expect(await pictureOf(folder)).toEqual(picture);
    rmSync(folder, { recursive: true, force: true });
  }
  // Kills that all hit before the first commit or behind the last would prove nothing.
  expect(halfway).toBeGreaterThan(0);
});

async function isHalfway(folder: string): Promise<boolean> {
  const state = await openSqliteStore({ path: join(folder, "gami.sqlite"), clock: { now: () => 0 } });
  const snapshots = await state.decisions.lastSnapshots();
  await state.close();
  return [...snapshots.values()].some((snapshot) => "gami.begun" in snapshot);
}
