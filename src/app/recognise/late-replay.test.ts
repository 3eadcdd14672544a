import fc from "fast-check";
import { expect, test } from "vitest";
import { openMilestoneCentre } from "../../../test/support/evaluated-marts.ts";
import { openMemoryDecisions } from "../../../test/support/memory-decisions.ts";
import { agentOf, agentRows, dayRows } from "../../../test/support/milestone-marts.ts";
import { aMilestone } from "../../../test/support/milestones.ts";
import { addDays } from "../../domain/calendar.ts";
import { isLive } from "../../domain/recognise/plan-awards.ts";

const first = "2024-01-25";
const nights = 12;
/** Each has a history of their own: one night decides many cases. */
const agents = Array.from({ length: 20 }, (_, index) => index + 1);
const dayOf = (no: number) => addDays(first, no);

/** One day, three days of two versions, and a period that is known at its end: weeks and months end within the nights. */
const definitions = [
  aMilestone({ id: "daily", window: { unit: "days", last: 1 }, minimum: {}, reset: "month" }),
  aMilestone({ id: "three", window: { unit: "days", last: 3 }, minimum: {}, reset: "quarter", valid: { from: first, to: "2024-02-01" } }),
  aMilestone({
    id: "three",
    window: { unit: "days", last: 2 },
    minimum: {},
    reset: "quarter",
    valid: { from: "2024-02-01", to: null },
    goal: { ...aMilestone().goal, thresholdMilli: 236_000 },
  }),
  aMilestone({ id: "week", window: { unit: "period" }, minimum: {}, reset: "iso_week" }),
];

/** A night: what comes in, be it new, late or a correction, and the day that is decided after it, if any. */
const night = fc.record({
  changes: fc.array(
    fc.record({
      no: fc.constantFrom(...agents),
      day: fc.integer({ min: 0, max: nights }),
      seconds: fc.constantFrom(225, 230, 238, 245, 260),
    }),
    { minLength: 10, maxLength: 30 },
  ),
  decides: fc.constantFrom("the day", "the day", "the day", "nothing", "an earlier day"),
});

test("[D3] [T29] whatever comes in late, and in whatever order it is decided, the awards that stand are those of one replay", async () => {
  const centre = await openMilestoneCentre(agentRows(agents.map((no) => ({ no, zone: "UTC" }))), {
    lastDate: dayOf(nights + 2),
    finalDate: dayOf(nights),
  });
  const standing = async (store: ReturnType<typeof openMemoryDecisions>) => {
    const awards: string[] = [];
    for await (const entries of store.lastEntries(["daily", "three", "week"]))
      awards.push(...entries.filter(isLive).map(({ definitionId, periodId, subjectId }) => `${definitionId} ${periodId} ${subjectId}`));
    return awards.toSorted();
  };
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(fc.array(night, { minLength: nights, maxLength: nights }), async (history) => {
      await centre.change("delete from marts.fct_agent_day");
      for (const no of agents)
        await centre.change(
          dayRows({
            no,
            from: addDays(first, -3),
            until: dayOf(nights + 1),
            interactions: "10",
            seconds: "250",
            finalDate: "2024-12-31",
          }),
        );
      const store = openMemoryDecisions();
      await centre.deliver();
      await centre.evaluate(store, { definitions, asOf: dayOf(0), since: first });
      for (const [no, { changes, decides }] of history.entries()) {
        await centre.deliver(
          ...changes.map(({ no: agent, day, seconds }) => ({
            no: agent,
            from: dayOf(day),
            to: dayOf(day),
            sql: `update marts.fct_agent_day set handle_seconds = 10 * ${seconds} where agent_id = '${agentOf(agent)}' and work_date = date '${dayOf(day)}'`,
          })),
        );
        if (decides === "the day") await centre.evaluate(store, { definitions, asOf: dayOf(no + 1) });
        if (decides === "an earlier day") await centre.evaluate(store, { definitions, asOf: dayOf(Math.floor(no / 2)) });
      }
      await centre.evaluate(store, { definitions, asOf: dayOf(nights) });
      const replayed = openMemoryDecisions();
      await centre.evaluate(replayed, { definitions, asOf: dayOf(nights), since: first });
      expect(await standing(store)).toEqual(await standing(replayed));
      for (const { action, entryNo } of store.ledger) seen.add(entryNo > 2 && action === "grant" ? "granted again" : action);
    }),
    { seed: 29, endOnFailure: true, numRuns: process.env.GAMI_CHAOS === "full" ? 200 : 2 },
  );
  expect([...seen].toSorted()).toEqual(["confirm", "grant", "granted again", "reverse"]);
}, 3_600_000);
