import type { Recipient } from "../../domain/deliver/message.ts";
import type { FlairTarget } from "../../domain/deliver/plan-flair.ts";
import type { QueryReader } from "../../ports/warehouse.ts";
import { requireBuiltMarts } from "../recognise/read-marts.ts";
import { instantValue, recogniseSql } from "../recognise/recognise-sql.ts";
import { text } from "../roi/row-values.ts";

/**
 * Everybody the marts know, by the account in force last at each source; an account that passed on is of who has it at `at`.
 * @throws as an evaluation when there are no marts, or they are not fit to be read: who is missing from half of them would lose their flair.
 */
export async function readFlairRoster(warehouse: QueryReader, at: number): Promise<Recipient[]> {
  await requireBuiltMarts(warehouse);
  const recipients: Recipient[] = [];
  for await (const rows of warehouse.stream(recogniseSql("flair-accounts"), [instantValue(at)])) {
    for (const row of rows)
      recipients.push({ agentId: text(row, "agent_id"), source: text(row, "source"), nativeId: text(row, "agent_native_id") });
  }
  return recipients;
}

/** Whom a host is told about: agents of its platform; where it knows no platform, each person once. */
export function recipientsOf(roster: readonly Recipient[], { source }: FlairTarget): Recipient[] {
  const seen = new Set<string>();
  return roster.filter((recipient) => {
    if ((source !== null && recipient.source !== source) || seen.has(recipient.agentId)) return false;
    seen.add(recipient.agentId);
    return true;
  });
}
