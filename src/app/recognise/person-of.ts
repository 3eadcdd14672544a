import { agentId } from "../../domain/business-key.ts";
import { UsageError } from "../../errors.ts";
import type { QueryReader } from "../../ports/warehouse.ts";
import { text } from "../roi/row-values.ts";
import { instantValue, recogniseSql } from "./recognise-sql.ts";

export interface WhoRequest {
  /** As dim_agent has it, or `SOURCE:NATIVE_ID`. */
  readonly agent: string;
  /** Epoch milliseconds: an account may pass from one person to another. */
  readonly at: number;
  /** Opens the warehouse with the links; null where every account is a person of its own (`identity: self`). */
  readonly links: (() => Promise<QueryReader>) | null;
}

/**
 * The id that decisions are kept under. `genesys:0b4f...`, `csv:desk:17` are accounts, hashed as the marts do or looked up as the marts did;
 * everything else is an id of the marts already.
 * @throws UsageError when nobody was linked to the account by then.
 */
export async function personOf({ agent, at, links }: WhoRequest): Promise<string> {
  const [, source, nativeId] = /^(genesys|cxone|gami|csv:[^:]+):(.+)$/.exec(agent) ?? [];
  if (source === undefined || nativeId === undefined) return agent.toLowerCase();
  if (links === null) return agentId(source, nativeId);
  const instant = instantValue(at);
  const [latest] = await (await links()).rows(recogniseSql("agent-links"), [source, nativeId, instant]);
  if (latest !== undefined) return text(latest, "agent_id");
  throw new UsageError(`the account ${agent} stood for nobody by ${instant.slice(0, 10)}: no link names it (identity: mapped)`, {
    code: "AGENT_UNLINKED",
    hint: "'gami identity link' shows who is linked; or give agent_id as in marts.dim_agent",
  });
}
