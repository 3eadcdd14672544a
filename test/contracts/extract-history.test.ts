import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import type { Page, Platform, ReadDescription } from "../../src/ports/platform.ts";
import { dayMs, firstDay, openProject } from "../support/extraction.ts";
import { recordItem } from "../support/item-read.ts";

const runs = process.env.GAMI_CHAOS === "full" ? 100 : 8;
const days = 3;

/** Badges: few columns, no update time, so that arrival alone orders the versions of a key. */
const read: ReadDescription = {
  name: "badges",
  streams: ["badge"],
  grain: "one badge",
  key: "badge",
  kind: "slices",
  paging: "cursor",
  latenessHours: 0,
  sliceHours: 24,
  permission: "none",
};

/** What happens while a day is read: where its pages are cut, which come twice, after which the machine stops. */
interface Day {
  readonly sent: readonly { readonly id: string; readonly name: string }[];
  readonly pageSize: number;
  readonly isRepeated: boolean;
  readonly hasCursor: boolean;
  readonly stopAfterPage: number | null;
}

const dayArbitrary: fc.Arbitrary<Day> = fc.record({
  sent: fc.array(fc.record({ id: fc.constantFrom("a", "b", "c", "d"), name: fc.constantFrom("one", "two", "three") }), { maxLength: 12 }),
  pageSize: fc.integer({ min: 1, max: 5 }),
  isRepeated: fc.boolean(),
  hasCursor: fc.boolean(),
  stopAfterPage: fc.option(fc.integer({ min: 0, max: 3 })),
});

/** A platform whose slices hold these days. `isCalm`: one page a day, and no machine stops. */
function platformOf(history: readonly Day[], isCalm: boolean): Platform {
  const stops = new Set(history.flatMap(({ stopAfterPage }, day) => (stopAfterPage === null || isCalm ? [] : [day])));
  return {
    source: "genesys",
    contract: "platform",
    mapperVersion: "1",
    reads: [read],
    available: async () => firstDay + days * dayMs,
    counts: () => ({ requests: 0, throttled: 0, faults: 0, waitedMs: 0 }),
    async *pages(_read, slice, resume) {
      const day = Math.floor((slice.from - firstDay) / dayMs);
      const known = history[day];
      if (known === undefined) return;
      const size = isCalm ? Math.max(1, known.sent.length) : known.pageSize;
      const pages = Math.ceil(known.sent.length / size);
      for (let page = resume === null ? 0 : Number(resume); page < pages; page += 1) {
        const next = page + 1 < pages && known.hasCursor && !isCalm ? String(page + 1) : null;
        const items = known.sent
          .slice(page * size, (page + 1) * size)
          .map(({ id, name }, place) => recordItem("badge", `${day}/${page}/${place}`, { badge_native_id: id, name }));
        const told: Page = { items, resume: next };
        yield told;
        // A page that comes again at once, as a retry whose first answer arrived after all.
        if (known.isRepeated && !isCalm) yield told;
        // Kept, as behind a full batch, and then the machine stops once.
        if (page === known.stopAfterPage && stops.delete(day)) {
          if (next !== null) yield { items: [], resume: next };
          throw new Error("the machine stops");
        }
      }
    },
  };
}

/** Found by chance: day 0 is asked for again while day 1 stands open in its middle, and both name the same key. */
const rereadBeforeOpen: Day[] = [
  { sent: [{ id: "a", name: "one" }], pageSize: 1, isRepeated: false, hasCursor: false, stopAfterPage: null },
  {
    sent: [
      { id: "a", name: "three" },
      { id: "b", name: "one" },
    ],
    pageSize: 1,
    isRepeated: false,
    hasCursor: true,
    stopAfterPage: 0,
  },
  { sent: [], pageSize: 1, isRepeated: false, hasCursor: false, stopAfterPage: null },
];

const projects: Awaited<ReturnType<typeof openProject>>[] = [];
afterAll(async () => {
  for (const project of projects) await project.close();
});

async function namesAfter(history: readonly Day[], isCalm: boolean) {
  const project = await openProject();
  projects.push(project);
  const platform = platformOf(history, isCalm);
  for (let attempt = 0; attempt <= days + 1; attempt += 1) {
    try {
      await project.extract(platform, ["badges"], { since: firstDay, until: firstDay + days * dayMs });
      break;
    } catch (error) {
      expect(String(error)).toContain("the machine stops");
    }
  }
  const [sums] = await project.warehouse.rows("select sum(rows_new + rows_changed) as brought from meta.batch where stream = 'badge'");
  const [versions] = await project.warehouse.rows("select count(*) as n from raw.genesys_badge");
  expect(Number(versions?.n)).toBe(Number(sums?.brought ?? 0));
  return project.rows("badge", ["badge_native_id", "name"]);
}

test("[T35] [T16] [S2-R20] any split into pages, repetition, retry and crash gives the content of one clean run", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(dayArbitrary, { minLength: days, maxLength: days }), async (history) => {
      expect(await namesAfter(history, false)).toEqual(await namesAfter(history, true));
    }),
    { numRuns: runs, endOnFailure: true, examples: [[rereadBeforeOpen]] },
  );
}, 300_000);
