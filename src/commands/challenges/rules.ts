import type { Config } from "../../config/config.ts";
import { type AdjustRules, defaultRules } from "../../domain/adjust/rules.ts";

export function rulesOf({ risk, boosts }: Pick<Config, "risk" | "boosts">): AdjustRules {
  return {
    ...defaultRules,
    triggerPpm: risk.engagementTriggerPpm,
    multiplierMilli: boosts.multiplierMilli,
    mostMultiplierMilli: boosts.mostMultiplierMilli,
    boostDays: boosts.days,
    cooldownDays: boosts.cooldownDays,
  };
}
