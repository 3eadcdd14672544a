import type { MilestoneDefinition } from "../../domain/recognise/definition.ts";
import { ConfigError } from "../../errors.ts";
import type { Config } from "../config.ts";
import { type ReadMilestones, readMilestones, requireMilestones } from "./read.ts";

/** What the files of a config say, faults included. */
export function readMilestonesOf({ milestones }: Pick<Config, "milestones">): ReadMilestones {
  return readMilestones(milestones.places, { mayBeMissing: !milestones.isNamed });
}

/** The definitions of a config. @throws ConfigError when there are none, or anything in them is wrong. */
export function requireMilestonesOf(config: Pick<Config, "milestones">): readonly MilestoneDefinition[] {
  const definitions = requireMilestones(readMilestonesOf(config));
  if (definitions.length > 0) return definitions;
  throw new ConfigError(`there are no milestone definitions: looked in ${config.milestones.places.join(", ")}`, {
    code: "MILESTONES_MISSING",
    hint: "write one (docs/recognition.md shows how), then run 'gami milestones lint'",
  });
}
