import type { FieldDrift, Platform } from "../../../ports/platform.ts";
import type { PoliteClient } from "../../http/client.ts";
import { adherence } from "./adherence.ts";
import type { Connection } from "./ask.ts";
import { contests } from "./contests.ts";
import { conversationsByJob } from "./conversation-job.ts";
import { countDrift, type Drift } from "./drift.ts";
import { externalMetrics } from "./external-metrics.ts";
import type { GenesysRead } from "./genesys-read.ts";
import { conversationsByQuery } from "./guide-conversations.ts";
import { eventsByExport } from "./guide-events.ts";
import { badges, challenges } from "./guide-programme.ts";
import { withLateEvaluations } from "./late-evaluations.ts";
import { documentPlace } from "./page-items.ts";
import { points } from "./points.ts";
import { queues } from "./queues.ts";
import type { PersonalData, Pseudonym } from "./scrub.ts";
import { shifts } from "./shifts.ts";
import { users, usersWithoutZones } from "./users.ts";

/** Change with every change of what a source record is mapped to: it is part of each batch's identity. */
const mapperVersion = "genesys-2";

/** The vendor's own API. */
const platformReads: readonly GenesysRead[] = [users, queues, contests, externalMetrics, shifts, adherence, conversationsByJob, points];
/** What the guides describe. */
const guideReads: readonly GenesysRead[] = [badges, challenges, conversationsByQuery, eventsByExport];

export interface GenesysOptions {
  readonly contract: "guide" | "platform";
  /** Under the contract `platform`: whether evaluations that come after the trailing window are searched for. */
  readonly lateEvaluations: boolean;
  /** Under the contract `platform`: whether the zones of agents are asked for in workforce management. */
  readonly hasWorkforce: boolean;
  readonly connection: Connection;
  /** Whose requests are counted: the API's and the token endpoint's. */
  readonly clients: readonly PoliteClient[];
  readonly personalData: PersonalData;
  readonly pseudonym: Pseudonym;
}

/** Genesys Cloud under one contract. */
export function genesysPlatform({
  contract,
  lateEvaluations,
  hasWorkforce,
  connection,
  clients,
  personalData,
  pseudonym,
}: GenesysOptions): Platform {
  const reads =
    contract === "guide"
      ? guideReads
      : platformReads.map((read) => {
          if (read === conversationsByJob && lateEvaluations) return withLateEvaluations(read);
          return read === users && !hasWorkforce ? usersWithoutZones : read;
        });
  const drifts = new Map<string, Drift>();
  const told = { until: Number.NaN, zones: new Map<string, string>() };
  const find = (name: string): GenesysRead => {
    const read = reads.find(({ description }) => description.name === name);
    if (read === undefined) throw new RangeError(`genesys has no read ${name} under the contract ${contract}`);
    return read;
  };
  const contextOf = (name: string) => {
    const drift = drifts.get(name) ?? countDrift(name);
    drifts.set(name, drift);
    return { connection, boundary: { pseudonym: personalData === "hmac" ? pseudonym : null, personalData, drift }, told };
  };
  return {
    source: "genesys",
    contract,
    mapperVersion: `${mapperVersion}-${contract}-${personalData}`,
    reads: reads.map(({ description }) => description),
    async available({ name }) {
      const { available } = find(name);
      const shown = connection.now() - connection.lagMs;
      return available === undefined ? shown : Math.min(shown, await available(contextOf(name)));
    },
    pages: ({ name }, slice, resume, covered) => find(name).pages(contextOf(name), slice, resume, covered),
    rewind: ({ name }, resume) => find(name).rewind?.(resume) ?? null,
    documents(stream) {
      const read = reads.find(({ description }) => description.streams.includes(stream));
      if (read === undefined) return null;
      const { boundary } = contextOf(read.description.name);
      const readAgain = read.documents();
      return {
        streams: read.description.streams,
        read: ({ place, payload }) => readAgain(JSON.parse(payload), place, boundary),
        documentOf: documentPlace,
      };
    },
    drift: (): readonly FieldDrift[] => [...drifts.values()].flatMap((drift) => drift.report()),
    counts() {
      const all = clients.map((client) => client.counts());
      const sum = (pick: (counts: (typeof all)[number]) => number) => all.reduce((total, counts) => total + pick(counts), 0);
      return {
        requests: sum(({ requests }) => requests),
        throttled: sum(({ throttled }) => throttled),
        faults: sum(({ faults }) => faults),
        waitedMs: sum(({ waitedMs }) => waitedMs),
      };
    },
  };
}
