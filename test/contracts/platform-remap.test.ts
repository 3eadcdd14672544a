import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { platformRemapper } from "../../src/app/ingest/platform-remapper.ts";
import { rebuildWarehouse } from "../../src/app/ingest/rebuild-warehouse.ts";
import type { FindRemapper } from "../../src/app/ingest/remapper.ts";
import { retryQuarantine } from "../../src/app/ingest/retry-quarantine.ts";
import type { Platform } from "../../src/ports/platform.ts";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import type { SourceItem } from "../../src/ports/source.ts";
import { cxoneAt, genesysAt, openProject, startCentre } from "../support/extraction.ts";

vi.setConfig({ testTimeout: 120_000 });

let centre: RunningSimulator;
beforeAll(async () => {
  centre = await startCentre();
});
afterAll(() => centre.close());

const todaysMapper =
  (platform: Platform): FindRemapper =>
  async (_source, version, stream) =>
    platformRemapper(platform, version, stream);

/** As a mapper with a fault would have it: about every fifth record is refused whole. */
function refusing(platform: Platform): Platform {
  const isRefused = (place: string) => [...place].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % 5 === 0;
  return {
    ...platform,
    mapperVersion: `old-${platform.contract}-hmac`,
    async *pages(read, ...asked) {
      const documentOf = (place: string) => platform.documents?.(read.streams[0] ?? "agent")?.documentOf(place) ?? place;
      for await (const page of platform.pages(read, ...asked)) {
        const items: SourceItem[] = [];
        for (const item of page.items) {
          const place = documentOf(item.place);
          if (!isRefused(place)) items.push(item);
          else if (items.at(-1)?.place !== place)
            items.push({
              kind: "reject",
              place,
              payload: item.payload,
              reject: { reason: "unreadable_field", field: "start", value: null },
            });
        }
        yield { items, resume: page.resume };
      }
    },
  };
}

const readers = {
  genesys: [genesysAt, ["platform", "conversations"], ["guide", "events"]],
  cxone: [cxoneAt, ["platform", "contacts"], ["platform", "schedules"], ["platform", "evaluations"], ["guide", "interactions"]],
} as const;
const cases = (["genesys", "cxone"] as const).flatMap((source) => {
  const [open, ...reads] = readers[source];
  return reads.map(([contract, read]) => ({ source, open: (url: string) => open(url, contract), contract, read }));
});

for (const { source, open, contract, read } of cases) {
  test(`[S2-R23] [S2-R24] [S2-R25] ${source} ${contract} ${read}: what a mended mapper can read is taken in once, in all streams together`, async () => {
    const platform = open(centre.url);
    const [clean, faulty] = [await openProject(), await openProject()];
    await clean.extract(platform, [read]);
    const { totals } = await faulty.extract(refusing(open(centre.url)), [read]);
    expect(totals.quarantined).toBeGreaterThan(3);
    const position = (await faulty.warehouse.cursors()).map((cursor) => cursor.position);

    const findRemapper = todaysMapper(platform);
    const planned = await retryQuarantine(faulty, { source, findRemapper, isDryRun: true });
    expect(planned).toMatchObject({ tried: totals.quarantined, takenIn: totals.quarantined, stillRefused: 0, totals: { received: 0 } });
    const done = await retryQuarantine(faulty, { source, findRemapper });
    expect(done.takenIn).toBe(totals.quarantined);
    expect(await faulty.warehouse.contentHash()).toBe(await clean.warehouse.contentHash());
    expect((await faulty.warehouse.cursors()).map((cursor) => cursor.position)).toEqual(position);
    expect(await retryQuarantine(faulty, { source, findRemapper })).toMatchObject({ tried: 0, takenIn: 0 });
    await Promise.all([clean.close(), faulty.close()]);
  });

  // That each read's records can be read again is shown above; what a rebuild adds does not depend on the read.
  if (read === "contacts" || read === "evaluations") continue;
  test(`[S2-R25] ${source} ${contract} ${read}: a rebuild by today's mapper says the same where the mapper is the same`, async () => {
    const project = await openProject();
    const platform = open(centre.url);
    await project.extract(platform, [read]);
    await project.extract(open(centre.url), [read], { isFullRefresh: true });
    // The batches have other names afterwards, nothing else.
    const versions = async () => {
      const streams = platform.reads.find(({ name }) => name === read)?.streams ?? [];
      const all = streams.map((stream) =>
        project.warehouse.rows(`
          select business_key, row_hash, revision, seq, superseded_seq, is_deleted, subject_id, recorded_at
          from raw.${source}_${stream} order by all`),
      );
      return Promise.all(all);
    };
    const before = await versions();
    const cursors = (await project.warehouse.cursors()).map(({ stream, position, seq }) => ({ stream, position, seq }));
    const { remapped, batches } = await rebuildWarehouse(project, { findRemapper: todaysMapper(open(centre.url)) });
    expect(remapped).toBeGreaterThan(0);
    expect(batches).toBeGreaterThanOrEqual(remapped);
    expect(await versions()).toEqual(before);
    expect((await project.warehouse.cursors()).map(({ stream, position, seq }) => ({ stream, position, seq }))).toEqual(cursors);
    await project.close();
  });
}

test("records that another contract read first stay as they are", () => {
  const platform = genesysAt(centre.url, "guide");
  expect(platformRemapper(platform, "genesys-1-platform-hmac", "gamification_event")).toBeNull();
  expect(platformRemapper(platform, "genesys-1-guide-hmac", "shift")).toBeNull();
});
