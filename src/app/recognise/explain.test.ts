import { expect, test } from "vitest";
import { aDecision, anEntry, aPlan } from "../../../test/support/decision-plans.ts";
import { openMemoryDecisions } from "../../../test/support/memory-decisions.ts";
import { agentId } from "../../domain/business-key.ts";
import type { DecisionStore } from "../../ports/decision-store.ts";
import { explain } from "./explain.ts";

const ann = agentId("csv:desk", "17");
const onDay = (date: string) => Date.parse(date);
const evidence = (asOf: string, value: string) => JSON.stringify({ asOf, value });

const depsOf = (store: DecisionStore) => ({ store, clock: { now: () => onDay("2024-05-01") }, links: null });

async function decided() {
  let today = "2024-03-12T01:00:00Z";
  const store = openMemoryDecisions(() => onDay(today));
  const definition = { id: "aht-gold", name: "Gold" };
  const stored = { kind: "milestone", definitionId: "aht-gold", ruleHash: "r1", validFrom: 0, validTo: null } as const;
  await store.commit(aPlan({ definitions: [{ ...stored, content: JSON.stringify(definition) }] }));
  for (const [date, verdict, value] of [
    ["2024-03-01", "not_met", "250"],
    ["2024-03-05", "not_met", "245"],
    ["2024-03-10", "met", "230"],
    ["2024-03-15", "not_met", "241"],
  ] as const) {
    await store.commit(
      aPlan({
        decisions: [aDecision(ann, onDay(date), { verdict, ruleHash: "r1", periodId: "2024-Q1", evidence: evidence(date, value) })],
      }),
    );
  }
  const entry = { subjectId: ann, ruleHash: "r1", periodId: "2024-Q1" };
  // Granted in the night, and taken back weeks later, when late data of the very same day came in.
  const grant = { action: "grant", occurredAt: onDay("2024-03-10"), evidence: evidence("2024-03-10", "230") } as const;
  await store.commit(aPlan({ entries: [anEntry(ann, 1, { ...entry, ...grant })] }));
  today = "2024-03-31T22:30:00Z";
  const reversal = { action: "reverse", occurredAt: onDay("2024-03-10"), evidence: evidence("2024-03-10", "241") } as const;
  await store.commit(aPlan({ entries: [anEntry(ann, 2, { ...entry, ...reversal })] }));
  return store;
}

test("[S3-R57] an explanation is what was stored: the standing verdict, those before it, and every entry of the ledger", async () => {
  const found = await explain(depsOf(await decided()), { agent: "csv:desk:17", milestone: "aht-gold", at: null, zone: "UTC" });
  expect(found).toMatchObject({
    agentId: ann,
    definitions: { r1: { name: "Gold" } },
    periods: [
      {
        periodId: "2024-Q1",
        isAwarded: false,
        verdict: { verdict: "not_met", since: "2024-03-15", until: null, evidence: { value: "241" } },
        earlier: [
          { verdict: "not_met", since: "2024-03-01", until: "2024-03-10", evidence: { value: "245" } },
          { verdict: "met", since: "2024-03-10", until: "2024-03-15", evidence: { value: "230" } },
        ],
        entries: [
          { entryNo: 1, action: "grant" },
          { entryNo: 2, action: "reverse" },
        ],
      },
    ],
  });
});

test("[D2] as it was known on a day: the verdict of then, and no entry that was posted later, whatever day it is about", async () => {
  const store = await decided();
  const at = async (date: string, zone = "UTC") => {
    const { periods } = await explain(depsOf(store), { agent: ann, milestone: "aht-gold", at: date, zone });
    return { ...periods[0], entries: periods[0]?.entries.map(({ entryNo }) => entryNo) };
  };
  expect(await at("2024-03-07")).toMatchObject({ verdict: { verdict: "not_met", since: "2024-03-01", until: null }, entries: [] });
  expect(await at("2024-03-11")).toMatchObject({ verdict: { verdict: "met", until: null }, isAwarded: false, entries: [] });
  expect(await at("2024-03-12")).toMatchObject({ verdict: { verdict: "met", until: null }, isAwarded: true, entries: [1] });
  expect(await at("2024-03-31")).toMatchObject({ verdict: { verdict: "not_met" }, isAwarded: false, entries: [1, 2] });
  // 22:30 in UTC is half past midnight in Berlin, where clocks changed that day.
  expect(await at("2024-03-31", "Europe/Berlin")).toMatchObject({ isAwarded: true, entries: [1] });
  expect(await at("2024-04-01", "Europe/Berlin")).toMatchObject({ isAwarded: false, entries: [1, 2] });
});

test("what was never decided is said, with the near name", async () => {
  const store = await decided();
  await expect(explain(depsOf(store), { agent: ann, milestone: "aht-gld", at: null, zone: "UTC" })).rejects.toMatchObject({
    code: "MILESTONE_UNKNOWN",
    hint: "did you mean aht-gold?",
  });
  await expect(explain(depsOf(store), { agent: "csv:desk:18", milestone: "aht-gold", at: null, zone: "UTC" })).rejects.toMatchObject({
    code: "NOT_DECIDED",
  });
  await expect(explain(depsOf(store), { agent: ann, milestone: "aht-gold", at: "2024-02-01", zone: "UTC" })).rejects.toMatchObject({
    code: "NOT_DECIDED",
  });
});
