import { appendFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openPostgresStore } from "../../src/adapters/state/postgres/store.ts";
import { openSqliteStore } from "../../src/adapters/state/sqlite/store.ts";
import type { MessagePayload } from "../../src/domain/deliver/message.ts";
import type { StateStore } from "../../src/ports/state-store.ts";
import { aFlairVersion, aPlan } from "./decision-plans.ts";
import { gami } from "./gami.ts";
import { planned } from "./outgoing.ts";

export const webhookSecret = "a secret of 24 bytes or more";

export interface Hosts {
  readonly contract: "guide" | "platform";
  /** YAML of the section `hosts`, without its first line. */
  readonly hosts: string;
  /** The operational store is a schema of this database, instead of a file. */
  readonly postgres?: PostgresPlace;
}

export interface PostgresPlace {
  readonly url: string;
  readonly schema: string;
}

const postgresPlaces = new Map<string, PostgresPlace>();

/** A project whose platforms and webhooks are the simulator. */
export async function initProject(folder: string, url: string, { contract, hosts, postgres }: Hosts): Promise<void> {
  mkdirSync(folder, { recursive: true });
  const made = await gami(folder, "init", "--yes");
  if (made.code !== 0) throw new Error(made.stderr);
  const sources = `
sources:
  genesys:
    contract: ${contract}
    baseUrl: ${url}
    clientId: sim-client
    clientSecret: \${SIM_SECRET:-sim-secret}
    requestsPerMinute: 100000
  cxone:
    baseUrl: ${url}
    loginUrl: ${url}
    clientId: sim-client@gami
    clientSecret: sim secret+
    accessKeyId: SIMKEY7Q====
    accessKeySecret: SIMSECRETXYZ====
    requestsPerMinute: 100000
`;
  const path = join(folder, "gami.config.yaml");
  appendFileSync(path, `${sources}hosts:\n${hosts}`);
  if (postgres !== undefined) moveToPostgres(folder, postgres);
}

/** Before anything is written to the project's store. */
export function moveToPostgres(folder: string, place: PostgresPlace): void {
  postgresPlaces.set(folder, place);
  const path = join(folder, "gami.config.yaml");
  const { url, schema } = place;
  const state = `  kind: postgres\n  postgres: { url: "${url}", schema: ${schema} }\n`;
  writeFileSync(path, readFileSync(path, "utf8").replace("  path: gami.sqlite\n", state));
}

export function openProjectStore(folder: string, clock = { now: () => Date.now() }): Promise<StateStore> {
  const place = postgresPlaces.get(folder);
  return place === undefined ? openSqliteStore({ path: join(folder, "gami.sqlite"), clock }) : openPostgresStore({ ...place, clock });
}

/** As if the archive had all that was committed: nothing else is claimed. */
export async function archiveAll(state: StateStore): Promise<void> {
  await state.keeping.markArchived((await state.keeping.standing()).commitNo);
}

/** As a decision would: messages and the flair versions that belong to them, in one commit. */
export async function enqueueFor(state: StateStore, host: string, payloads: readonly MessagePayload[]): Promise<void> {
  const flairVersions = payloads.flatMap((payload) =>
    payload.kind === "flair"
      ? [
          aFlairVersion(payload.recipient.agentId, payload.version, {
            host,
            epoch: payload.epoch,
            wanted: payload.flair === null ? null : JSON.stringify(payload.flair),
          }),
        ]
      : [],
  );
  await state.decisions.commit(aPlan({ messages: payloads.map((payload) => planned(payload, host)), flairVersions }));
}
