import { judge } from "../../domain/recognise/judge.ts";
import type { Judged } from "../../domain/recognise/plan-awards.ts";
import type { Spec } from "./plan-windows.ts";
import type { Figures } from "./read-figures.ts";

/** Nothing where the agent was nobody on that day. */
export function judgeSpec(spec: Spec, figures: ReadonlyMap<number, Figures>): Judged[] {
  const found = figures.get(spec.windowNo);
  if (found === undefined) return [];
  const { definition, ruleHash, asOf } = spec;
  return [{ day: judge({ definition, agent: found.agent, measures: found.measures, asOf }), definition, ruleHash }];
}
