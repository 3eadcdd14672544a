import { comparedPeriods } from "../../app/roi/read-facts.ts";
import type { ReportScope } from "../../domain/roi/report/report.ts";

/** The flags that say what a report is about. */
export interface ScopeInput {
  readonly month?: string;
  readonly challenge?: string;
  readonly compare?: string;
  readonly includeModelled?: true;
}

/** @throws UsageError when --compare names no two periods, before anything is opened. */
export function scopeOf({ month, challenge, compare, includeModelled }: ScopeInput): ReportScope {
  if (compare !== undefined) comparedPeriods(compare);
  return { month: month ?? null, challenge: challenge ?? null, compare: compare ?? null, ...(includeModelled ? { includeModelled } : {}) };
}
