import { RE2JS } from "re2js";
import { compareDecimals, type NumberStyle } from "./decimal.ts";
import { isDurationUnit, parseDuration } from "./duration.ts";
import type { Condition } from "./mapping-schema.ts";

/** The cells of one row, null where a column was dropped. */
export type Cells = readonly (string | null)[];
export type TestRow = (cells: Cells) => boolean;

export interface ConditionContext {
  readonly indexOf: (column: string) => number;
  readonly isNull: (value: string) => boolean;
  readonly style: NumberStyle;
}

/** Longer values fit no pattern: a pattern names codes and words, not documents. */
const maximumMatchedLength = 1000;

const comparisons = ["equals", "in", "not_in", "matches", "is_empty", "greater", "less", "at_least", "at_most"] as const;
type Comparison = (typeof comparisons)[number];
const orderings = {
  greater: (sign: number) => sign > 0,
  less: (sign: number) => sign < 0,
  at_least: (sign: number) => sign >= 0,
  at_most: (sign: number) => sign <= 0,
};

/** What is wrong with the form of a condition, with the path to it; nothing when it is sound. */
export function conditionFaults(
  condition: Condition,
  path: readonly string[],
): { readonly path: readonly string[]; readonly text: string }[] {
  const forms = [condition.all, condition.any, condition.not, condition.column].filter((form) => form !== undefined).length;
  if (forms !== 1) return [{ path, text: "expected exactly one of all, any, not, column" }];
  const inner = [
    ...(condition.all ?? []).flatMap((part, index) => conditionFaults(part, [...path, "all", String(index)])),
    ...(condition.any ?? []).flatMap((part, index) => conditionFaults(part, [...path, "any", String(index)])),
    ...(condition.not === undefined ? [] : conditionFaults(condition.not, [...path, "not"])),
  ];
  const used = usedComparisons(condition);
  if (condition.column === undefined) return used.length === 0 ? inner : [...inner, { path, text: `${used.join(", ")} needs a column` }];
  if (used.length !== 1) return [{ path, text: `expected exactly one comparison with the column: ${comparisons.join(", ")}` }];
  return condition.matches === undefined ? [] : patternFaults(condition.matches, [...path, "matches"]);
}

function usedComparisons(condition: Condition): Comparison[] {
  return comparisons.filter((name) => condition[name] !== undefined);
}

function patternFaults(pattern: string, path: readonly string[]) {
  try {
    RE2JS.compile(pattern);
    return [];
  } catch (error) {
    return [
      {
        path,
        text: `is not a usable pattern (${error instanceof Error ? error.message : String(error)}); look-around and back references do not exist here`,
      },
    ];
  }
}

/** All file columns a condition looks at. */
export function conditionColumns(condition: Condition): string[] {
  const operands = [condition.greater, condition.less, condition.at_least, condition.at_most];
  return [
    ...(condition.column === undefined ? [] : [condition.column]),
    ...operands.flatMap((operand) => (typeof operand === "object" ? [operand.column] : [])),
    ...(condition.all ?? []).flatMap(conditionColumns),
    ...(condition.any ?? []).flatMap(conditionColumns),
    ...(condition.not === undefined ? [] : conditionColumns(condition.not)),
  ];
}

/** Turns a sound condition into a function; a comparison of something that cannot be read is false, and rejects no row. */
export function compileCondition(condition: Condition, context: ConditionContext): TestRow {
  if (condition.all !== undefined) {
    const parts = condition.all.map((part) => compileCondition(part, context));
    return (cells) => parts.every((part) => part(cells));
  }
  if (condition.any !== undefined) {
    const parts = condition.any.map((part) => compileCondition(part, context));
    return (cells) => parts.some((part) => part(cells));
  }
  if (condition.not !== undefined) {
    const inner = compileCondition(condition.not, context);
    return (cells) => !inner(cells);
  }
  return compileComparison(condition, context);
}

function compileComparison(condition: Condition, context: ConditionContext): TestRow {
  const index = context.indexOf(condition.column ?? "");
  const { equals, in: listed, not_in: excluded, matches, is_empty: isEmpty } = condition;
  if (equals !== undefined) return (cells) => cells[index] === equals;
  if (listed !== undefined) {
    const values = new Set(listed);
    return (cells) => values.has(cells[index] ?? "");
  }
  if (excluded !== undefined) {
    const values = new Set(excluded);
    return (cells) => !values.has(cells[index] ?? "");
  }
  if (matches !== undefined) return matchWhole(matches, index);
  if (isEmpty !== undefined) return (cells) => context.isNull(cells[index] ?? "") === isEmpty;
  return compileOrdering(condition, index, context);
}

/** RE2 runs in time linear in the value: no pattern of a mapping can hang an import. */
function matchWhole(pattern: string, index: number): TestRow {
  const compiled = RE2JS.compile(pattern);
  return (cells) => {
    const value = cells[index] ?? "";
    return value.length <= maximumMatchedLength && compiled.matches(value);
  };
}

function compileOrdering(condition: Condition, index: number, context: ConditionContext): TestRow {
  const compare = comparator(condition.as ?? "number", context.style);
  for (const name of ["greater", "less", "at_least", "at_most"] as const) {
    const operand = condition[name];
    if (operand === undefined) continue;
    const accepts = orderings[name];
    const other = typeof operand === "object" ? context.indexOf(operand.column) : null;
    const constant = typeof operand === "object" ? "" : String(operand);
    return (cells) => {
      const sign = compare(cells[index] ?? "", other === null ? constant : (cells[other] ?? ""));
      return sign !== null && accepts(sign);
    };
  }
  return () => false;
}

function comparator(as: NonNullable<Condition["as"]>, style: NumberStyle): (left: string, right: string) => number | null {
  if (as === "text") return (left, right) => (left === right ? 0 : left < right ? -1 : 1);
  if (as === "number") return (left, right) => compareDecimals(left, right, style);
  if (!isDurationUnit(as)) return () => null;
  return (left, right) => {
    const a = parseDuration(left, as, style, "half_even");
    const b = parseDuration(right, as, style, "half_even");
    return typeof a === "number" && typeof b === "number" ? Math.sign(a - b) : null;
  };
}
