import fc from "fast-check";
import { expect, test } from "vitest";
import type { Goal, MilestoneDefinition } from "../../domain/recognise/definition.ts";
import type { AgentThen } from "../../domain/recognise/judge.ts";
import { measureNames, measuresInRow } from "../../domain/recognise/measures.ts";
import { awardKeyOf } from "../../domain/recognise/plan-awards.ts";
import { prepareDecider } from "./decide-agent.ts";
import type { DecidedAgent, DecisionWriter } from "./decision-writer.ts";
import { entitlementPlace, type KnownEntry } from "./last-entries.ts";
import type { Spec } from "./plan-windows.ts";
import type { AgentFigures } from "./read-figures.ts";
import { openTally } from "./tally.ts";

const days = ["2024-03-30", "2024-03-31", "2024-04-01"];
const speed: Goal = { metric: "handle_time", direction: "lower", thresholdMilli: 240_000, unit: "seconds", isStrict: true };
const calls: Goal = { metric: "interactions", direction: "higher", thresholdMilli: 3000, unit: "interactions", isStrict: false };
const quality: Goal = { metric: "quality", direction: "higher", thresholdMilli: 80_000, unit: "percent", isStrict: false };

const definitions: readonly MilestoneDefinition[] = [
  { id: "speed", goal: speed },
  { id: "calls", goal: calls, floorMilli: null, reset: "never" as const },
  { id: "both", goal: speed, guards: [quality], scope: { site: ["North"], team: [], role: [], employment: [], queue: [] } },
].map((changes) => ({
  name: changes.id,
  window: { unit: "days", last: 1 },
  minimum: { interactions: 2 },
  floorMilli: 60_000,
  guards: [],
  scope: { site: [], team: [], role: [], employment: [], queue: [] },
  tier: { name: "T", rank: 1 },
  reset: "quarter",
  valid: { from: "2024-01-01", to: null },
  onChange: "prospective",
  flair: null,
  ...changes,
}));
const versions = definitions.map((definition) => ({ definition, ruleHash: `hash of ${definition.id}` }));
const specs: readonly Spec[] = days.flatMap((asOf, windowNo) => versions.map((version) => ({ ...version, asOf, windowNo })));

/** Figures around the edges, and many that nobody has. */
const figure = {
  handle_ms: fc.constantFrom(Number.NaN, 0, 59_999, 60_000, 479_999, 480_000, 720_000),
  handle_count: fc.constantFrom(Number.NaN, 0, 1, 2, 3),
  interactions: fc.constantFrom(Number.NaN, 0, 1, 2, 3, 4),
  quality_sum_milli: fc.constantFrom(Number.NaN, 79_999, 80_000),
  quality_count: fc.constantFrom(0, 1),
  open_handle_days: fc.constantFrom(0, 0, 1),
  open_quality_days: fc.constantFrom(0, 0, 1),
};
const dayFound = fc.record({
  measures: fc.record(figure),
  agent: fc.option(fc.record({ isEmployed: fc.constantFrom(true, true, false), site: fc.constantFrom("North", "South", null) })),
});
const standing = fc.option(fc.record({ asOf: fc.constantFrom("2024-03-29", ...days), isReversed: fc.boolean() }));

type Found = typeof dayFound extends fc.Arbitrary<infer T> ? T : never;
function figuresOf(agentId: string, found: readonly Found[]): AgentFigures {
  const rows = new Float64Array(found.length * measuresInRow).fill(Number.NaN);
  for (const [window, { measures }] of found.entries()) {
    for (const [place, name] of measureNames.entries()) {
      const value = Object.entries(measures).find(([key]) => key === name)?.[1];
      if (value !== undefined) rows[window * measuresInRow + place] = value;
    }
  }
  const agentsThen = found.map(({ agent }): AgentThen | undefined =>
    agent === null
      ? undefined
      : { agentId, teamId: null, teamName: null, role: null, employment: null, zone: "UTC", evaluatedAt: 0, ...agent },
  );
  return { recipient: { agentId, source: "csv:test", nativeId: agentId }, firstWindow: 0, agentsThen, rows };
}

function knownOf(agentId: string, awards: readonly ({ readonly asOf: string; readonly isReversed: boolean } | null)[]) {
  return new Map(
    definitions.flatMap(({ id, reset }, index): [string, KnownEntry][] => {
      const award = awards[index] ?? null;
      const periodId = reset === "never" ? "lifetime" : "2024-Q1";
      if (award === null) return [];
      const entry: KnownEntry = {
        agentId,
        definitionId: id,
        periodId,
        awardKey: awardKeyOf(agentId, id, periodId),
        entryNo: 1,
        action: award.isReversed ? "reverse" : "grant",
        ruleHash: `hash of ${id}`,
        tier: "T",
        occurredAt: 0,
        finding: { asOf: award.asOf, valueMilli: "100000", n: 2 },
      };
      return [[entitlementPlace(id, periodId), entry]];
    }),
  );
}

test("[S3-R22] counting verdicts by numbers comes to the same as planning each with its words, whatever the figures and awards", async () => {
  const outcomes = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.record({ found: fc.tuple(dayFound, dayFound, dayFound), awards: fc.tuple(standing, standing, standing) }), {
        maxLength: 4,
      }),
      async (agents) => {
        const known = new Map(agents.map(({ awards }, no) => [`agent ${no}`, knownOf(`agent ${no}`, awards)]));
        const decide = async (shown: number, writer: DecisionWriter | null) => {
          const tally = openTally(versions, shown);
          const late = { periodOf: () => [], definitionOf: () => undefined };
          const decider = prepareDecider({ specs, batches: {}, known, late, tally, writer, zone: "UTC" });
          for (const [no, { found }] of agents.entries()) await decider.tonight(figuresOf(`agent ${no}`, found));
          return tally.result();
        };
        const written: DecidedAgent[] = [];
        const writer: DecisionWriter = { add: async (decided) => void written.push(decided), finish: async () => {}, duplicate: () => 0 };
        const planned = await decide(1000, writer);
        const counted = await decide(0, null);
        expect({ ...counted, changes: [] }).toEqual({ ...planned, changes: [] });
        expect(await decide(1000, null)).toEqual(planned);
        const kept = written.flatMap(({ decisions }) => decisions);
        expect(kept).toHaveLength(counted.totals.input);
        for (const { outcome, verdict, commitState } of kept) outcomes.add(`${outcome}: ${commitState} ${verdict}`);
      },
    ),
    { seed: 11, numRuns: 300 },
  );
  expect([...outcomes]).toEqual(expect.arrayContaining(["granted: final met", "suppressed: provisional met", "duplicate: final not_met"]));
  expect([...outcomes]).toEqual(expect.arrayContaining(["no: final out_of_scope", "no: provisional insufficient_data"]));
});
