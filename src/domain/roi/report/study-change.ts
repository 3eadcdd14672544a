import { addDays } from "../../calendar.ts";
import { t95 } from "../../estimate/distributions.ts";
import { quantileOf } from "../../estimate/quantile.ts";
import { startRandom } from "../../estimate/random.ts";
import type { StatusChangeFacts, StatusDay } from "./facts.ts";
import { absent, type Evidence, type Figure, measured } from "./figure.ts";
import type { StatusStudy } from "./report.ts";

/** Two weeks on either side make the level before and the change; the day of the change belongs to "after". */
const daysCompared = 14;
export const lastDay = 28;
/** A dip is over when nine tenths of its depth are made up: the rest fades without an end. */
const madeUp = 0.1;
/** Three days on either side: a week, so that weekdays do not look like a recovery. */
const reach = 3;
const fewestGroups = 5;
const draws = 499;
/** Streams 0 to 4 of the generator belong to the estimators. */
const procedure = 5;

/** The event study of one change: levels, the change between them, and the day on which a dip is over, each with its interval. */
export function describeStatusChange(facts: StatusChangeFacts, seed: number): StatusStudy {
  const { changedOn } = facts;
  return {
    challengeId: facts.challengeId,
    name: facts.name ?? facts.challengeId,
    kind: facts.kind,
    status: facts.status,
    changedOn,
    daysLoaded: facts.daysLoaded,
    before: levelBetween(facts, -daysCompared, -1),
    after: levelBetween(facts, 0, daysCompared - 1),
    ...describeRecovery(facts, seed),
    days: levelsByDay(facts.days),
  };
}

interface Sums {
  readonly sum: number;
  readonly n: number;
}

/** Mean of a ratio of sums over groups of teams, and its error as that of a ratio (J/(J-1) by group). */
function ratioOverGroups(groups: readonly Sums[]): { mean: number; n: number; half: number | null } | null {
  const n = groups.reduce((total, group) => total + group.n, 0);
  if (n === 0) return null;
  const mean = groups.reduce((total, group) => total + group.sum, 0) / n;
  const present = groups.filter((group) => group.n > 0);
  const squares = present.reduce((total, group) => total + (group.sum - mean * group.n) ** 2, 0);
  const groupsOfTeams = present.length;
  const isKnown = groupsOfTeams >= fewestGroups && squares > 0;
  const error = Math.sqrt((squares * groupsOfTeams) / (groupsOfTeams - 1)) / n;
  return { mean, n, half: isKnown ? t95(groupsOfTeams - 1) * error : null };
}

function groupSums(days: readonly StatusDay[], pick: (day: StatusDay) => Sums): Sums[] {
  const groups = Map.groupBy(days, ({ group }) => group);
  return [...groups.values()].map((own) => {
    const parts = own.map(pick);
    return { sum: parts.reduce((total, { sum }) => total + sum, 0), n: parts.reduce((total, { n }) => total + n, 0) };
  });
}

const levelOf = ({ engagementPpm, agents }: StatusDay): Sums => ({ sum: engagementPpm / 1e6, n: agents });
const deviationOf = ({ deviationPpm, comparedAgents }: StatusDay): Sums => ({ sum: deviationPpm / 1e6, n: comparedAgents });

const fewTeams = `fewer than ${fewestGroups} teams were observed`;

function levelBetween({ days, changedOn }: StatusChangeFacts, from: number, to: number): Figure {
  const inside = days.filter(({ offset }) => offset >= from && offset <= to);
  const found = ratioOverGroups(groupSums(inside, levelOf));
  const evidence: Evidence = {
    n: found?.n ?? 0,
    of: "agent-days",
    window: { from: addDays(changedOn, from), to: addDays(changedOn, to) },
  };
  if (found === null) return absent("no engagement was observed", "share", evidence);
  return measured(found.mean, "share", evidence, around(found), fewTeams);
}

function around({ mean, half }: { mean: number; half: number | null }): readonly [number, number] | null {
  return half === null ? null : [mean - half, mean + half];
}

function levelsByDay(days: readonly StatusDay[]): StatusStudy["days"] {
  return [...Map.groupBy(days, ({ offset }) => offset)]
    .sort(([left], [right]) => left - right)
    .flatMap(([offset, own]) => {
      const found = ratioOverGroups(groupSums(own, levelOf));
      if (found === null) return [];
      const [low = null, high = null] = around(found) ?? [];
      return [{ offset, mean: rounded(found.mean), low: rounded(low), high: rounded(high), agents: found.n }];
    });
}

function rounded<Value extends number | null>(value: Value): Value;
function rounded(value: number | null): number | null {
  return value === null ? null : Math.round(value * 1e6) / 1e6;
}

/** Deviations from the agents' own level before, by group and day from the change on. */
interface Series {
  readonly groups: readonly (readonly Sums[])[];
  readonly days: number;
}

type Recovery = Pick<StatusStudy, "change" | "recoveryDay" | "isRecoveryOpen">;

function describeRecovery(facts: StatusChangeFacts, seed: number): Recovery {
  const { changedOn, daysLoaded } = facts;
  const compared = facts.days.filter(({ offset }) => offset >= 0 && offset < daysCompared);
  const found = ratioOverGroups(groupSums(compared, deviationOf));
  const evidence: Evidence = {
    n: found?.n ?? 0,
    of: "agent-days of agents with 3 observed days before",
    window: { from: addDays(changedOn, -daysCompared), to: addDays(changedOn, daysCompared - 1) },
  };
  const whole: Evidence = { ...evidence, window: { from: changedOn, to: addDays(changedOn, Math.min(lastDay, Math.max(daysLoaded, 0))) } };
  const none = (reason: string): Recovery => ({
    change: absent(reason, "share", evidence),
    recoveryDay: absent(reason, "days", whole),
    isRecoveryOpen: false,
  });
  if (daysLoaded < daysCompared - 1)
    return none(`not yet: ${Math.max(daysLoaded + 1, 0)} of ${daysCompared} days after the change are loaded`);
  if (found === null) return none("nobody was observed both before and after");
  const interval = around(found);
  const change = measured(found.mean, "share", evidence, interval, fewTeams);
  const noRecovery = (reason: string): Recovery => ({ change, recoveryDay: absent(reason, "days", whole), isRecoveryOpen: false });
  if (interval === null) return noRecovery(`whether there is a dip is not known: ${fewTeams}`);
  if (interval[1] >= 0) return noRecovery("no dip to recover from: the two weeks after are not shown to be lower than the two before");
  return { change, ...timeRecovery(seriesOf(facts), seed, whole) };
}

function seriesOf({ days, daysLoaded }: StatusChangeFacts): Series {
  const length = Math.min(lastDay, daysLoaded) + 1;
  const groups = [...Map.groupBy(days, ({ group }) => group)].sort(([left], [right]) => left - right);
  return {
    days: length,
    groups: groups.map(([, own]) => {
      const byDay = new Map(own.map((day) => [day.offset, deviationOf(day)]));
      return Array.from({ length }, (_, offset) => byDay.get(offset) ?? { sum: 0, n: 0 });
    }),
  };
}

/** Teams are drawn again 499 times; a draw without a recovery counts as one after the last day. */
function timeRecovery({ groups, days }: Series, seed: number, evidence: Evidence): Omit<Recovery, "change"> {
  const found = recoveryOf({ groups, days });
  const random = startRandom(seed, procedure);
  const drawn = Array.from({ length: draws }, () => {
    const again = groups.map(() => groups[random.below(groups.length)] ?? []);
    return recoveryOf({ groups: again, days }) ?? days;
  });
  const low = Math.floor(quantileOf(drawn, 0.025));
  const high = Math.ceil(quantileOf(drawn, 0.975));
  const isRecoveryOpen = high >= days;
  if (found === null) {
    const earliest = low >= days ? "" : `; day ${low} is the earliest the data allows (95 %)`;
    return { recoveryDay: absent(`not over within the ${days - 1} days that are loaded${earliest}`, "days", evidence), isRecoveryOpen };
  }
  return { recoveryDay: measured(found, "days", evidence, [Math.min(low, found), Math.min(high, days - 1)]), isRecoveryOpen };
}

/** First day after the lowest one whose week around it has made up nine tenths of the dip; null when there is none. */
function recoveryOf({ groups, days }: Series): number | null {
  const sums = Array.from({ length: days }, (_, offset) =>
    groups.reduce((total, group) => ({ sum: total.sum + (group[offset]?.sum ?? 0), n: total.n + (group[offset]?.n ?? 0) }), {
      sum: 0,
      n: 0,
    }),
  );
  const means = sums.map((_, day) => {
    const around = sums.slice(Math.max(0, day - reach), day + reach + 1);
    const n = around.reduce((total, part) => total + part.n, 0);
    return n === 0 ? Number.NaN : around.reduce((total, part) => total + part.sum, 0) / n;
  });
  const whole = means.slice(0, Math.max(1, days - reach));
  const depth = Math.min(...whole.filter(Number.isFinite));
  if (!(depth < 0)) return 0;
  const lowest = whole.indexOf(depth);
  const recovered = whole.findIndex((mean, day) => day > lowest && mean >= depth * madeUp);
  return recovered === -1 ? null : recovered;
}
