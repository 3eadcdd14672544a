import fc from "fast-check";
import { expect, test } from "vitest";
import { assignHoldout, checkHoldout, type HoldoutTeam, tenureClass } from "./holdout.ts";

const key = Buffer.from("gami-test-seed");
const plan = { programme: "spring", share: 0.1 };

const teamsArbitrary = fc.uniqueArray(
  fc.record({
    team: fc.string({ minLength: 1, maxLength: 8 }),
    site: fc.constantFrom("Berlin", "Kolkata", "Sydney"),
    tenure: fc.constantFrom("0-90", "91-365", "over 365"),
  }),
  { selector: ({ team }) => team, minLength: 1, maxLength: 200 },
);

test("the holdout is its share of all teams and of every stratum, to within one team", () => {
  fc.assert(
    fc.property(teamsArbitrary, fc.constantFrom(0.05, 0.1, 0.5), (teams, share) => {
      const drawn = assignHoldout(teams, { ...plan, share }, key);
      const isNear = (wanted: (team: HoldoutTeam) => boolean) => {
        const group = drawn.filter(wanted);
        const held = group.filter(({ arm }) => arm === "holdout").length;
        return Math.abs(held - share * group.length) < 1 + 1e-9;
      };
      expect(isNear(() => true)).toBe(true);
      for (const { site, tenure } of teams) expect(isNear((team) => team.site === site && team.tenure === tenure)).toBe(true);
    }),
  );
});

test("the same key draws the same, in whatever order the teams come; another key or programme draws anew", () => {
  const teams = Array.from({ length: 60 }, (_, index) => ({ team: `t${index}`, site: "Berlin", tenure: tenureClass(index * 10) }));
  const drawn = assignHoldout(teams, plan, key);
  expect(assignHoldout([...teams].reverse(), plan, key)).toEqual(drawn);
  expect(assignHoldout(teams, { ...plan, programme: "autumn" }, key)).not.toEqual(drawn);
  expect(assignHoldout(teams, plan, Buffer.from("other"))).not.toEqual(drawn);
});

test("each team is held out about as often as any other", () => {
  const teams = Array.from({ length: 20 }, (_, index) => ({ team: `t${index}`, site: index < 7 ? "Berlin" : "Sydney", tenure: "0-90" }));
  const counts = new Map<string, number>();
  for (let draw = 0; draw < 2000; draw++) {
    for (const { team, arm } of assignHoldout(teams, { ...plan, programme: `p${draw}` }, key)) {
      if (arm === "holdout") counts.set(team, (counts.get(team) ?? 0) + 1);
    }
  }
  // 200 expected, standard deviation 13.4.
  for (const count of teams.map(({ team }) => counts.get(team) ?? 0)) expect(Math.abs(count - 200)).toBeLessThan(60);
});

test("the status names teams that were held out and enrolled all the same", () => {
  const assignments = [
    { team: "a", site: "Berlin", tenure: "0-90", arm: "holdout" as const },
    { team: "b", site: "Berlin", tenure: "0-90", arm: "treated" as const },
    { team: "c", site: "Berlin", tenure: "0-90", arm: "holdout" as const },
    { team: "gone", site: "Berlin", tenure: "0-90", arm: "treated" as const },
  ];
  const status = checkHoldout(assignments, 0.5, { enrolled: new Set(["a", "b"]), present: new Set(["a", "b", "c"]) });
  expect(status.enrolledHoldout).toEqual(["a"]);
  expect(status.teams).toEqual({ holdout: 1, treated: 2 });
});
