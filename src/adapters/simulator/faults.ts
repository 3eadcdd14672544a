import { createHash } from "node:crypto";

/** What can go wrong on demand, and what it does; `gami simulate serve --help` and docs/simulation.md list the same names. */
export const faultNames = {
  unauthorized: "401, and the token stays refused until a new one is asked for",
  forbidden: "403 naming the missing permission",
  throttle: "429 with Retry-After",
  "throttle-bare": "429 without Retry-After",
  error: "500, 502 or 503",
  slow: "an answer that takes its time",
  cut: "the connection breaks in the middle of the answer",
  html: "200 with a web page",
  "error-body": "200 with an error as its body",
  "no-content": "204 without a body",
  gzip: "a compressed answer",
  charset: "an answer that names a charset its bytes are not in",
  huge: "an answer of 50 MB, most of it blanks",
  duplicate: "a row twice on one page",
  overlap: "a page that repeats the last rows of the page before",
  reorder: "days and rows backwards",
  "expire-cursor": "a cursor or job the platform no longer knows",
  "repeat-cursor": "a page whose cursor leads to itself, for ever",
  drift: "fields nobody announced, and one that turns null",
  malformed: "an extra row that is no valid record",
  "unknown-event": "an extra event of a type nobody knows",
} as const;
export type FaultName = keyof typeof faultNames;

export function isFaultName(name: string): name is FaultName {
  return Object.hasOwn(faultNames, name);
}

export interface Fault {
  readonly name: FaultName;
  /** 0 to 1. */
  readonly rate: number;
  /** Only where the path contains this text. */
  readonly path?: string;
  /** Only requests of this method: `PUT`. */
  readonly method?: string;
  /** Strikes so often, then never again. */
  readonly times?: number;
}

/** Which fault strikes where: decided by seed, name and key alone, so that a run can be repeated. */
export interface Faults {
  /** Changes with every change of the plan. */
  readonly version: () => number;
  set(faults: readonly Fault[]): void;
  /** All that are set, with how often each struck. */
  list(): readonly (Fault & { readonly struck: number })[];
  /** @param key begins with the method. */
  strikes(name: FaultName, path: string, key: string): boolean;
  retryAfterSeconds: number;
  slowMs: number;
}

export function planFaults(seed: string, initial: readonly Fault[]): Faults {
  let faults: (Fault & { struck: number })[] = [];
  let version = 0;
  const plan: Faults = {
    version: () => version,
    retryAfterSeconds: 1,
    slowMs: 1_500,
    set(changed) {
      faults = changed.map((fault) => ({ ...fault, struck: 0 }));
      version += 1;
    },
    list: () => faults.filter(({ rate }) => rate > 0),
    strikes(name, path, key) {
      for (const fault of faults) {
        if (fault.name !== name || fault.rate <= 0 || !path.includes(fault.path ?? "")) continue;
        if (fault.method !== undefined && !key.startsWith(`${fault.method} `)) continue;
        if (fault.times !== undefined && fault.struck >= fault.times) continue;
        if (shareOf(`${seed} ${name} ${path} ${key}`) >= fault.rate) continue;
        fault.struck += 1;
        return true;
      }
      return false;
    },
  };
  plan.set(initial);
  return plan;
}

/** A text as a number in [0, 1). */
export function shareOf(text: string): number {
  return createHash("sha256").update(text).digest().readUInt32LE(0) * 2 ** -32;
}
