import { agentId } from "../../domain/business-key.ts";
import { counted } from "../../domain/counted.ts";
import { ConfigError } from "../../errors.ts";
import type { Output } from "../../ports/output.ts";
import type { QueryReader } from "../../ports/warehouse.ts";
import { reportSql } from "../roi/report-sql.ts";
import { text } from "../roi/row-values.ts";
import { type KnownEntries, type KnownEntry, liveAwards } from "./last-entries.ts";
import { recogniseSql } from "./recognise-sql.ts";

interface People {
  /** Everybody who can be awarded. */
  readonly ids: ReadonlySet<string>;
  /** Accounts that are other people's: a crosswalk says so (`identity: mapped`). */
  readonly linked: ReadonlySet<string>;
}

/**
 * An award's key has the id of the person in it, so the same people under other ids would be awarded once more. With `identity` switched all of
 * them are; somebody whose link changed or went is only told of, since one person must not stop everybody's awards.
 * @throws ConfigError when `identity` was switched since awards of these definitions were granted.
 */
export async function refuseOtherPeople(
  { warehouse, output }: { readonly warehouse: QueryReader; readonly output: Pick<Output, "warn"> },
  { known, ids }: { readonly known: KnownEntries; readonly ids: readonly string[] },
): Promise<void> {
  const awards = liveAwards(known).filter(({ definitionId }) => ids.includes(definitionId));
  if (awards.length === 0) return;
  const people = await readPeople(warehouse);
  const left = awards.filter((award) => !people.ids.has(award.agentId));
  if (left.length === 0) return;
  // Where no account is anybody else's, the people a crosswalk names are nobody.
  const switched = people.linked.size > 0 ? people.linked : await readNamed(warehouse);
  const again = left.filter((award) => switched.has(award.agentId));
  if (again.length > 0) throw peopleSwitched(again);
  const who = counted(new Set(left.map((award) => award.agentId)).size, "id");
  output.warn(
    `kept: ${counted(left.length, "award")} under ${who} that nobody has any more; who was linked to another id since is awarded anew under it`,
  );
}

async function readPeople(warehouse: QueryReader): Promise<People> {
  const ids = new Set<string>();
  const linked = new Set<string>();
  for await (const rows of warehouse.stream(recogniseSql("people"))) {
    for (const row of rows) {
      const [account, person] = [text(row, "account_id"), text(row, "agent_id")];
      ids.add(person);
      if (account !== person) linked.add(account);
    }
  }
  return { ids, linked };
}

/** The people of the crosswalk, which is kept while nobody goes by it. */
async function readNamed(warehouse: QueryReader): Promise<Set<string>> {
  const links = await warehouse.rows(reportSql("identity-links"));
  return new Set(links.map((row) => agentId("gami", text(row, "agent_id"))));
}

function peopleSwitched(awards: readonly KnownEntry[]): ConfigError {
  const milestones = [...new Set(awards.map(({ definitionId }) => definitionId))].toSorted().join(", ");
  return new ConfigError(
    `identity was switched: the ids of before hold ${counted(awards.length, "award")} of ${milestones}, and the same people would be awarded a second time`,
    {
      code: "PEOPLE_SWITCHED",
      hint: "set identity back in the config and run 'gami dbt build'; or, to award anew on purpose, give these milestones new ids: what was awarded stays",
    },
  );
}
