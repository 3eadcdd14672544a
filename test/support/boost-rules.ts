import { type AdjustRules, defaultRules } from "../../src/domain/adjust/rules.ts";

/** A boost by a fifth for a week, where engagement falls below one half. */
export const boostRules: AdjustRules = {
  ...defaultRules,
  triggerPpm: 500_000,
  multiplierMilli: 1_200,
  mostMultiplierMilli: 1_500,
  boostDays: 7,
  cooldownDays: 10,
};
