import { expect, test, vi } from "vitest";
import { type OpenCxoneOptions, openCxone } from "../../src/adapters/sources/cxone/open-cxone.ts";
import { openGenesys } from "../../src/adapters/sources/genesys/open-genesys.ts";
import type { GrantedToken, RequestToken, TokenSource } from "../../src/ports/access-token.ts";
import type { Platform } from "../../src/ports/platform.ts";
import { cxoneSettings, firstDay, genesysSettings, simulatorCounts, startCentre } from "../support/extraction.ts";
import { type SourceCase, sourceContract } from "./source.contract.ts";

vi.setConfig({ testTimeout: 120_000 });

type Contract = "guide" | "platform";

const genesys =
  (contract: Contract): SourceCase["open"] =>
  (url, credentials = "right"): Platform => {
    const { open, settings } = genesysSettings(url, contract);
    return openGenesys({ ...open, settings: credentials === "right" ? settings : { ...settings, clientSecret: "not the secret" } });
  };

const cxone =
  (contract: Contract): SourceCase["open"] =>
  (url, credentials = "right"): Platform => {
    const { open, settings } = cxoneSettings(url, contract);
    const wrong: OpenCxoneOptions["settings"] = { ...settings, clientSecret: "not the secret" };
    return openCxone({ ...open, settings: credentials === "right" ? settings : wrong });
  };

const cases: readonly SourceCase[] = [
  {
    name: "Genesys Cloud",
    open: genesys("platform"),
    read: "conversations",
    pages: "/results",
    table: "genesys_interaction",
    idField: "conversationId",
    idColumn: "interaction_id",
    hasCursor: true,
    noContent: "trouble",
  },
  {
    name: "Genesys Cloud as the guides have it",
    open: genesys("guide"),
    read: "events",
    pages: "/export/data",
    table: "genesys_gamification_event",
    idField: "event.id",
    idColumn: "event_id",
    hasCursor: true,
    noContent: "trouble",
  },
  {
    name: "NICE CXone",
    open: cxone("platform"),
    read: "contacts",
    pages: "/contacts/completed",
    table: "cxone_interaction",
    idField: null,
    idColumn: "interaction_id",
    hasCursor: true,
    noContent: "empty",
  },
  {
    name: "NICE CXone as the guides have it",
    open: cxone("guide"),
    read: "interactions",
    pages: "/reporting/interactions",
    table: "cxone_interaction",
    idField: "interactionId",
    idColumn: "interaction_id",
    hasCursor: true,
    noContent: "empty",
  },
];
for (const adapter of cases) sourceContract(adapter);

test("[S2-R21] [T30] how long a platform takes to show its records is a setting: so much of the latest time is left", async () => {
  const now = Date.parse("2026-01-09T12:00:00Z");
  const url = "http://127.0.0.1:9";
  const guide = genesysSettings(url, "guide");
  const [ofGenesys, ofCxone] = [
    openGenesys({ ...guide.open, now: () => now, settings: { ...guide.settings, lagMinutes: 30 } }),
    openCxone({ ...cxoneSettings(url).open, now: () => now, settings: { ...cxoneSettings(url).settings, lagMinutes: 45 } }),
  ];
  for (const read of ofGenesys.reads.filter(({ kind }) => kind === "slices")) expect(await ofGenesys.available(read)).toBe(now - 1_800_000);
  for (const read of ofCxone.reads.filter(({ kind }) => kind === "slices")) expect(await ofCxone.available(read)).toBe(now - 2_700_000);
});

test.each(["genesys", "cxone"])(
  "[S2-R12] %s: token endpoints are asked three times at once and ten times a minute, whatever the API allows",
  async (source) => {
    const centre = await startCentre();
    const stop = new AbortController();
    const asked: Promise<GrantedToken>[] = [];
    // The clock stands still: what has to wait for the minute waits until the stop.
    const options = {
      now: () => firstDay,
      shareToken: (_client: unknown, request: RequestToken): TokenSource => {
        for (let caller = 0; caller < 8; caller += 1) asked.push(request(null));
        return { current: async () => (await request(null)).authorization, renew: async () => (await request(null)).authorization };
      },
    };
    const [ofGenesys, ofCxone] = [genesysSettings(centre.url, "guide", stop.signal), cxoneSettings(centre.url, "guide", stop.signal)];
    if (source === "genesys") openGenesys({ ...ofGenesys.open, ...options, settings: ofGenesys.settings });
    else openCxone({ ...ofCxone.open, ...options, settings: ofCxone.settings });
    const outcomes = Promise.allSettled(asked);
    await Promise.all(asked.slice(0, 3));
    stop.abort();
    expect((await outcomes).map(({ status }) => status)).toEqual([...Array(3).fill("fulfilled"), ...Array(5).fill("rejected")]);
    expect((await simulatorCounts(centre.url)).tokensIssued).toMatchObject({ [source]: 3 });
    await centre.close();
  },
);

test.each(["token endpoint", "API"])("a %s nobody answers at is given up within a minute, with the address to check", async (place) => {
  const centre = await startCentre();
  const gone = await startCentre();
  const nobody = gone.url;
  await gone.close();
  let now = Date.now();
  // Every look at the clock is 20 s later, so that only the first few attempts are waited for.
  const clock = () => (now += 20_000);
  const urls = place === "API" ? { baseUrl: nobody, loginUrl: centre.url } : { baseUrl: centre.url, loginUrl: nobody };
  const [ofGenesys, ofCxone] = [genesysSettings(centre.url), cxoneSettings(centre.url)];
  for (const platform of [
    openGenesys({ ...ofGenesys.open, now: clock, settings: { ...ofGenesys.settings, ...urls } }),
    openCxone({ ...ofCxone.open, now: clock, settings: { ...ofCxone.settings, ...urls, businessUnitId: "1" } }),
  ]) {
    const [read] = platform.reads;
    if (read === undefined) throw new Error(`${platform.source} has no reads`);
    const reading = platform
      .pages(read, { from: firstDay, to: firstDay + 86_400_000 }, null)
      [Symbol.asyncIterator]()
      .next();
    await expect(reading, platform.source).rejects.toMatchObject({
      code: "PLATFORM_UNREACHABLE",
      message: expect.stringContaining(`${nobody}/`),
      hint: expect.stringContaining("gami.config.yaml"),
    });
  }
  await centre.close();
});
