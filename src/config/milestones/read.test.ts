import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ConfigError } from "../../errors.ts";
import { readMilestones, requireMilestones } from "./read.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-milestone-files-"));
const file = join(folder, "milestones.yaml");
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Written = Readonly<Record<string, unknown>>;
const gold: Written = {
  id: "aht_gold",
  name: "Gold",
  metric: "handle_time",
  direction: "lower",
  threshold: 240,
  unit: "seconds",
  strict: true,
  window: { last: 30, unit: "days" },
  minimum: { interactions: 51 },
  floor: 60,
  tier: { name: "TIER_3", rank: 3 },
  reset: "quarter",
  valid: { from: "2026-01-01" },
};
const without = (name: string) => Object.fromEntries(Object.entries(gold).filter(([key]) => key !== name));

function read(...milestones: readonly Written[]) {
  writeFileSync(file, JSON.stringify({ version: 1, milestones }));
  return readMilestones([file]);
}
const faultsIn = (...milestones: readonly Written[]) =>
  read(...milestones).faults.map(({ rule, level, line, text }) => ({ rule, level, line, text }));

test("a definition without a fault is read as it is meant: exact thousandths, nothing inferred", () => {
  const { definitions, faults } = read(gold);
  expect(faults).toEqual([]);
  expect(definitions).toMatchObject([
    {
      id: "aht_gold",
      goal: { thresholdMilli: 240_000, isStrict: true },
      window: { unit: "days", last: 30 },
      floorMilli: 60_000,
      reset: "quarter",
    },
  ]);
});

test.each<[string, string, Written, string]>([
  ["an unknown metric is refused with the near name", "unknown_metric", { ...gold, metric: "handletime" }, "did you mean handle_time?"],
  ["[T34] a window without a unit is refused", "untyped_window", { ...gold, window: { last: 30 } }, "expected a typed window"],
  ["a threshold that is no number is refused", "shape", { ...gold, threshold: "fast" }, "a plain decimal"],
  ["a threshold with a unit in it is refused", "shape", { ...gold, threshold: "4 min" }, "a plain decimal"],
  ["a threshold that is a list is refused", "shape", { ...gold, threshold: [240] }, "a plain decimal"],
  [
    "a threshold in another unit than the metric's is refused",
    "wrong_unit",
    { ...gold, unit: "percent" },
    "measured in seconds, not in percent",
  ],
  ["[T73] less is better without a floor is refused", "missing_floor", without("floor"), "name a floor"],
  ["a floor above the threshold is refused", "floor_above_threshold", { ...gold, floor: 250 }, "nobody can meet both"],
  ["a threshold the wrong way round is refused", "wrong_way", { ...without("floor"), direction: "higher" }, "rewards bad work"],
  [
    "a threshold outside of what the metric can be is refused",
    "threshold_out_of_range",
    { ...without("floor"), metric: "quality", direction: "higher", unit: "percent", threshold: 101 },
    "0 to 100 percent",
  ],
  ["an average of averages is refused", "average_of_averages", { ...gold, aggregate: "average" }, "leave this out"],
  [
    "an average over a period that never ends is refused",
    "endless_period",
    { ...gold, window: { unit: "period" }, reset: "never" },
    "average of a whole career",
  ],
  ["a reset that is none is refused", "shape", { ...gold, reset: "fortnight" }, "one of never"],
  ["a validity of no day is refused", "empty_validity", { ...gold, valid: { from: "2026-02-01", to: "2026-02-01" } }, "on no day"],
  [
    "a minimum that cannot be reached is refused",
    "unreachable_minimum",
    { ...gold, window: { last: 5, unit: "interactions" }, minimum: { interactions: 51 } },
    "cannot be among the last 5",
  ],
  ["a misspelt key is refused", "shape", { ...gold, treshold: 1 }, "is not a known key"],
])("%s", (_, rule, written, said) => {
  const faults = read(written).faults.filter(({ level }) => level === "error");
  expect(faults).toMatchObject([{ rule, level: "error", line: expect.any(Number), text: expect.stringContaining(said) }]);
  expect(() => requireMilestones(read(written))).toThrow(ConfigError);
});

test("a period that never ends while the definition is valid is pointed out", () => {
  const short = { ...gold, window: { unit: "period" }, valid: { from: "2026-01-05", to: "2026-02-05" } };
  expect(faultsIn(short)).toMatchObject([
    { rule: "period_never_ends", level: "warning", text: expect.stringContaining("no whole quarter") },
  ]);
});

test("[S3-R7] versions of one definition follow each other; two at once are refused, with the day", () => {
  const next = { ...gold, threshold: 230, valid: { from: "2026-04-01" } };
  expect(faultsIn({ ...gold, valid: { from: "2026-01-01", to: "2026-04-01" } }, next)).toEqual([]);
  expect(faultsIn(gold, next)).toMatchObject([
    { rule: "overlapping_versions", level: "error", text: expect.stringContaining("valid on 2026-04-01") },
  ]);
});

test("[D7] definitions that contradict each other are refused, those that reward one thing twice are pointed out", () => {
  const easier = { ...gold, id: "aht_platinum", threshold: 260, tier: { name: "TIER_4", rank: 4 } };
  expect(faultsIn(gold, easier)).toMatchObject([
    { rule: "contradictory_tiers", level: "error", text: expect.stringContaining("no harder than") },
  ]);
  const harder = { ...easier, threshold: 220 };
  expect(faultsIn(gold, harder)).toEqual([]);
  expect(faultsIn(gold, { ...gold, id: "aht_again" })).toMatchObject([{ rule: "overlapping_definitions", level: "warning" }]);
});

test("everything wrong in all files is said at once, with file and line; what is no file of definitions too", () => {
  const broken = join(folder, "broken.yaml");
  writeFileSync(broken, "version: 1\nmilestones:\n  - {id: a, id: b}\n");
  const aliases = join(folder, "aliases.yaml");
  writeFileSync(aliases, "version: 1\nmilestones: *nothing\n");
  const bytes = join(folder, "bytes.yaml");
  writeFileSync(bytes, Buffer.from([0xff, 0xfe, 0x00, 0x61]));
  writeFileSync(
    file,
    JSON.stringify({
      version: 1,
      milestones: [
        { ...gold, unit: "percent" },
        { ...gold, id: "b", direction: "higher" },
      ],
    }),
  );
  const { faults } = readMilestones([file, broken, aliases, bytes, join(folder, "missing.yaml")]);
  expect(new Set(faults.map((fault) => fault.file.slice(folder.length + 1)))).toEqual(
    new Set(["milestones.yaml", "broken.yaml", "aliases.yaml", "bytes.yaml", "missing.yaml"]),
  );
  expect(faults.filter((fault) => fault.file === file).map(({ rule }) => rule)).toEqual(
    expect.arrayContaining(["wrong_unit", "wrong_way"]),
  );
});
