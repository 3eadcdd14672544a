import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "csv-parse/sync";
import { afterAll, beforeAll } from "vitest";
import type { AdjustmentPayload, PayloadKind, Recipient } from "../../src/domain/deliver/message.ts";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import { openSmallSimulator, setFaults, smallCentre } from "../simulator/simulate.ts";
import { genesysHost, hostLimits, openHostFor, sourcesAt, writtenAt } from "../support/hosts.ts";
import { outgoing, person } from "../support/outgoing.ts";
import { hostContract } from "./host.contract.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-hosts-"));
let simulator: RunningSimulator;
beforeAll(async () => {
  simulator = await openSmallSimulator({ parameters: { ...smallCentre, agents: 200 } });
});
afterAll(async () => {
  await simulator.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Every test has people of its own. */
let people = 0;
function nextPerson(): Recipient {
  people += 1;
  return person(`a${String(people).padStart(4, "0")}`);
}

const faultsAt = (faults: unknown, more: Readonly<Record<string, unknown>> = {}) => setFaults(simulator.url, faults, more);

/** What an adjustment did: the challenge has the multiplier that was wanted. */
async function adjusted({ challengeId, wanted }: AdjustmentPayload): Promise<readonly unknown[]> {
  const found = await writtenAt(simulator.url, `challenge ${challengeId}`);
  return found.map(({ content }) => content).filter((content) => JSON.stringify(content).includes(`"multiplier":${wanted.multiplier}`));
}

hostContract({
  name: "Genesys, guide contract",
  tells: ["award", "flair", "adjustment"],
  person: nextPerson,
  stranger: person("nobody"),
  open: (changes = {}) => openHostFor({ ...genesysHost, ...changes }, sourcesAt(simulator.url, "guide")),
  openWrong: () => openHostFor(genesysHost, sourcesAt(simulator.url, "guide", "wrong")),
  async effects(payload) {
    if (payload.kind === "adjustment") return adjusted(payload);
    const { nativeId } = payload.recipient;
    if (payload.kind === "flair") return (await writtenAt(simulator.url, `attributes ${nativeId}`)).map(({ content }) => content);
    const awards = await writtenAt(simulator.url, "award ");
    return awards.filter(({ content }) => JSON.stringify(content).includes(`"userId":"${nativeId}"`));
  },
  faults: faultsAt,
  writes: [
    { method: "POST", path: "/awards" },
    { method: "PUT", path: "/" },
  ],
});

hostContract({
  name: "Genesys, platform contract",
  tells: ["flair", "points"],
  person: nextPerson,
  stranger: person("nobody"),
  open: (changes = {}) => openHostFor({ ...genesysHost, ...changes }, sourcesAt(simulator.url, "platform")),
  openWrong: () => openHostFor(genesysHost, sourcesAt(simulator.url, "platform", "wrong")),
  async effects(payload) {
    if (payload.kind === "adjustment") return [];
    const { nativeId } = payload.recipient;
    if (payload.kind === "flair") return (await writtenAt(simulator.url, `custom ${nativeId} `)).map(({ content }) => content);
    const data = await writtenAt(simulator.url, "metric ");
    return data.filter(({ place }) => place.includes(` ${nativeId} `)).map(({ place, content }) => [place, valueIn(content)]);
  },
  faults: faultsAt,
  writes: [
    { method: "PUT", path: "/customattributes" },
    { method: "POST", path: "/externalmetrics" },
  ],
});

hostContract({
  name: "CXone",
  tells: ["flair"],
  person: () => {
    const { nativeId } = nextPerson();
    return person(`4321:${999_999 + Number(nativeId.slice(1))}`, "cxone");
  },
  stranger: person("4321:1", "cxone"),
  open: (changes = {}) => openHostFor({ kind: "cxone", field: "custom2", ...hostLimits, ...changes }, sourcesAt(simulator.url, "platform")),
  openWrong: () => openHostFor({ kind: "cxone", field: "custom2", ...hostLimits }, sourcesAt(simulator.url, "platform", "wrong")),
  async effects(payload) {
    if (payload.kind !== "flair") return [];
    const agentId = payload.recipient.nativeId.split(":")[1];
    return (await writtenAt(simulator.url, `agent ${agentId}`)).map(({ content }) => content);
  },
  faults: faultsAt,
  writes: [{ method: "PUT", path: "/agents/" }],
});

const everything: readonly PayloadKind[] = ["award", "revocation", "flair", "points", "adjustment"];

hostContract({
  name: "webhook",
  tells: everything,
  person: nextPerson,
  stranger: null,
  open: (changes = {}) =>
    openHostFor(
      { kind: "webhook", url: `${simulator.url}/_webhook/board`, secrets: ["0123456789abcdef01234567"], ...hostLimits, ...changes },
      sourcesAt(simulator.url, "platform"),
    ),
  // Whoever receives may refuse a signature; the one here does not look at it. The consumer's own test does.
  openWrong: null,
  /** Receivers take an event once, by its id. */
  async effects(payload) {
    const id = outgoing(payload).idempotencyKey;
    const events = await writtenAt(simulator.url, "webhook board");
    const bodies = events.map(({ content }) => JSON.stringify(content)).filter((text) => text.includes(id));
    return [...new Set(bodies.map((text) => /"body":"(.*)"\}$/.exec(text)?.[1]))];
  },
  faults: faultsAt,
  writes: [{ method: "POST", path: "/_webhook" }],
});

let folders = 0;
hostContract({
  name: "CSV file",
  tells: everything,
  person: nextPerson,
  stranger: null,
  open: () => {
    folders += 1;
    return openHostFor({ kind: "csv", ...hostLimits, path: join(folder, `csv-${folders}`) }, sourcesAt("http://127.0.0.1:1", "platform"));
  },
  openWrong: null,
  async effects(payload) {
    const id = outgoing(payload).idempotencyKey;
    return linesIn(join(folder, `csv-${folders}`)).filter((line) => line.includes(id));
  },
  faults: null,
  writes: [],
});

function linesIn(path: string): readonly string[][] {
  return readdirSync(path).flatMap((name) => parse(readFileSync(join(path, name), "utf8")));
}

function valueIn(content: unknown): unknown {
  return typeof content === "object" && content !== null && "value" in content ? content.value : null;
}
