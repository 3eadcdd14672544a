import { type AgentThen, type JudgedDay, type Measures, prepareJudge } from "../../domain/recognise/judge.ts";
import type { Judged } from "../../domain/recognise/plan-awards.ts";
import type { Spec } from "./plan-windows.ts";
import type { Figures } from "./read-figures.ts";

/** A definition and a day are prepared once, for everybody. */
const prepared = new WeakMap<Spec, (agent: AgentThen, measures: Measures) => JudgedDay>();

/** Nothing where the agent was nobody on that day. */
export function judgeSpec(spec: Spec, figures: ReadonlyMap<number, Figures>): Judged[] {
  const found = figures.get(spec.windowNo);
  if (found === undefined) return [];
  const { definition, ruleHash, asOf } = spec;
  const judge = prepared.get(spec) ?? prepareJudge(definition, asOf);
  prepared.set(spec, judge);
  return [{ day: judge(found.agent, found.measures), definition, ruleHash }];
}
