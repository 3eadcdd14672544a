import type { Config } from "./config.ts";

/** What dbt reads from `meta.setting`, as text. What the user gave no figure for is empty: the setting is taken away, and models say "missing". */
export function settingsOf(config: Config): Readonly<Record<string, string>> {
  const { organisation, identity, finance, risk, lifecycle, programme } = config;
  const settings: [string, string | number | bigint | null][] = [
    ["organisation_zone", organisation.zone],
    ["day_start", organisation.dayStart],
    ["identity", identity],
    ["currency", finance.currency],
    ["loaded_rate_minor_per_hour", finance.loadedRateMinorPerHour],
    ["realisation_ppm", finance.realisationPpm],
    ["replacement_cost_minor", finance.replacementCostMinor],
    ["usd_per_quality_point_minor", finance.minorPerQualityPoint],
    ["monthly_attrition_ppm", finance.monthlyAttritionPpm],
    ["risk_engagement_threshold_ppm", risk.engagementThresholdPpm],
    ["engagement_trigger_ppm", risk.engagementTriggerPpm],
    ["engagement_risk_cost_threshold_ppm", risk.riskCostThresholdPpm],
    ["hazard_ratio_milli", risk.hazardRatioMilli],
    ["decay_half_life_days", lifecycle.halfLifeDays],
    ["decay_window_days", lifecycle.windowDays],
    ["weight.active", lifecycle.weightsPpm.active],
    ["weight.paused", lifecycle.weightsPpm.paused],
    ["weight.expired", lifecycle.weightsPpm.expired],
    ["weight.retired", lifecycle.weightsPpm.retired],
    ["programme_announced_on", programme.announcedOn],
    ["programme_allocation", programme.allocation],
    ["programme_holdout_share_ppm", programme.holdoutSharePpm],
  ];
  return Object.fromEntries(settings.map(([name, value]) => [name, String(value ?? "")]));
}
