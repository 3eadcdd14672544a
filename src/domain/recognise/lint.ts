import { dayNumber } from "../calendar.ts";
import { amountText, type Goal, goalText, type MilestoneDefinition } from "./definition.ts";
import { type Metric, metricNamed, type Volume, volumes } from "./metrics.ts";
import { resetPeriodOf } from "./reset-period.ts";

/** One thing a definition says that cannot be meant. `error`: nothing is decided by these files. */
export interface LintFinding {
  readonly rule: string;
  readonly level: "error" | "warning";
  readonly definitionId: string;
  readonly text: string;
}

type Check = (definition: MilestoneDefinition) => readonly Omit<LintFinding, "definitionId">[];

/** Rules of one definition, then rules between several. */
export function lintMilestones(definitions: readonly MilestoneDefinition[]): LintFinding[] {
  const single = definitions.flatMap((definition) =>
    checks.flatMap((check) => check(definition).map((finding) => ({ ...finding, definitionId: definition.id }))),
  );
  return [
    ...single,
    ...versionsOverlap(definitions),
    ...pairs(definitions).flatMap(([one, other]) => [...sameThingTwice(one, other), ...tiersContradict(one, other)]),
  ];
}

const error = (rule: string, text: string) => ({ rule, level: "error", text }) as const;
const warning = (rule: string, text: string) => ({ rule, level: "warning", text }) as const;

const checks: readonly Check[] = [
  ({ goal, guards }) => [goal, ...guards].flatMap(goalIsSound),
  ({ goal, floorMilli }) => {
    if (goal.direction !== "lower")
      return floorMilli === null ? [] : [error("floor_of_higher", "a floor belongs to a metric of which less is better")];
    if (floorMilli === null) {
      return [error("missing_floor", `less ${goal.metric} is better without end: name a floor below which it does not count (T73)`)];
    }
    if (floorMilli < goal.thresholdMilli) return [];
    return [
      error(
        "floor_above_threshold",
        `the floor ${amountText(floorMilli, goal.unit)} is not below the threshold ${goalText(goal)}: nobody can meet both`,
      ),
    ];
  },
  windowFits,
  ({ minimum, window, goal }) => {
    if (window.unit !== "interactions" || minimum.interactions === undefined || minimum.interactions <= window.last) return [];
    return [
      error(
        "unreachable_minimum",
        `at least ${minimum.interactions} interactions cannot be among the last ${window.last} of ${goal.metric}`,
      ),
    ];
  },
  ({ minimum, goal }) => {
    const metric = metricNamed(goal.metric);
    if (metric.aggregate !== "ratio" || volumes.some((volume) => minimum[volume] !== undefined)) return [];
    return [warning("no_minimum", `a single lucky day decides ${goal.metric}: name a minimum of ${metric.volume} (T83)`)];
  },
  ({ minimum, window }) => {
    if (window.unit !== "days" || minimum.days === undefined || minimum.days <= window.last) return [];
    return [error("unreachable_minimum", `at least ${minimum.days} days cannot lie in the last ${window.last} days`)];
  },
  validityIsSound,
];

function goalIsSound({ metric: name, direction, thresholdMilli, unit, isStrict }: Goal): Omit<LintFinding, "definitionId">[] {
  const metric = metricNamed(name);
  const found: Omit<LintFinding, "definitionId">[] = [];
  if (unit !== metric.unit) found.push(error("wrong_unit", `${name} is measured in ${metric.unit}, not in ${unit}`));
  if (direction !== metric.better) {
    found.push(error("wrong_way", `${metric.better} is better for ${name}: a threshold that asks for ${direction} rewards bad work`));
  }
  const [low, high] = metric.range;
  const value = thresholdMilli / 1000;
  const isOutside = value < low || (high !== null && value > high);
  const isBeyond = isStrict && (direction === "lower" ? value <= low : high !== null && value >= high);
  if (isOutside)
    found.push(
      error(
        "threshold_out_of_range",
        `${amountText(thresholdMilli, metric.unit)} lies outside of what ${name} can be (${low} to ${high ?? "any"} ${metric.unit})`,
      ),
    );
  else if (isBeyond)
    found.push(
      error("threshold_out_of_range", `${name} ${goalText({ direction, thresholdMilli, unit: metric.unit, isStrict })} can never be met`),
    );
  return found;
}

function windowFits({ goal, guards, window, scope, reset }: MilestoneDefinition): Omit<LintFinding, "definitionId">[] {
  const found: Omit<LintFinding, "definitionId">[] = [];
  const metrics = [goal, ...guards].map(({ metric }) => metricNamed(metric));
  const main = metricNamed(goal.metric);
  for (const metric of metrics.filter(({ isPerInteraction }) => !isPerInteraction)) {
    if (window.unit === "interactions")
      found.push(error("window_unit", `${metric.name} is not known per interaction: give it a window of days`));
    if (scope.queue.length > 0) found.push(error("queue_scope", `${metric.name} is not known per queue: leave the queue out`));
  }
  if (window.unit === "interactions" && goal.metric === "interactions") {
    found.push(error("window_unit", "the number of the last n interactions is n: give it a window of days"));
  }
  if (window.unit === "days" && main.unit === "days" && goal.thresholdMilli > window.last * 1000) {
    found.push(error("unreachable_threshold", `${goalText(goal)} cannot lie in the last ${window.last} days`));
  }
  if (window.unit === "period" && reset === "never" && main.aggregate !== "total" && main.aggregate !== "longest_run") {
    found.push(
      error(
        "endless_period",
        `${goal.metric} over a period that never ends is an average of a whole career: reset it, or give it a window of days`,
      ),
    );
  }
  return found;
}

function validityIsSound({ valid, reset, window }: MilestoneDefinition): Omit<LintFinding, "definitionId">[] {
  if (valid.to === null) return [];
  if (valid.to <= valid.from) return [error("empty_validity", `it is valid from ${valid.from} up to ${valid.to}: on no day`)];
  const period = resetPeriodOf(reset, valid.from);
  const first = period.from === valid.from ? period : resetPeriodOf(reset, period.until ?? valid.from);
  if (window.unit === "period" && first.until !== null && first.until > valid.to) {
    return [
      warning("period_never_ends", `no whole ${reset} lies between ${valid.from} and ${valid.to}: its period never ends while it is valid`),
    ];
  }
  return [];
}

function versionsOverlap(definitions: readonly MilestoneDefinition[]): LintFinding[] {
  return [...Map.groupBy(definitions, ({ id }) => id)].flatMap(([id, versions]) => {
    const ordered = versions.toSorted((one, other) => dayNumber(one.valid.from) - dayNumber(other.valid.from));
    return ordered.flatMap((version, index) => {
      const next = ordered[index + 1];
      if (next === undefined || (version.valid.to !== null && version.valid.to <= next.valid.from)) return [];
      const text = `two versions are valid on ${next.valid.from}: end the earlier one there (valid.to), or give the other another id`;
      return [{ definitionId: id, ...error("overlapping_versions", text) }];
    });
  });
}

function pairs(definitions: readonly MilestoneDefinition[]): [MilestoneDefinition, MilestoneDefinition][] {
  return definitions.flatMap((one, index) =>
    definitions
      .slice(index + 1)
      .filter((other) => other.id !== one.id && areValidTogether(one, other) && measureAlike(one) === measureAlike(other))
      .map((other): [MilestoneDefinition, MilestoneDefinition] => [one, other]),
  );
}

function areValidTogether(one: MilestoneDefinition, other: MilestoneDefinition): boolean {
  const ends = (definition: MilestoneDefinition) => definition.valid.to ?? "9999-12-31";
  return one.valid.from < ends(other) && other.valid.from < ends(one);
}

/** What two definitions must share to be compared: the same figure of the same people in the same window. */
function measureAlike({ goal, window, scope, reset, guards, minimum }: MilestoneDefinition): string {
  return JSON.stringify([goal.metric, window, scope, reset, guards, volumes.map((volume: Volume) => minimum[volume] ?? null)]);
}

function sameThingTwice(one: MilestoneDefinition, other: MilestoneDefinition): LintFinding[] {
  if (one.goal.thresholdMilli !== other.goal.thresholdMilli || one.goal.isStrict !== other.goal.isStrict) return [];
  return [
    { definitionId: other.id, ...warning("overlapping_definitions", `asks for the same as ${one.id}: whoever meets one is awarded twice`) },
  ];
}

/** A better tier must be harder to reach. */
function tiersContradict(one: MilestoneDefinition, other: MilestoneDefinition): LintFinding[] {
  if (one.tier.rank === other.tier.rank) return [];
  const [better, lesser] = one.tier.rank > other.tier.rank ? [one, other] : [other, one];
  const metric: Metric = metricNamed(better.goal.metric);
  const harder =
    metric.better === "lower"
      ? better.goal.thresholdMilli < lesser.goal.thresholdMilli
      : better.goal.thresholdMilli > lesser.goal.thresholdMilli;
  const isSame = better.goal.thresholdMilli === lesser.goal.thresholdMilli;
  if (harder || (isSame && better.goal.isStrict && !lesser.goal.isStrict)) return [];
  const text = `${better.tier.name} (rank ${better.tier.rank}) asks for ${goalText(better.goal)}, which is no harder than ${goalText(lesser.goal)} for ${lesser.tier.name} of ${lesser.id}`;
  return [{ definitionId: better.id, ...error("contradictory_tiers", text) }];
}
