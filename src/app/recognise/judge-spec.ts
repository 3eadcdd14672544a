import { type Judge, prepareJudge } from "../../domain/recognise/judge.ts";
import { measuresInRow } from "../../domain/recognise/measures.ts";
import type { Judged } from "../../domain/recognise/plan-awards.ts";
import type { Spec } from "./plan-windows.ts";
import type { AgentFigures } from "./read-figures.ts";

const prepared = new WeakMap<Spec, Judge>();

/** A definition and a day are prepared once, for everybody. */
export function judgeOf(spec: Spec): Judge {
  const known = prepared.get(spec);
  if (known !== undefined) return known;
  const judge = prepareJudge(spec.definition, spec.asOf);
  prepared.set(spec, judge);
  return judge;
}

/** Nothing where the agent was nobody on that day. */
export function judgeSpec(spec: Spec, figures: AgentFigures): Judged[] {
  const { definition, ruleHash } = spec;
  const window = spec.windowNo - figures.firstWindow;
  const then = figures.agentsThen[window];
  if (then === undefined) return [];
  return [{ day: judgeOf(spec).judge(then, { rows: figures.rows, at: window * measuresInRow }), definition, ruleHash }];
}
