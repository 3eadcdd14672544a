import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, expect, test } from "vitest";
import { hostLimits, movingClock, openHostFor, sourcesAt } from "../../../../test/support/hosts.ts";
import { aFlair, anAward, goldFlair, outgoing, person } from "../../../../test/support/outgoing.ts";
import { AuthError } from "../../../errors.ts";
import { signEvent } from "./sign.ts";

/** examples/webhook-consumer.mjs, as it stands, against the host that sends to it. */
const secret = "a secret of 24 bytes or more";
const nextSecret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
let consumer: ChildProcess;
let url = "";
const lines: string[] = [];

beforeAll(async () => {
  consumer = spawn(process.execPath, ["examples/webhook-consumer.mjs"], {
    env: { ...process.env, PORT: "0", GAMI_WEBHOOK_SECRET: secret },
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (consumer.stdout === null) throw new Error("no output");
  const reader = createInterface(consumer.stdout);
  reader.on("line", (line) => lines.push(line));
  const [first] = await once(reader, "line");
  url = `http://127.0.0.1:${String(first).split(" ").at(-1)}`;
});
afterAll(async () => {
  consumer.kill();
  await once(consumer, "exit");
});

const openFor = (secrets: readonly string[], clock = movingClock()) =>
  openHostFor({ kind: "webhook", url: `${url}/flair`, secrets, ...hostLimits }, sourcesAt(url, "platform"), clock);

async function shownOf(agentId: string): Promise<unknown> {
  return (await fetch(`${url}/${agentId}`)).json();
}

test("[T90] [G23] [S3-R39] the example takes an event once and never goes back to an older version", async () => {
  const host = await openFor([secret]);
  const someone = person("u1");
  const silver = { ...goldFlair, name: "AHT Silver", tier: "TIER_2", attributes: {} };
  const send = async (...payloads: Parameters<typeof outgoing>[0][]) =>
    (await host.send(payloads.map((payload) => outgoing(payload)))).map(({ kind }) => kind);
  expect(await send(aFlair(someone, 2))).toEqual(["delivered"]);
  expect(await send(aFlair(someone, 1, silver))).toEqual(["delivered"]);
  expect(await send(aFlair(someone, 2), anAward(someone))).toEqual(["delivered", "delivered"]);
  expect(await shownOf(someone.agentId)).toMatchObject({ flairVersion: { epoch: 1, version: 2 }, attributes: { flair_tier: "TIER_3" } });
  expect(await send(aFlair(someone, 3, null))).toEqual(["delivered"]);
  expect(await shownOf(someone.agentId)).toEqual({ flairVersion: { epoch: 1, version: 3 }, attributes: {} });
  // After a restore versions begin again in the next epoch.
  expect(await send(aFlair(someone, 1, silver, 2))).toEqual(["delivered"]);
  expect(await shownOf(someone.agentId)).toMatchObject({ flairVersion: { epoch: 2, version: 1 } });
  expect(lines.map((line) => line.split(" ")[0])).toEqual(["listening", "taken", "older", "repeated", "taken", "taken", "taken"]);
});

test("[T90] while secrets are changed over both signatures are sent; the new one alone is refused by who does not know it", async () => {
  const both = await openFor([nextSecret, secret]);
  expect(await both.send([outgoing(aFlair(person("u2"), 1))])).toMatchObject([{ kind: "delivered" }]);
  const alone = await openFor([nextSecret]);
  await expect(alone.send([outgoing(aFlair(person("u3"), 1))])).rejects.toThrow(AuthError);
  expect(await shownOf("agent-u3")).toBeNull();
});

test("a body that was changed on the way, or is replayed after its time, is refused", async () => {
  const body = JSON.stringify({ eventId: "e9", eventType: "USER_FLAIR_UPDATED" });
  const post = async (sent: string, at: number) =>
    (await fetch(url, { method: "POST", body: sent, headers: { ...signEvent([secret], "e9", body, at) } })).status;
  expect(await post(body.replace("e9", "e8"), Date.now())).toBe(401);
  expect(await post(body, Date.now() - 400_000)).toBe(401);
  expect(await post(body, Date.now() + 400_000)).toBe(401);
});
