import { type CxoneSettings, openCxone } from "../../src/adapters/sources/cxone/open-cxone.ts";
import type { CanonicalRecord } from "../../src/domain/records/record.ts";
import type { StreamName } from "../../src/domain/records/streams.ts";
import type { GrantedToken, RequestToken, TokenSource } from "../../src/ports/access-token.ts";
import type { Platform } from "../../src/ports/platform.ts";
import type { SourceItem } from "../../src/ports/source.ts";

const dayMs = 86_400_000;

export interface CxoneClient {
  readonly platform: Platform;
  readonly warnings: string[];
}

/** The adapter as gami opens it, against the simulator, with a token kept in memory. */
export function openAgainst(url: string, changes: Partial<CxoneSettings> = {}): CxoneClient {
  const warnings: string[] = [];
  const platform = openCxone({
    settings: {
      contract: "platform",
      loginUrl: url,
      clientId: "sim-client@gami",
      clientSecret: "sim secret+",
      accessKeyId: "SIMKEY7Q====",
      accessKeySecret: "SIMSECRETXYZ====",
      apiVersion: "32.0",
      requestsPerMinute: 1_000_000,
      inFlight: 4,
      lagMinutes: 15,
      personalData: "hmac",
      jobPollMs: 10,
      ...(changes.contract === "guide" ? { baseUrl: url } : {}),
      ...changes,
    },
    pseudonymKey: Buffer.alloc(32, 7),
    shareToken: (_name, request) => memoryToken(request),
    now: () => Date.now(),
    signal: new AbortController().signal,
    onWarning: (text) => warnings.push(text),
  });
  return { platform, warnings };
}

export function memoryToken(request: RequestToken): TokenSource {
  let held: GrantedToken | null = null;
  return {
    async current() {
      held ??= await request(null);
      return held.authorization;
    },
    async renew(refused) {
      if (held === null || held.authorization === refused) held = await request(held);
      return held.authorization;
    },
  };
}

export interface ReadResult {
  readonly items: SourceItem[];
  readonly records: (stream: StreamName) => CanonicalRecord[];
  readonly resumes: (string | null)[];
}

/** Everything a read yields between two dates, slice by slice as gami cuts them. */
export async function readAll({ platform }: CxoneClient, name: string, from: string, to: string): Promise<ReadResult> {
  const read = platform.reads.find((one) => one.name === name);
  if (read === undefined) throw new Error(`no read ${name}`);
  const items: SourceItem[] = [];
  const resumes: (string | null)[] = [];
  const step = read.kind === "snapshot" ? Number.POSITIVE_INFINITY : read.sliceHours * 3_600_000;
  for (let start = Date.parse(from); start < Date.parse(to); start += step) {
    const slice = { from: start, to: Math.min(Date.parse(to), start + step) };
    for await (const page of platform.pages(read, slice, null)) {
      items.push(...page.items);
      resumes.push(page.resume);
    }
  }
  return {
    items,
    resumes,
    records: (stream) => items.flatMap((item) => (item.kind === "record" && item.stream === stream ? [item.record] : [])),
  };
}

export const day = (text: string, days = 0): string => new Date(Date.parse(`${text}T00:00:00Z`) + days * dayMs).toISOString();
