import { addDays, dateOfDay, datesBetween, dayNumber } from "../../domain/calendar.ts";
import { isInForce, type MilestoneDefinition } from "../../domain/recognise/definition.ts";
import { windowSpan } from "../../domain/recognise/judge.ts";
import { metricNamed } from "../../domain/recognise/metrics.ts";
import { resetPeriodOf } from "../../domain/recognise/reset-period.ts";
import type { EvaluationWindow } from "./evaluation-sql.ts";

/** A version of a definition with its content hash. */
export interface Version {
  readonly definition: MilestoneDefinition;
  readonly ruleHash: string;
}

/** One version, one day to decide, and the window that says it. */
export interface Spec extends Version {
  readonly asOf: string;
  readonly windowNo: number;
}

/** Values of the last nights that may have become final since: handle time a day late, quality three days after the interaction (T38). */
const settlingDays = { handle: 1, quality: 4 } as const;
/** A job that stood still catches up with so many days by itself; `--since` names more. */
const mostCatchUpDays = 31;

export interface DaysRequest {
  readonly asOf: string;
  /** Decide every day from here on; null: those that may have changed since the last run. */
  readonly since: string | null;
  /** The last day decided before, as a day number. */
  readonly lastDay: number | null;
  /** Whether it says something else than what decided last: its policy says how far back it looks then. */
  readonly isChanged: boolean;
}

/** The days a version is to decide for everybody, oldest first. */
export function daysToDecide(definition: MilestoneDefinition, { asOf, since, lastDay, isChanged }: DaysRequest): string[] {
  const finalities = [definition.goal, ...definition.guards].map(({ metric }) => metricNamed(metric).finality);
  const settling = Math.max(...finalities.map((finality) => settlingDays[finality]));
  const missed = lastDay === null ? asOf : dateOfDay(Math.max(lastDay + 1, dayNumber(asOf) - mostCatchUpDays));
  const usual = [addDays(asOf, -settling), missed].toSorted()[0] ?? asOf;
  const looksBack = isChanged && definition.onChange !== "prospective";
  const period = looksBack ? resetPeriodOf(definition.reset, asOf).from : null;
  const from = since ?? usual;
  return datesBetween(period !== null && period < from ? period : from, asOf).filter((date) => isInForce(definition, date));
}

export interface WindowList {
  readonly windows: readonly EvaluationWindow[];
  /** The number of the window that answers a version and a day; the same for all that ask the same. */
  numberOf(definition: MilestoneDefinition, asOf: string): number;
}

export function listWindows(): WindowList {
  const windows: EvaluationWindow[] = [];
  const numbers = new Map<string, number>();
  return {
    windows,
    numberOf(definition, asOf) {
      const span = windowSpan(definition.window, resetPeriodOf(definition.reset, asOf), asOf);
      const last = definition.window.unit === "interactions" ? definition.window.last : null;
      const queues = definition.scope.queue.toSorted();
      const asked = JSON.stringify([asOf, span, last, queues]);
      const known = numbers.get(asked);
      if (known !== undefined) return known;
      const no = windows.length;
      windows.push({ no, asOf, span, last, queues });
      numbers.set(asked, no);
      return no;
    },
  };
}
