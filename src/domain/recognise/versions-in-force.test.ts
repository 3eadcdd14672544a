import fc from "fast-check";
import { expect, test } from "vitest";
import { type RecordedVersion, versionsInForce } from "./versions-in-force.ts";

const version = (validFrom: number, validTo: number | null, recordedAt: number, definitionId = "gold"): RecordedVersion => ({
  definitionId,
  validFrom,
  validTo,
  recordedAt,
});
const spans = (versions: readonly RecordedVersion[]) => versionsInForce(versions).map(({ validFrom, validTo }) => [validFrom, validTo]);

test("versions that name their own time keep it", () => {
  expect(spans([version(0, 100, 5), version(100, null, 50)])).toEqual([
    [0, 100],
    [100, null],
  ]);
});

test("an edited definition takes over when it was first decided by, whatever the time it claims", () => {
  expect(spans([version(0, null, 5), version(0, null, 50)])).toEqual([
    [0, 50],
    [50, null],
  ]);
});

test("one that only begins later takes over then", () => {
  expect(spans([version(0, null, 5), version(100, null, 50)])).toEqual([
    [0, 100],
    [100, null],
  ]);
});

test("other definitions are left alone", () => {
  expect(spans([version(0, null, 5), version(0, null, 50, "silver")])).toEqual([
    [0, null],
    [0, null],
  ]);
});

test("no two versions of one definition ever hold at once, and none ends before it begins", () => {
  const anyVersion = fc
    .tuple(fc.nat(50), fc.option(fc.nat(50)), fc.nat(100))
    .map(([from, length, recordedAt]) => version(from, length === null ? null : from + length, recordedAt));
  fc.assert(
    fc.property(fc.array(anyVersion, { maxLength: 8 }), (versions) => {
      const held = versionsInForce(versions);
      expect(held).toHaveLength(versions.length);
      for (const { validFrom, validTo } of held) expect(validTo ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(validFrom);
      const inTime = held
        .filter(({ validFrom, validTo }) => validTo === null || validTo > validFrom)
        .toSorted((a, b) => a.validFrom - b.validFrom);
      for (const [index, { validTo }] of inTime.entries()) {
        const next = inTime[index + 1];
        if (next !== undefined) expect(validTo ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(next.validFrom);
      }
    }),
  );
});
