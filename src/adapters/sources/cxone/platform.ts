import type { Slice } from "../../../domain/extract/slices.ts";
import type { Page, Platform, ReadDescription } from "../../../ports/platform.ts";
import type { SourceItem } from "../../../ports/source.ts";
import type { PoliteClient } from "../../http/client.ts";
import type { CxoneTenant } from "./discover.ts";
import { type DriftCounters, driftCounters } from "./drift.ts";
import { documentPlace } from "./items.ts";
import { idOf } from "./json.ts";
import type { Pseudonym } from "./people.ts";
import { contactItems, readContacts } from "./read-contacts.ts";
import { agentItems, readAgents, readSkills, skillItems } from "./read-directory.ts";
import { evaluationItems, readEvaluations } from "./read-evaluations.ts";
import { type FeedbackFields, feedbackItems, readFeedback } from "./read-feedback.ts";
import { interactionItems, readGuideInteractions } from "./read-guide.ts";
import { performanceItems, readPerformance } from "./read-performance.ts";
import { readSchedules, shiftItems } from "./read-schedules.ts";
import { feedbackRead, guideReads, platformReads } from "./reads.ts";

export interface CxoneOptions {
  readonly contract: "guide" | "platform";
  /** Carries the token; its origins hold the tenant's API. */
  readonly client: Pick<PoliteClient, "send">;
  /** All that count towards the control totals. */
  readonly clients: readonly Pick<PoliteClient, "counts">[];
  /** Fetches a file from wherever the platform put it, without the token. Null: the address has expired. */
  readonly download: (url: URL) => Promise<string | null>;
  readonly tenant: () => Promise<CxoneTenant>;
  /** `32.0`: a segment of the path. Field names differ up to version 23. */
  readonly apiVersion: string;
  /** What stands for a customer's address or an agent's e-mail; null drops both. Names are never kept. */
  readonly pseudonym: Pseudonym | null;
  /** The data-extraction entity that holds evaluations. */
  readonly evaluations?: { readonly entityName: string; readonly version: string };
  /** How the tenant's surveys are read; without it they are not. */
  readonly feedback?: FeedbackFields;
  readonly now: () => number;
  /** How long the platform takes to show a record, milliseconds: a quarter of an hour and more for contacts. */
  readonly lagMs: number;
  readonly sleep: (milliseconds: number) => Promise<void>;
  readonly pageSize?: number;
  /** First pause between two looks at a job. */
  readonly jobPollMs?: number;
}

/** What mapping a source record needs; nobody is called for it. */
export interface MapContext {
  readonly pseudonym: Pseudonym | null;
  readonly drift: DriftCounters;
}

/** What every read of this platform needs. */
export interface CxoneContext extends CxoneOptions, MapContext {
  /** An address under the versioned services. */
  service(path: string, query?: Readonly<Record<string, string>>): Promise<URL>;
  /** An address under the tenant's API. */
  address(path: string, query?: Readonly<Record<string, string>>): Promise<URL>;
}

/** Changes when the mapping does. */
const mapperRevision = "cxone-1";

/** NICE CXone, under the vendor's contract or the guides'. */
export function cxonePlatform(options: CxoneOptions): Platform {
  const address: CxoneContext["address"] = async (path, query = {}) => {
    const url = new URL(path, (await options.tenant()).apiUrl);
    for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
    return url;
  };
  const context: CxoneContext = {
    ...options,
    drift: driftCounters(),
    address,
    service: (path, query) => address(`/incontactapi/services/v${options.apiVersion}/${path}`, query),
  };
  const reads = options.contract === "guide" ? guideReads : [...platformReads, ...(options.feedback === undefined ? [] : [feedbackRead])];
  return {
    source: "cxone",
    contract: options.contract,
    mapperVersion: `${mapperRevision}-${options.contract}-${options.pseudonym === null ? "drop" : "hmac"}`,
    reads,
    available: async () => options.now() - options.lagMs,
    pages: (read, slice, resume) => pagesOf(context, read, slice, resume),
    // A job's file is always read whole.
    rewind: ({ name }, resume) => (name === "evaluations" ? resume : null),
    documents(stream) {
      const read = reads.find(({ streams }) => streams.includes(stream));
      if (read === undefined) return null;
      return {
        streams: read.streams,
        read: ({ place, payload }) => itemsOfDocument(read, place, JSON.parse(payload), context),
        documentOf: documentPlace,
      };
    },
    drift: () => context.drift.report(),
    counts: () => {
      const all = options.clients.map((client) => client.counts());
      const total = (name: "requests" | "throttled" | "faults" | "waitedMs") => all.reduce((sum, counts) => sum + counts[name], 0);
      return { requests: total("requests"), throttled: total("throttled"), faults: total("faults"), waitedMs: total("waitedMs") };
    },
  };
}

function pagesOf(context: CxoneContext, { name }: ReadDescription, slice: Slice, resume: string | null): AsyncIterable<Page> {
  switch (name) {
    case "contacts":
      return readContacts(context, slice);
    case "evaluations":
      return readEvaluations(context, slice, resume);
    case "schedules":
      return readSchedules(context, slice);
    case "feedback":
      return readFeedback(context, feedbackOf(context), slice, resume);
    case "performance":
      return readPerformance(context, slice);
    case "agents":
      return readAgents(context);
    case "skills":
      return readSkills(context);
    case "interactions":
      return readGuideInteractions(context, slice, resume);
    default:
      throw new RangeError(`cxone has no read ${name}`);
  }
}

/** A record as it was kept, by today's mapping. */
function itemsOfDocument({ name }: ReadDescription, place: string, document: unknown, context: CxoneContext): SourceItem[] {
  if (name !== "skills" && idOf(document, "businessUnitId") === null) {
    const reject = { reason: "missing_field", field: "businessUnitId", value: null };
    return [{ kind: "reject", place, reject, payload: JSON.stringify(document) }];
  }
  switch (name) {
    case "contacts":
      return contactItems(place, document, context);
    case "evaluations":
      return evaluationItems(place, document, context);
    case "schedules":
      return shiftItems(place, document);
    case "feedback":
      return feedbackItems(place, document, feedbackOf(context));
    case "performance":
      return performanceItems(place, document);
    case "agents":
      return agentItems(place, document, context);
    case "skills":
      return skillItems(place, document, context);
    case "interactions":
      return interactionItems(place, document, context);
    default:
      throw new RangeError(`cxone has no read ${name}`);
  }
}

function feedbackOf({ feedback }: CxoneContext): FeedbackFields {
  if (feedback === undefined) throw new RangeError("cxone has no read feedback where no fields of it are configured");
  return feedback;
}
