import type { ExplainDeps } from "../../app/recognise/explain.ts";
import type { Deps } from "../../deps.ts";

/** The flags of both explanations. */
export interface ExplainInput {
  readonly agent: string;
  readonly milestone: string;
  readonly at?: string;
}

/** Who is who is asked of the warehouse only where a crosswalk says it. */
export async function explainDeps(deps: Deps): Promise<ExplainDeps> {
  const { decisions: store } = await deps.state();
  return { store, clock: deps.clock, links: deps.config.identity === "mapped" ? () => deps.warehouse() : null };
}
