import { expect, test } from "vitest";
import { openEvaluatedMarts } from "../../../test/support/evaluated-marts.ts";
import { openMemoryDecisions } from "../../../test/support/memory-decisions.ts";
import { agentOf, agentRows, builtRows, dayRows } from "../../../test/support/milestone-marts.ts";
import { aMilestone } from "../../../test/support/milestones.ts";
import type { AwardPayload, PayloadKind } from "../../domain/deliver/message.ts";
import type { NewMessage } from "../../ports/decision-store.ts";
import type { DeliveryTarget } from "../deliver/targets.ts";

const daily = aMilestone({ window: { unit: "days", last: 1 } });
const all: readonly PayloadKind[] = ["award", "revocation", "flair"];
const target = (host: string, source: string | null, tells = all): DeliveryTarget => ({ host, source, tells, publication: null });
const genesys = { source: "genesys", nativeId: "g-1" };
const hr = { source: "csv:hr", nativeId: "E1" };

/** Days on which the milestone is met, from January 1 on. */
const days = [
  dayRows({ no: 1, from: "2024-01-01", until: "2024-01-10", interactions: "60", seconds: "230", finalDate: "2024-12-31" }),
  ...builtRows(1, { lastDate: "2024-01-09", finalDate: "2024-01-07" }),
];
/** All days but the last ones are found not to meet it. */
const lateData = (account = 1) => [
  "update marts.fct_agent_day set handle_seconds = 60 * 250 where work_date <= date '2024-01-06'",
  `insert into meta.change_log values ('csv:test', 'interaction', 2, '${agentOf(account)}', timestamp '2024-01-01 10:00', timestamp '2024-01-06 10:00')`,
  ...builtRows(2, { lastDate: "2024-01-09", finalDate: "2024-01-07" }),
];

function told(messages: readonly NewMessage[]) {
  return messages.map(({ host, kind, payload }) => {
    const { recipient }: AwardPayload = JSON.parse(payload);
    return [host, kind, recipient.source, recipient.nativeId];
  });
}

test.each([
  [1, 9],
  [9, 1],
])("each host is told of an award by the person's account there, whichever account was made first", async (first, second) => {
  const centre = await openEvaluatedMarts([
    ...agentRows([
      { no: first, person: 1, zone: "UTC", account: hr },
      { no: second, person: 1, zone: "UTC", account: genesys },
    ]),
    ...days,
  ]);
  const store = openMemoryDecisions();
  const targets = [target("cloud", "genesys"), target("cx", "cxone"), target("file", null)];
  await centre.evaluate(store, { definitions: [daily], asOf: "2024-01-02", targets });
  expect(told(store.messages)).toEqual([
    ["cloud", "award", "genesys", "g-1"],
    // Where a host knows no platform it is the account that flair names, too.
    ["file", "award", "csv:hr", "E1"],
  ]);
});

test("an award is taken back from the account it was told of, whatever accounts the person has by then", async () => {
  const centre = await openEvaluatedMarts([...agentRows([{ no: 5, person: 1, zone: "UTC", account: genesys }]), ...days]);
  const store = openMemoryDecisions();
  const targets = [target("cloud", "genesys"), target("file", null)];
  await centre.evaluate(store, { definitions: [daily], asOf: "2024-01-02", targets });
  await centre.change(
    ...agentRows([
      { no: 9, person: 1, zone: "UTC", account: hr },
      { no: 8, person: 1, zone: "UTC", account: { source: "genesys", nativeId: "g-0" } },
    ]),
    ...lateData(5),
  );
  await centre.evaluate(store, { definitions: [daily], asOf: "2024-01-04", targets });
  expect(store.ledger.map(({ action }) => action)).toEqual(["grant", "reverse"]);
  expect(told(store.messages)).toEqual([
    ["cloud", "award", "genesys", "g-1"],
    ["file", "award", "genesys", "g-1"],
    ["cloud", "revocation", "genesys", "g-1"],
    ["file", "revocation", "genesys", "g-1"],
  ]);
});

test("a host that was never told of an award hears of its end by the account the person has there", async () => {
  const centre = await openEvaluatedMarts([...agentRows([{ no: 1, zone: "UTC", account: genesys }]), ...days]);
  const store = openMemoryDecisions();
  await centre.evaluate(store, { definitions: [daily], asOf: "2024-01-02" });
  await centre.change(...lateData());
  await centre.evaluate(store, { definitions: [daily], asOf: "2024-01-04", targets: [target("cloud", "genesys")] });
  expect(told(store.messages)).toEqual([["cloud", "revocation", "genesys", "g-1"]]);
});

test("[T8] what is granted again is told where its end was told, and nowhere else: one award, one badge", async () => {
  const centre = await openEvaluatedMarts([...agentRows([{ no: 1, zone: "UTC", account: genesys }]), ...days]);
  const store = openMemoryDecisions();
  // The guide has no call that takes a badge back.
  const targets = [target("guide", "genesys", ["award", "flair", "adjustment"]), target("hook", null)];
  await centre.evaluate(store, { definitions: [daily], asOf: "2024-01-02", targets });
  await centre.change(...lateData());
  // Reversed and granted again in one night.
  const late = target("new", "genesys", ["award"]);
  await centre.evaluate(store, { definitions: [daily], asOf: "2024-01-09", targets: [...targets, late] });
  expect(store.ledger.map(({ action }) => action)).toEqual(["grant", "reverse", "grant"]);
  expect(told(store.messages).map(([host, kind]) => [host, kind])).toEqual([
    ["guide", "award"],
    ["hook", "award"],
    ["hook", "revocation"],
    ["hook", "award"],
    // It stands here since: it has not heard of the first one.
    ["new", "award"],
  ]);
});

test("[T8] what is granted again nights after its reversal is not told twice to a host without reversals either", async () => {
  const centre = await openEvaluatedMarts([...agentRows([{ no: 1, zone: "UTC", account: genesys }]), ...days]);
  const store = openMemoryDecisions();
  const targets = [target("guide", "genesys", ["award"]), target("hook", null)];
  await centre.evaluate(store, { definitions: [daily], asOf: "2024-01-02", targets });
  await centre.change(...lateData());
  await centre.evaluate(store, { definitions: [daily], asOf: "2024-01-04", targets });
  await centre.evaluate(store, { definitions: [daily], asOf: "2024-01-09", targets });
  expect(store.ledger.map(({ action }) => action)).toEqual(["grant", "reverse", "grant"]);
  expect(told(store.messages).map(([host, kind]) => `${host} ${kind}`)).toEqual([
    "guide award",
    "hook award",
    "hook revocation",
    "hook award",
  ]);
});
