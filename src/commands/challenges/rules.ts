import type { Config } from "../../config/config.ts";
import { type AdjustRules, defaultRules } from "../../domain/adjust/plan-adjustment.ts";

export function rulesOf({ risk }: Pick<Config, "risk">): AdjustRules {
  return { ...defaultRules, triggerPpm: risk.engagementTriggerPpm };
}
