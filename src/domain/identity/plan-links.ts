/** One agent record of one source, reduced to what tells who it is. */
export interface Account {
  readonly source: string;
  readonly nativeId: string;
  readonly employeeId: string | null;
  /** A pseudonym: equal for equal addresses. */
  readonly emailHmac: string | null;
  /** Null where the source does not say. */
  readonly isActive: boolean | null;
}

export type LinkMethod = "employee_id" | "email" | "manual";

/** From when to when an account stands for a person; instants are epoch milliseconds. */
export interface Link {
  readonly source: string;
  readonly nativeId: string;
  readonly effectiveAt: number;
  /** Exclusive; null = for good. */
  readonly endsAt: number | null;
  readonly personId: string;
  readonly method: LinkMethod;
}

/** Why an account was not linked, or not linked anew: somebody has to say who it is. */
export interface Conflict {
  readonly source: string;
  readonly nativeId: string;
  readonly reason: "shared_in_source" | "several_people" | "another_person_before";
  /** The people it could be, as far as known. */
  readonly people: readonly string[];
}

export interface LinkInput {
  readonly accounts: readonly Account[];
  /** Links gami made before, in force now. */
  readonly known: readonly Link[];
  /** Links that came as a stream of their own (an imported file): they stand, and gami makes none beside them. */
  readonly imported: readonly Link[];
  /** All manual links as the file has them now; null when no file was given and those known stay. */
  readonly manual: readonly Link[] | null;
  /** Since when a link holds that was found and not dated by anybody. */
  readonly sinceEver: number;
}

export interface LinkPlan {
  /** New, or no longer as they were. */
  readonly added: readonly Link[];
  readonly withdrawn: readonly Link[];
  readonly kept: number;
  readonly conflicts: readonly Conflict[];
  /** Accounts that no link names. */
  readonly unlinked: readonly Account[];
}

/**
 * Who is who [T78]: what somebody wrote down, else one employee id, else one e-mail address. Nothing is guessed: an id
 * that two accounts of one source use at once, or that leads to two people, links nobody. A person keeps the id they
 * got first, since awards are keyed by it; two people are made one by hand only.
 */
export function planLinks({ accounts, known, imported, manual, sinceEver }: LinkInput): LinkPlan {
  const byHand = manual ?? known.filter(({ method }) => method === "manual");
  const settled = new Set([...byHand, ...imported].map(accountKey));
  const open = accounts.filter((account) => !settled.has(accountKey(account)));
  const before = known.filter((link) => link.method !== "manual" && !settled.has(accountKey(link)));
  const found = findPeople({ open, all: accounts, fixed: [...byHand, ...imported], before });
  const linked = new Map(before.map((link) => [accountKey(link), link]));
  const automatic = [
    ...before,
    ...open.flatMap((account): Link[] => {
      const person = found.people.get(accountKey(account));
      if (person === undefined || linked.has(accountKey(account))) return [];
      const { source, nativeId } = account;
      return [{ source, nativeId, effectiveAt: sinceEver, endsAt: null, personId: person.id, method: person.method }];
    }),
  ];
  const wanted = [...byHand, ...automatic];
  const named = new Set([...wanted, ...imported].map(accountKey));
  return {
    ...difference(known, wanted),
    conflicts: found.conflicts,
    unlinked: accounts.filter((account) => !named.has(accountKey(account))),
  };
}

interface Found {
  readonly people: ReadonlyMap<string, { readonly id: string; readonly method: LinkMethod }>;
  readonly conflicts: readonly Conflict[];
}

interface Evidence {
  /** Accounts nobody linked by hand. */
  readonly open: readonly Account[];
  readonly all: readonly Account[];
  readonly fixed: readonly Link[];
  readonly before: readonly Link[];
}

function findPeople({ open, all, fixed, before }: Evidence): Found {
  const people = new Map<string, { readonly id: string; readonly method: LinkMethod }>();
  const conflicts: Conflict[] = [];
  const peopleOf = groupedSets([...fixed, ...before], accountKey, ({ personId }) => personId);
  const knownPeople = (members: readonly Account[]) => new Set(members.flatMap((member) => [...(peopleOf.get(accountKey(member)) ?? [])]));
  const isOpen = new Set(open.map(accountKey));

  const settle = (members: readonly Account[], method: "employee_id" | "email", ownId: string, others: ReadonlySet<string>) => {
    const candidates = new Set([...others, ...knownPeople(members)]);
    const shared = sharedInSource(members);
    for (const member of members) {
      const key = accountKey(member);
      if (!isOpen.has(key) || people.has(key)) continue;
      const { source, nativeId } = member;
      const own = peopleOf.get(key);
      if (candidates.size > 1) {
        const reason = own === undefined ? "several_people" : "another_person_before";
        conflicts.push({ source, nativeId, reason, people: [...candidates].sort() });
      } else if (own === undefined && shared.has(source) && member.isActive !== false) {
        conflicts.push({ source, nativeId, reason: "shared_in_source", people: [...candidates] });
      } else {
        const [known] = candidates;
        people.set(key, { id: known ?? ownId, method });
      }
    }
  };

  for (const [employeeId, members] of grouped(all, ({ employeeId }) => employeeId)) settle(members, "employee_id", employeeId, new Set());
  for (const [email, members] of grouped(all, ({ emailHmac }) => emailHmac)) {
    const byEmployeeId = members.flatMap((member) => people.get(accountKey(member))?.id ?? []);
    const undecided = members.filter(({ employeeId }) => employeeId === null);
    if (undecided.length > 0) settle(undecided, "email", `email:${email}`, new Set([...byEmployeeId, ...knownPeople(members)]));
  }
  return { people, conflicts };
}

/** Sources in which two accounts, both in use as far as known, carry the same id: a mailbox of a team, a placeholder. */
function sharedInSource(members: readonly Account[]): ReadonlySet<string> {
  const inUse = grouped(
    members.filter(({ isActive }) => isActive !== false),
    ({ source }) => source,
  );
  return new Set([...inUse].flatMap(([source, accounts]) => (accounts.length > 1 ? [source] : [])));
}

function difference(known: readonly Link[], wanted: readonly Link[]): Pick<LinkPlan, "added" | "withdrawn" | "kept"> {
  const before = new Map(known.map((link) => [linkKey(link), link]));
  const after = new Set(wanted.map(linkKey));
  const added = wanted.filter((link) => !isSame(before.get(linkKey(link)), link));
  return { added, withdrawn: known.filter((link) => !after.has(linkKey(link))), kept: wanted.length - added.length };
}

function isSame(one: Link | undefined, other: Link): boolean {
  return one !== undefined && one.personId === other.personId && one.method === other.method && one.endsAt === other.endsAt;
}

export function accountKey({ source, nativeId }: Pick<Account, "source" | "nativeId">): string {
  return JSON.stringify([source, nativeId]);
}

function linkKey(link: Link): string {
  return JSON.stringify([link.source, link.nativeId, link.effectiveAt]);
}

function grouped<T>(items: readonly T[], keyOf: (item: T) => string | null): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    if (key === null || key === "") continue;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [item]);
    else group.push(item);
  }
  return groups;
}

function groupedSets<T>(items: readonly T[], keyOf: (item: T) => string, pick: (item: T) => string): Map<string, Set<string>> {
  const groups = new Map<string, Set<string>>();
  for (const item of items) groups.set(keyOf(item), new Set([...(groups.get(keyOf(item)) ?? []), pick(item)]));
  return groups;
}
