import type { MilestoneDefinition } from "./definition.ts";
import { resetPeriodOf } from "./reset-period.ts";

/**
 * The day before which flair ends; null: never. It ends with its period [T97]: windows of days look back over a period's end, so that
 * who still meets the milestone has the next one by its first days. What is about the period itself is known when that is over, and
 * holds through the next.
 */
export function entitledUntil({ window, reset }: Pick<MilestoneDefinition, "window" | "reset">, periodUntil: string | null): string | null {
  if (periodUntil === null || window.unit !== "period") return periodUntil;
  return resetPeriodOf(reset, periodUntil).until;
}
