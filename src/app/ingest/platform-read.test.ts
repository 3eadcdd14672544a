import { expect, test } from "vitest";
import { noPosition, type Slice } from "../../domain/extract/slices.ts";
import type { Platform, ReadDescription } from "../../ports/platform.ts";
import type { SourceItem } from "../../ports/source.ts";
import { parsePosition, platformRead } from "./platform-read.ts";

const read: ReadDescription = {
  name: "conversations",
  streams: ["interaction"],
  grain: "one agent's part of a conversation",
  key: "conversation, agent, participant",
  kind: "slices",
  paging: "cursor",
  latenessHours: 48,
  sliceHours: 24,
  permission: "analytics:conversationDetail:view",
};
const item = (place: string): SourceItem => ({ kind: "filtered", place, payload: "{}" });
const slices: Slice[] = [
  { from: 0, to: 10 },
  { from: 10, to: 20 },
];

/** Each slice has three pages, named by their cursors. */
function platform(asked: string[]): Platform {
  return {
    source: "genesys",
    contract: "platform",
    mapperVersion: "1",
    reads: [read],
    available: async () => 20,
    counts: () => ({ requests: 0, throttled: 0, faults: 0, waitedMs: 0 }),
    async *pages(_read, slice, resume) {
      asked.push(`${slice.from}@${resume}`);
      for (let page = resume === null ? 1 : Number(resume) + 1; page <= 3; page += 1) {
        yield { items: [item(`${slice.from}/${page}`)], resume: page === 3 ? null : String(page) };
      }
    },
  };
}

async function run(position = noPosition, stopAfter = Number.POSITIVE_INFINITY, isBackfill = false) {
  const asked: string[] = [];
  const source = platformRead(platform(asked), read, position, { slices, isBackfill });
  const places: string[] = [];
  let committed = parsePosition(null);
  for await (const chunk of source.items()) {
    places.push(...chunk.map(({ place }) => place));
    committed = parsePosition(source.position?.() ?? null);
    if (places.length >= stopAfter) break;
  }
  return { asked, places, committed };
}

test("[T35] [S4-R16] the position names the slice in hand and the cursor inside it, then the completed slice", async () => {
  const first = await run(noPosition, 2);
  expect(first.committed).toEqual({ watermark: null, open: { from: 0, to: 10, resume: "2" }, completed: null, covered: [] });
  const all = await run();
  expect(all.committed).toEqual({ watermark: 20, open: null, completed: { from: 10, to: 20 }, covered: [{ from: 0, to: 20 }] });
});

test("a run that was stopped inside a slice goes on at its cursor: together every page once", async () => {
  for (let stopAfter = 1; stopAfter <= 6; stopAfter += 1) {
    const before = await run(noPosition, stopAfter);
    const after = await run(before.committed);
    expect(new Set([...before.places, ...after.places])).toEqual(new Set(["0/1", "0/2", "0/3", "10/1", "10/2", "10/3"]));
  }
});

test("a cursor is never used in another slice", async () => {
  const { asked } = await run({ ...noPosition, watermark: 0, open: { from: 0, to: 9, resume: "2" } });
  expect(asked).toEqual(["0@null", "10@null"]);
});

test("a backfill moves neither watermark nor open slice", async () => {
  const { committed } = await run({ ...noPosition, watermark: 99 }, Number.POSITIVE_INFINITY, true);
  expect(committed).toMatchObject({ watermark: 99, open: null });
});

test("a position nobody can read counts as never read", () => {
  expect(parsePosition("{")).toEqual(noPosition);
  expect(parsePosition('{"watermark":"soon"}')).toEqual(noPosition);
});

test("[T35] an open slice is read whole, not from its middle, once slices before it were read again", async () => {
  const open = { from: 10, to: 20, resume: "2" };
  const after = await run({ ...noPosition, watermark: 10, open });
  expect(after.asked).toEqual(["0@null", "10@null"]);
  const asked: string[] = [];
  const withJobs = { ...platform(asked), rewind: (_read: ReadDescription, resume: string) => String(Number(resume) - 1) };
  const source = platformRead(withJobs, read, { ...noPosition, open }, { slices, isBackfill: false });
  for await (const _chunk of source.items());
  expect(asked).toEqual(["0@null", "10@1"]);
});

test("behind a slice everything is due to be kept; behind a job just submitted it is kept before anything else", async () => {
  const source = platformRead(platform([]), read, noPosition, { slices, isBackfill: false });
  const told: (string | undefined)[] = [];
  for await (const _chunk of source.items()) told.push(source.checkpoint?.());
  expect(told).toEqual(["none", "none", "none", "due", "none", "none", "none", "due"]);
  const submits: Platform = {
    ...platform([]),
    async *pages() {
      yield { items: [], resume: "job 1" };
    },
  };
  const job = platformRead(submits, { ...read, paging: "job" }, noPosition, { slices: slices.slice(0, 1), isBackfill: false });
  const toldOfJob: (string | undefined)[] = [];
  for await (const _chunk of job.items()) toldOfJob.push(job.checkpoint?.());
  expect(toldOfJob).toEqual(["now", "due"]);
});

test("the next page is asked for while the one before it is worked on; behind a job it is not, so that the job is written down first", async () => {
  const order = async (paging: ReadDescription["paging"]) => {
    const told: string[] = [];
    const watched: Platform = {
      ...platform([]),
      async *pages() {
        for (const page of [1, 2]) {
          told.push(`ask ${page}`);
          yield { items: [item(String(page))], resume: null };
        }
      },
    };
    const source = platformRead(watched, { ...read, paging }, noPosition, { slices: slices.slice(0, 1), isBackfill: false });
    for await (const [chunk] of source.items()) if (chunk !== undefined) told.push(`work ${chunk.place}`);
    return told;
  };
  expect(await order("cursor")).toEqual(["ask 1", "ask 2", "work 1", "work 2"]);
  expect(await order("job")).toEqual(["ask 1", "work 1", "ask 2", "work 2"]);
});
