import { expect, test } from "vitest";
import { parseManualLinks } from "./manual-links.ts";
import { type Account, type Link, type LinkInput, planLinks } from "./plan-links.ts";

const sinceEver = 0;
const account = (source: string, nativeId: string, details: Partial<Account> = {}): Account => ({
  source,
  nativeId,
  employeeId: null,
  emailHmac: null,
  isActive: true,
  ...details,
});
const link = (source: string, nativeId: string, personId: string, details: Partial<Link> = {}): Link => ({
  source,
  nativeId,
  personId,
  effectiveAt: sinceEver,
  endsAt: null,
  method: "employee_id",
  ...details,
});
const plan = (input: Partial<LinkInput>) => planLinks({ accounts: [], known: [], imported: [], manual: null, sinceEver, ...input });

test("[T78] accounts of two sources with one employee id are one person, and one without any is linked by nobody", () => {
  const accounts = [
    account("genesys", "g1", { employeeId: "4711" }),
    account("cxone", "7:1", { employeeId: "4711" }),
    account("cxone", "7:2"),
  ];
  const { added, unlinked, conflicts } = plan({ accounts });
  expect(added).toEqual([link("genesys", "g1", "4711"), link("cxone", "7:1", "4711")]);
  expect(unlinked.map(({ nativeId }) => nativeId)).toEqual(["7:2"]);
  expect(conflicts).toEqual([]);
});

test("an e-mail address links who has no employee id, to the person others with that address are", () => {
  const accounts = [
    account("genesys", "g1", { employeeId: "4711", emailHmac: "m" }),
    account("cxone", "7:1", { emailHmac: "m" }),
    account("cxone", "7:2", { emailHmac: "n" }),
  ];
  expect(plan({ accounts }).added).toEqual([
    link("genesys", "g1", "4711"),
    link("cxone", "7:1", "4711", { method: "email" }),
    link("cxone", "7:2", "email:n", { method: "email" }),
  ]);
});

test("[T78] an id that two accounts of one source use at once links neither; one that has left does not count", () => {
  const shared = [
    account("genesys", "g1", { employeeId: "0" }),
    account("genesys", "g2", { employeeId: "0" }),
    account("cxone", "7:1", { employeeId: "0" }),
  ];
  const { added, conflicts } = plan({ accounts: shared });
  expect(added).toEqual([link("cxone", "7:1", "0")]);
  expect(conflicts.map(({ nativeId, reason }) => [nativeId, reason])).toEqual([
    ["g1", "shared_in_source"],
    ["g2", "shared_in_source"],
  ]);
  const rehired = [account("genesys", "g1", { employeeId: "5", isActive: false }), account("genesys", "g2", { employeeId: "5" })];
  expect(plan({ accounts: rehired }).added.map(({ personId }) => personId)).toEqual(["5", "5"]);
});

test("a person keeps the id they got first, and a plan that was kept has nothing more to say", () => {
  const before = link("cxone", "7:1", "email:m", { method: "email" });
  const accounts = [account("cxone", "7:1", { employeeId: "4711", emailHmac: "m" }), account("genesys", "g1", { employeeId: "4711" })];
  const { added, withdrawn } = plan({ accounts, known: [before] });
  expect([added, withdrawn]).toEqual([[link("genesys", "g1", "email:m")], []]);
  expect(plan({ accounts, known: [before, ...added] })).toMatchObject({ added: [], withdrawn: [], kept: 2, conflicts: [] });
});

test("[T78] two people that new evidence would make one stay two, and are named", () => {
  const known = [link("cxone", "7:1", "email:m", { method: "email" }), link("genesys", "g1", "4711")];
  const accounts = [account("cxone", "7:1", { employeeId: "4711", emailHmac: "m" }), account("genesys", "g1", { employeeId: "4711" })];
  const { added, withdrawn, conflicts } = plan({ accounts, known });
  expect([added, withdrawn]).toEqual([[], []]);
  expect(conflicts.map(({ nativeId, reason, people }) => [nativeId, reason, people])).toEqual([
    ["7:1", "another_person_before", ["4711", "email:m"]],
    ["g1", "another_person_before", ["4711", "email:m"]],
  ]);
});

test("what is written by hand wins, replaces what was found, and goes when it leaves the file", () => {
  const accounts = [account("genesys", "g1", { employeeId: "4711" })];
  const byHand = link("genesys", "g1", "boss", { effectiveAt: 1_000, method: "manual" });
  const found = link("genesys", "g1", "4711");
  expect(plan({ accounts, known: [found], manual: [byHand] })).toMatchObject({ added: [byHand], withdrawn: [found] });
  expect(plan({ accounts, known: [byHand] })).toMatchObject({ added: [], withdrawn: [], kept: 1 });
  expect(plan({ accounts, known: [byHand], manual: [] })).toMatchObject({ added: [found], withdrawn: [byHand] });
});

test("an account whose links were imported is left to whoever keeps them, and its person is known", () => {
  const accounts = [account("genesys", "g1", { employeeId: "4711" }), account("cxone", "7:1", { employeeId: "4711" })];
  const imported = [link("genesys", "g1", "anna")];
  expect(plan({ accounts, imported }).added).toEqual([link("cxone", "7:1", "anna")]);
});

test("a file by hand may date its links; every line at fault is named", () => {
  const columns = ["source", "agent_native_id", "person", "from", "to"];
  const row = (source: string, agent_native_id: string, person: string, from = "", to = "") => ({
    source,
    agent_native_id,
    person,
    from,
    to,
  });
  const good = [row("cxone", "7:1", "anna", "", "2026-03-01"), row("cxone", "7:1", "ben", "2026-03-01")];
  expect(parseManualLinks(columns, good, sinceEver)).toEqual({
    faults: [],
    links: [
      link("cxone", "7:1", "anna", { endsAt: Date.parse("2026-03-01"), method: "manual" }),
      link("cxone", "7:1", "ben", { effectiveAt: Date.parse("2026-03-01"), method: "manual" }),
    ],
  });
  const bad = [
    row("cxone", "", "anna"),
    row("cxone", "7:2", "a", "2026-02-30"),
    row("cxone", "7:3", "a"),
    row("cxone", "7:3", "b", "2026-01-01"),
  ];
  expect(parseManualLinks(columns, bad, sinceEver).faults).toEqual([
    "line 2: agent_native_id is empty",
    'line 3: from "2026-02-30" - expected a day like 2026-01-01, or an instant with Z',
    "lines 4 and 5: cxone 7:3 would be two people at once",
  ]);
  expect(parseManualLinks(["source"], [], sinceEver).faults).toEqual([
    "the header lacks agent_native_id, person - expected source,agent_native_id,person,from,to",
  ]);
});
