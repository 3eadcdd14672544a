import fc from "fast-check";
import { expect, test } from "vitest";
import { afterPage, afterSlice, cover, type ExtractPosition, findGaps, noPosition, planSlices, type Slice } from "./slices.ts";

const hour = 3_600_000;
const day = 24 * hour;
const rhythm = { sliceMs: day, latenessMs: 2 * day };
const nothing = { since: null, until: null };
const at = (watermark: number): ExtractPosition => ({ ...noPosition, watermark });

test("a first run reads from its beginning to where the platform has data, in aligned days", () => {
  const { slices, isBackfill } = planSlices(noPosition, { since: 6 * hour, until: null }, rhythm, 2 * day + hour);
  expect(slices).toEqual([
    { from: 6 * hour, to: day },
    { from: day, to: 2 * day },
    { from: 2 * day, to: 2 * day + hour },
  ]);
  expect(isBackfill).toBe(false);
});

test("[T36] [S2-R22] an outage of any length leaves no hole: the next run starts before its watermark", () => {
  const { slices } = planSlices(at(10 * day), nothing, rhythm, 40 * day);
  expect(slices[0]?.from).toBe(8 * day);
  expect(slices.at(-1)?.to).toBe(40 * day);
  expect(findGaps(slices, { from: 8 * day, to: 40 * day })).toEqual([]);
});

test("a backfill reads its interval and leaves the watermark alone", () => {
  const plan = planSlices(at(10 * day), { since: 2 * day, until: 3 * day }, rhythm, 40 * day);
  expect(plan).toEqual({ slices: [{ from: 2 * day, to: 3 * day }], isBackfill: true });
  expect(afterSlice(at(10 * day), { from: 2 * day, to: 3 * day }, true).watermark).toBe(10 * day);
});

test("an interval ahead of the watermark does not carry it over the hole between them", () => {
  const plan = planSlices(at(10 * day), { since: 20 * day, until: 21 * day }, rhythm, 40 * day);
  expect(plan.isBackfill).toBe(true);
});

test("what the platform does not have yet is not read", () => {
  expect(planSlices(at(10 * day), { since: null, until: 50 * day }, rhythm, 11 * day).slices.at(-1)?.to).toBe(11 * day);
});

test("the first run must say where history begins, and an interval must have a length", () => {
  expect(() => planSlices(noPosition, nothing, rhythm, day)).toThrow("--since");
  expect(() => planSlices(noPosition, { since: day, until: day }, rhythm, day)).toThrow("empty");
});

test("a page keeps the platform's cursor with its slice, and the slice's end forgets it", () => {
  const slice = { from: 0, to: day };
  const open = afterPage(at(0), slice, "cursor 7");
  expect(open.open).toEqual({ ...slice, resume: "cursor 7" });
  expect(afterSlice(open, slice, false)).toEqual({ watermark: day, open: null, completed: slice, covered: [slice] });
});

test("the watermark never passes an instant that no completed slice covers, in any order of slices", () => {
  const slices = fc.array(fc.tuple(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 10 })), { maxLength: 30 });
  fc.assert(
    fc.property(slices, (steps) => {
      let position = at(0);
      const done: Slice[] = [];
      for (const [start, length] of steps) {
        const slice = { from: start * hour, to: (start + length) * hour };
        done.push(slice);
        position = afterSlice(position, slice, false);
      }
      expect(findGaps(done, { from: 0, to: position.watermark ?? 0 })).toEqual([]);
    }),
  );
});

test("the trailing window does not reach behind the first day that was asked for", () => {
  const position = { ...noPosition, watermark: 3 * day, covered: [{ from: day, to: 3 * day }] };
  const long = { sliceMs: day, latenessMs: 10 * day };
  expect(planSlices(position, nothing, long, 4 * day).slices[0]).toEqual({ from: day, to: 2 * day });
  expect(planSlices(position, { since: 0, until: null }, long, 4 * day).slices[0]).toEqual({ from: 0, to: day });
});

test("what was read is joined where it touches, whatever the order", () => {
  const slices = [
    { from: 20, to: 30 },
    { from: 0, to: 10 },
    { from: 10, to: 20 },
    { from: 50, to: 60 },
    { from: 55, to: 58 },
  ];
  expect(slices.reduce<readonly Slice[]>((covered, slice) => cover(covered, slice), [])).toEqual([
    { from: 0, to: 30 },
    { from: 50, to: 60 },
  ]);
});
