import { type AwardPayload, entryKey, type Recipient } from "../../domain/deliver/message.ts";
import type { DecisionStore, NewMessage } from "../../ports/decision-store.ts";
import type { QueryReader } from "../../ports/warehouse.ts";
import { readFlairRoster, recipientsOf } from "../deliver/flair-roster.ts";
import type { DeliveryTarget } from "../deliver/targets.ts";

/** A host that is told of an entry, and whom it knows the person as. */
export interface Told {
  readonly host: string;
  readonly recipient: Recipient;
}

/** Who each host knows a person as; the hosts are those that are told of awards. */
export interface Accounts {
  readonly targets: readonly DeliveryTarget[];
  /** Null where the person has no account the host knows. */
  at(target: DeliveryTarget, person: Recipient): Recipient | null;
}

/** As of now, by the same accounts as flair. Read before anything is decided: nothing is, where hosts are told of no award. */
export async function readAccounts(warehouse: QueryReader, targets: readonly DeliveryTarget[], at: number): Promise<Accounts> {
  const ofAwards = targets.filter(({ tells }) => tells.includes("award") || tells.includes("revocation"));
  const roster = ofAwards.length === 0 ? [] : await readFlairRoster(warehouse, at);
  const bySource = new Map<string | null, ReadonlyMap<string, Recipient>>();
  for (const target of ofAwards) {
    if (bySource.has(target.source)) continue;
    bySource.set(target.source, new Map(recipientsOf(roster, target).map((recipient) => [recipient.agentId, recipient])));
  }
  return {
    targets: ofAwards,
    at({ source }, person) {
      const account = bySource.get(source)?.get(person.agentId);
      // A webhook or a file is told about everybody, by any account.
      return account ?? (source === null ? person : null);
    },
  };
}

export interface EntryToTell extends Pick<AwardPayload, "kind" | "awardKey" | "entryNo"> {
  readonly person: Recipient;
  /** Of an award that stands, with another name or tier. */
  readonly isCorrection: boolean;
}

/**
 * The hosts that are told of an entry. What takes an award back goes to the account that has it, whatever accounts the person has by
 * then. An award that a host was told of and not of its end, for there is no call for that, is there already: told again it would be two.
 * So it would where an award that stands is shown otherwise: that goes to hosts that hear of both.
 */
export async function hostsToTell(
  entry: EntryToTell,
  accounts: Accounts,
  toldBefore: (keys: readonly string[]) => Promise<readonly NewMessage[]>,
): Promise<Told[]> {
  const targets = accounts.targets.filter(({ tells }) => tells.includes(entry.kind));
  const before = await lastTold(entry, targets, toldBefore);
  return targets.flatMap((target) => {
    const last = before.get(target.host);
    const isTold = entry.kind === "award" && last?.kind === "award";
    if (isTold && !(entry.isCorrection && target.tells.includes("revocation"))) return [];
    const account = accounts.at(target, entry.person);
    const recipient = entry.kind === "revocation" ? (last?.recipient ?? account) : account;
    return recipient === null ? [] : [{ host: target.host, recipient }];
  });
}

/** The last word each host has, or will have, about an award. */
async function lastTold(
  { awardKey, entryNo }: EntryToTell,
  targets: readonly DeliveryTarget[],
  toldBefore: (keys: readonly string[]) => Promise<readonly NewMessage[]>,
): Promise<ReadonlyMap<string, AwardPayload>> {
  const last = new Map<string, AwardPayload>();
  // Nearly always: nobody knows a new award.
  if (entryNo === 1) return last;
  const earlier = Array.from({ length: entryNo - 1 }, (_, at) => at + 1);
  const keys = targets.flatMap(({ host }) => earlier.map((no) => entryKey(host, { awardKey, entryNo: no })));
  for (const { host, payload } of await toldBefore(keys)) {
    const told: AwardPayload = JSON.parse(payload);
    if (told.entryNo > (last.get(host)?.entryNo ?? 0)) last.set(host, told);
  }
  return last;
}

/** What was told of, in the outbox or among the messages that go there with the next commit. */
export function prepareToldBefore(outbox: Pick<DecisionStore["outbox"], "find">, planned: () => readonly NewMessage[]) {
  return async (keys: readonly string[]): Promise<readonly NewMessage[]> => {
    const wanted = new Set(keys);
    return [...(await outbox.find(keys)), ...planned().filter(({ idempotencyKey }) => wanted.has(idempotencyKey))];
  };
}
