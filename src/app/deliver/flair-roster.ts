import type { Recipient } from "../../domain/deliver/message.ts";
import type { FlairTarget } from "../../domain/deliver/plan-flair.ts";
import { ChecksFailedError } from "../../errors.ts";
import type { QueryReader } from "../../ports/warehouse.ts";
import { recogniseSql } from "../recognise/recognise-sql.ts";
import { count, text } from "../roi/row-values.ts";

/** Everybody the marts know, by the account in force last at each source. */
export async function readFlairRoster(warehouse: QueryReader): Promise<Recipient[]> {
  const [state] = await warehouse.rows(recogniseSql("build-state"));
  if (state === undefined || count(state, "tables_present") === 0) {
    throw new ChecksFailedError("the marts are not there yet: dbt has not built them in this warehouse", {
      code: "MARTS_MISSING",
      hint: "run 'gami dbt build', then the same command again",
    });
  }
  const recipients: Recipient[] = [];
  for await (const rows of warehouse.stream(recogniseSql("flair-accounts"))) {
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
