import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import type { MessagePayload } from "../../src/domain/deliver/message.ts";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import { openSmallSimulator, setFaults, smallCentre } from "../simulator/simulate.ts";
import { gami, gamiProgram } from "../support/gami.ts";
import { writtenAt } from "../support/hosts.ts";
import { enqueueFor, initProject, openProjectStore, webhookSecret } from "../support/outbox-project.ts";
import { anAward, person } from "../support/outgoing.ts";

/** `gami outbox` as a user runs it, against platforms over HTTP. */
const root = mkdtempSync(join(tmpdir(), "gami-outbox-"));
let simulator: RunningSimulator;
let projects = 0;
let folder = "";
beforeAll(async () => {
  simulator = await openSmallSimulator({ parameters: { ...smallCentre, agents: 200 } });
});
beforeEach(async () => {
  projects += 1;
  folder = join(root, String(projects));
  await setFaults(simulator.url, []);
  await initProject(folder, simulator.url, {
    contract: "guide",
    hosts: `  genesys:
    kind: genesys
    badges: { aht-gold: b-gold }
  board:
    kind: webhook
    url: ${simulator.url}/_webhook/board-${projects}
    secret: ${webhookSecret}
    requestsPerMinute: 100000
    timeoutSeconds: 5
`,
  });
});
afterAll(async () => {
  await simulator.close();
  rmSync(root, { recursive: true, force: true });
});

async function enqueue(host: string, payloads: readonly MessagePayload[]): Promise<void> {
  const state = await openProjectStore(folder);
  await enqueueFor(state, host, payloads);
  await state.close();
}

const people = (count: number, from = 1) => Array.from({ length: count }, (_, at) => person(`a${String(at + from).padStart(4, "0")}`));
const received = async () => (await writtenAt(simulator.url, `webhook board-${projects} `)).map(({ content }) => eventIdOf(content));

function eventIdOf(content: unknown): string {
  return /"webhook-id":"([0-9a-f]{64})"/.exec(JSON.stringify(content))?.[1] ?? "";
}

test("[D10] nothing is sent without --apply; with it everything is, and a second time nothing", async () => {
  await enqueue(
    "board",
    people(5).map((one) => anAward(one)),
  );
  const planned = await gami(folder, "outbox", "relay");
  expect(planned.code).toBe(0);
  expect(planned.stdout).toContain("nothing was sent: add --apply");
  expect(await received()).toEqual([]);
  const sent = await gami(folder, "outbox", "relay", "--apply", "--json");
  expect(sent, sent.stderr).toMatchObject({ code: 0 });
  expect(JSON.parse(sent.stdout)).toMatchObject({ status: "done", totals: { attempts: 5, delivered: 5, retried: 0 } });
  expect(new Set(await received()).size).toBe(5);
  expect(JSON.parse((await gami(folder, "outbox", "relay", "--apply", "--json")).stdout)).toMatchObject({ status: "nothing_to_do" });
  expect(await received()).toHaveLength(5);
  const runs = JSON.parse((await gami(folder, "runs", "list", "--command", "outbox relay", "--json")).stdout);
  expect(runs.runs[1]).toMatchObject({ status: "done", totals: { attempts: 5, delivered: 5 } });
});

test("[S3-R56] what ended dead or held exits 3, is listed with its reason, and goes out after a replay", async () => {
  const [known, badge] = [person("nobody"), person("a0006")];
  await enqueue("genesys", [anAward(known), anAward(badge, { definitionId: "unheard-of" }), anAward(person("a0007"))]);
  const relayed = await gami(folder, "outbox", "relay", "--apply");
  expect(relayed).toMatchObject({ code: 3 });
  expect(relayed.stdout).toContain("gami outbox list --state held");
  const listed = JSON.parse((await gami(folder, "outbox", "list", "--state", "held", "--json")).stdout);
  expect(listed.messages.map(({ lastAnswer }: { lastAnswer: string }) => lastAnswer).sort()).toEqual([
    expect.stringContaining("badge b-gold or user nobody is unknown"),
    expect.stringContaining("badge unheard-of or user a0006 is unknown"),
  ]);
  expect((await gami(folder, "doctor")).stdout).toMatch(/^warn {2}outbox +0 messages to be told, 2 held, 0 dead$/m);
  const look = await gami(folder, "outbox", "replay", "--all");
  expect(look.stdout).toContain("nothing was changed: add --apply to make these 2 due again");
  const replayed = await gami(folder, "outbox", "replay", "--all", "--apply");
  expect(replayed.stdout).toBe("2 messages are due again: 'gami outbox relay --apply' sends them\n");
  expect(await gami(folder, "outbox", "relay", "--apply")).toMatchObject({ code: 3 });
});

test("refused credentials exit 4 and hold up the other host not at all", async () => {
  await enqueue("genesys", [anAward(person("a0008"))]);
  await enqueue("board", [anAward(person("a0008"))]);
  const { code, stdout, stderr } = await new Promise<{ code: number | null; stdout: string; stderr: string }>((resolve) => {
    const child = spawn(process.execPath, [gamiProgram, "outbox", "relay", "--apply", "--json"], {
      cwd: folder,
      env: { ...process.env, SIM_SECRET: "wrong" },
    });
    const [out, err]: string[][] = [[], []];
    child.stdout.on("data", (chunk) => out?.push(String(chunk)));
    child.stderr.on("data", (chunk) => err?.push(String(chunk)));
    child.on("close", (ended) => resolve({ code: ended, stdout: out?.join("") ?? "", stderr: err?.join("") ?? "" }));
  });
  expect(code, stderr).toBe(4);
  expect(stderr).toContain("warning: genesys: http");
  expect(JSON.parse(stdout)).toMatchObject({
    status: "unfinished",
    hosts: [
      { host: "genesys", trouble: { code: "CREDENTIALS_REFUSED" }, left: { pending: 1 } },
      { host: "board", trouble: null, totals: { delivered: 1 } },
    ],
  });
  expect(await gami(folder, "outbox", "relay", "--apply")).toMatchObject({ code: 0 });
});

test("a host that does not answer leaves its messages for the next run, exit 75", async () => {
  await enqueue("board", [anAward(person("a0009"))]);
  await setFaults(simulator.url, [{ name: "error", rate: 1, path: "/_webhook" }]);
  const relayed = await gami(folder, "outbox", "relay", "--apply", "--wait", "0");
  expect(relayed, relayed.stdout + relayed.stderr).toMatchObject({ code: 75 });
  expect(relayed.stdout).toMatch(
    /^board: 1 message waits for another try; the last one failed: POST \S+ answered 500\nrun the same command again later/m,
  );
  await setFaults(simulator.url, []);
  // Its next attempt is due after a second at most.
  await new Promise((resolve) => setTimeout(resolve, 1_000));
  expect(await gami(folder, "outbox", "relay", "--apply")).toMatchObject({ code: 0 });
  expect(await received()).toHaveLength(1);
});

test("messages for a host that left the config are told of", async () => {
  await enqueue("gone", [anAward(person("a0010"))]);
  expect((await gami(folder, "doctor")).stdout).toMatch(/^warn {2}outbox .* wait for the host gone, which the config does not name$/m);
  const { stderr } = await gami(folder, "outbox", "relay");
  expect(stderr).toContain("1 message waits for the host gone, which gami.config.yaml does not name (name it under hosts: again)");
});

test("SIGTERM finishes what is in flight and exits 143; nothing is sent twice and the next run sends the rest", async () => {
  await enqueue(
    "board",
    people(120).map((one) => anAward(one)),
  );
  await setFaults(simulator.url, [{ name: "slow", rate: 1, path: "/_webhook" }], { slowMs: 150 });
  const child = spawn(process.execPath, [gamiProgram, "outbox", "relay", "--apply"], { cwd: folder, stdio: "ignore" });
  const ended = once(child, "exit");
  while ((await received()).length < 8) await new Promise((resolve) => setTimeout(resolve, 50));
  child.kill("SIGTERM");
  expect(await ended).toEqual([143, null]);
  const before = await received();
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await received()).toEqual(before);
  expect(before.length).toBeLessThan(120);
  await setFaults(simulator.url, []);
  const rest = JSON.parse((await gami(folder, "outbox", "relay", "--apply", "--json")).stdout);
  expect(rest.totals).toMatchObject({ delivered: 120 - before.length, retried: 0 });
  const all = await received();
  expect(all).toHaveLength(120);
  expect(new Set(all).size).toBe(120);
});
