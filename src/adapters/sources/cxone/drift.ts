import type * as z from "zod";
import type { FieldDrift } from "../../../ports/platform.ts";
import { countDrift, type Drift } from "../genesys/drift.ts";

/** Fields the vendor documents and gami has no use for: no news when they come. */
const documented: Readonly<Record<string, ReadonlySet<string>>> = {
  contacts:
    fields(`businessUnitId teamId teamName skillName campaignId campaignName mediaTypeName mediaSubTypeId mediaSubTypeName pointOfContactId
    pointOfContactName isShortAbandon abandonSeconds holdCount postQueueSeconds releaseSeconds routingTime callbackTime secondaryDispositionId
    endReason isLogged isRefused refuseTime transferIndicatorId serviceLevelFlag highProficiency lowProficiency routingAttribute
    isAnalyticsProcessed analyticsProcessedDate dateContactWarehoused dateACWWarehoused tags state stateId`),
  agents: fields(
    "businessUnitId userName teamUuid reportToId custom1 custom2 custom3 custom4 custom5 profileId isLocked address1 city state country",
  ),
  skills: fields("isActive isOutbound campaignId campaignName outboundStrategy notes"),
};

function fields(names: string): ReadonlySet<string> {
  return new Set(names.split(/\s+/).filter((name) => name !== ""));
}

/** Counts what a platform sends and what it stopped sending, read by read. */
export interface DriftCounters {
  see(read: "contacts" | "agents" | "skills" | "interactions", shape: z.ZodType, record: unknown): void;
  report(): FieldDrift[];
}

export function driftCounters(): DriftCounters {
  const counters = new Map<string, Drift>();
  return {
    see(read, shape, record) {
      const counter = counters.get(read) ?? countDrift(read);
      counters.set(read, counter);
      counter.see(shape, withoutDocumented(read, record));
    },
    report: () => [...counters.values()].flatMap((counter) => counter.report()),
  };
}

function withoutDocumented(read: string, record: unknown): unknown {
  const known = documented[read];
  if (known === undefined || typeof record !== "object" || record === null) return record;
  return Object.fromEntries(Object.entries(record).filter(([name]) => !known.has(name)));
}
