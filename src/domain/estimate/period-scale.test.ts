import { expect, test } from "vitest";
import { findPeriodScale } from "./period-scale.ts";

function parse(texts: readonly string[]): { kind: string; periods: (number | null)[]; labels: (string | number)[] } | null {
  const scale = findPeriodScale(texts);
  if (scale === null) return null;
  const periods = texts.map((text) => scale.parse(text));
  return { kind: scale.kind, periods, labels: periods.map((period) => scale.label(period ?? Number.NaN)) };
}

test("whole numbers stay what they are", () => {
  expect(parse(["2003", "2007.0", "-1"])).toEqual({ kind: "number", periods: [2003, 2007, -1], labels: [2003, 2007, -1] });
});

test("ISO weeks follow each other over the end of a year, of 52 weeks and of 53", () => {
  const weeks = ["2024-W52", "2025-W01", "2026-W53", "2027-W01"];
  const parsed = parse(weeks);
  expect(parsed?.labels).toEqual(weeks);
  expect((parsed?.periods[1] ?? 0) - (parsed?.periods[0] ?? 0)).toBe(1);
  expect((parsed?.periods[3] ?? 0) - (parsed?.periods[2] ?? 0)).toBe(1);
  expect(findPeriodScale(["2025-W53"])).toBeNull();
});

test("months follow each other", () => {
  expect(parse(["2025-12", "2026-01"])).toMatchObject({ kind: "month", labels: ["2025-12", "2026-01"] });
  expect(findPeriodScale(["2025-13"])).toBeNull();
});

test("weekly dates count as weeks, and a date within a week belongs to it", () => {
  expect(parse(["2026-03-02", "2026-03-09", "2026-03-30"])).toMatchObject({
    kind: "date",
    periods: [0, 1, 4],
    labels: ["2026-03-02", "2026-03-09", "2026-03-30"],
  });
  expect(parse(["2026-03-02 00:00:00", "2026-03-03T00:00:00.000Z"])?.periods).toEqual([0, 1]);
});

test("a date stands for the period it falls in, and first days of months count in months", () => {
  const placed = (texts: readonly string[], date: string) => findPeriodScale(texts)?.place(date);
  expect(placed(["2026-03-02", "2026-03-09", "2026-03-30"], "2026-03-18")).toBe(2);
  expect(findPeriodScale(["2026-W14"])?.label(placed(["2026-W14"], "2026-04-05") ?? 0)).toBe("2026-W14");
  expect(findPeriodScale(["2026-04"])?.label(placed(["2026-04"], "2026-04-30") ?? 0)).toBe("2026-04");
  expect([placed(["1", "2"], "2026-04-05"), placed(["2026-W14"], "soon")]).toEqual([null, null]);
  expect(parse(["2026-01-01", "2026-02-01", "2026-03-01", "2027-01-01"])).toEqual({
    kind: "date",
    periods: [0, 1, 2, 12],
    labels: ["2026-01-01", "2026-02-01", "2026-03-01", "2027-01-01"],
  });
  expect(parse(["2026-01-01", "2026-04-01", "2026-10-01"])?.periods).toEqual([0, 1, 3]);
  expect(placed(["2026-01-01", "2026-02-01"], "2026-02-27")).toBe(1);
});

test("mixed kinds and impossible dates are no scale", () => {
  expect([findPeriodScale(["1", "2025-W01"]), findPeriodScale(["2026-02-30"]), findPeriodScale(["soon"]), findPeriodScale([])]).toEqual([
    null,
    null,
    null,
    null,
  ]);
});
