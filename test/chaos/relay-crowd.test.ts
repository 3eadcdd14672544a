import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import { openSmallSimulator, setFaults } from "../simulator/simulate.ts";
import { gami } from "../support/gami.ts";
import { writtenAt } from "../support/hosts.ts";
import { enqueueFor, initProject, openProjectStore, type PostgresPlace, webhookSecret } from "../support/outbox-project.ts";
import { aFlair, anAward, person } from "../support/outgoing.ts";
import { type PostgresCluster, startPostgres } from "../support/postgres.ts";
import { requireOrSkip } from "../support/require.ts";

const root = mkdtempSync(join(tmpdir(), "gami-relay-crowd-"));
const people = Array.from({ length: 75 }, (_, at) => person(`a${String(at + 1).padStart(4, "0")}`));
let simulator: RunningSimulator;
beforeAll(async () => {
  simulator = await openSmallSimulator();
});
afterAll(async () => {
  await simulator.close();
  rmSync(root, { recursive: true, force: true });
});

async function crowd(name: string, postgres?: PostgresPlace): Promise<void> {
  const folder = join(root, name);
  const hosts = `  board:
    kind: webhook
    url: ${simulator.url}/_webhook/${name}
    secret: ${webhookSecret}
    requestsPerMinute: 100000
    timeoutSeconds: 5
`;
  await initProject(folder, simulator.url, { contract: "guide", hosts, ...(postgres === undefined ? {} : { postgres }) });
  const state = await openProjectStore(folder);
  await enqueueFor(state, "board", [...people.map((one) => anAward(one)), ...people.map((one) => aFlair(one, 1))]);
  await state.close();
  await setFaults(simulator.url, [{ name: "slow", rate: 1, path: "/_webhook" }], { slowMs: 20 });
  const ran = await Promise.all(Array.from({ length: 16 }, () => gami(folder, "outbox", "relay", "--apply", "--json")));
  for (const { code, stdout, stderr } of ran) expect([0, 75], stdout + stderr).toContain(code);
  const delivered = ran.map(({ stdout }) => JSON.parse(stdout).totals.delivered);
  expect(delivered.reduce((sum, one) => sum + one, 0)).toBe(people.length * 2);
  const received = (await writtenAt(simulator.url, `webhook ${name} `)).map(
    ({ content }) => /"webhook-id":"(\w+)"/.exec(JSON.stringify(content))?.[1],
  );
  expect(received).toHaveLength(people.length * 2);
  expect(new Set(received).size).toBe(people.length * 2);
}

test("[T12] [S3-R46] 16 relays at once on SQLite: one tells each host, and no message goes out twice", () => crowd("sqlite"), 240_000);

describe.runIf(requireOrSkip("postgres"))("on PostgreSQL", () => {
  let cluster: PostgresCluster;
  beforeAll(async () => {
    cluster = await startPostgres();
  }, 120_000);
  afterAll(() => cluster.stop());

  test(
    "[T12] [S3-R46] 16 relays at once: one tells each host, and no message goes out twice",
    () => crowd("postgres", { url: cluster.url, schema: "crowd" }),
    240_000,
  );
});
