import { expect, test } from "vitest";
import { panelOf } from "../../../test/support/panels.ts";
import { combineCells, isPost } from "./aggregate.ts";
import { estimateChallenges, type Participation } from "./challenge-effects.ts";
import { inferFrom } from "./effect.ts";
import { defaultDesign, estimateGroupTime } from "./group-time.ts";
import { startRandom } from "./random.ts";

/** 60 agents in 12 teams over 30 weeks, the first three teams treated in weeks 12 to 15 if `effect` says so. */
function panel(effect: number, treatedFrom: number | null) {
  const random = startRandom(3, 9);
  return panelOf(
    Array.from({ length: 60 }, (_, agent) =>
      Array.from({ length: 30 }, (_week, period) => ({
        unit: `a${String(agent).padStart(2, "0")}`,
        cluster: `t${agent % 12}`,
        period,
        treatedFrom: agent % 12 < 3 ? (treatedFrom ?? 29) : null,
        outcome: 300 + agent + 4 * random.unit() + (agent % 12 < 3 && period >= 12 && period <= 15 ? effect : 0),
      })),
    ).flat(),
  );
}

function join(challenge: string, agents: readonly number[], from: number, to: number): Participation[] {
  return agents.map((agent) => ({ challenge, unit: `a${String(agent).padStart(2, "0")}`, from, to }));
}

const inThreeTeams = Array.from({ length: 60 }, (_, agent) => agent).filter((agent) => agent % 12 < 3);
const options = { design: defaultDesign, aftermath: 0 };

test("one challenge alone is the plain estimator on its window", () => {
  const { challenges, overall } = estimateChallenges(panel(-6, null), join("spring", inThreeTeams, 12, 15), options);
  const plain = panel(-6, 12);
  const groupTime = estimateGroupTime(plain, defaultDesign, (eventTime) => eventTime >= 0 && eventTime <= 3);
  const direct = combineCells(groupTime, groupTime.cells.filter(isPost));
  if (direct === null || overall === null) throw new Error("no effect");
  expect(challenges).toMatchObject([{ challenge: "spring", launch: 12, participants: 15, controls: 45 }]);
  expect(overall.estimate).toBeCloseTo(direct.estimate, 10);
  expect(inferFrom(plain, overall).standardError).toBeCloseTo(inferFrom(plain, direct).standardError ?? 0, 10);
  const { low, high } = inferFrom(plain, overall);
  expect((low ?? 0) < -6 && -6 < (high ?? -9)).toBe(true);
});

test("agents busy in another challenge of the window are no controls, and the aftermath dilutes the effect", () => {
  const busy = [3, 15, 27];
  const both = [...join("spring", inThreeTeams, 12, 15), ...join("other", busy, 6, 8)];
  const { challenges } = estimateChallenges(panel(-6, null), both, options);
  expect(challenges.find(({ challenge }) => challenge === "spring")?.controls).toBe(42);
  const [withAftermath] = estimateChallenges(panel(-6, null), join("spring", inThreeTeams, 12, 15), {
    ...options,
    aftermath: 2,
  }).challenges;
  expect(Math.abs((withAftermath?.effect?.estimate ?? 0) + 4)).toBeLessThan(0.6);
});

test("without clean controls there is no effect", () => {
  const everybody = Array.from({ length: 60 }, (_, agent) => agent);
  expect(estimateChallenges(panel(-6, null), join("all", everybody, 12, 15), options)).toMatchObject({
    challenges: [{ controls: 0, effect: null }],
    overall: null,
  });
});
