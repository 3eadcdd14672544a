import type { RoiSettings } from "../../domain/roi/report/facts.ts";

/** The settings as the marts were built with (`meta.setting`), so that report and marts never disagree. */
export function roiSettings(settings: Readonly<Record<string, string>>): RoiSettings {
  const whole = (name: string): number | null => {
    const value = settings[name];
    return value === undefined ? null : Number(value);
  };
  const minor = (name: string): bigint | null => {
    const value = settings[name];
    return value === undefined ? null : BigInt(value);
  };
  return {
    zone: settings.organisation_zone ?? null,
    currency: settings.currency ?? "USD",
    loadedRateMinorPerHour: minor("loaded_rate_minor_per_hour"),
    realisationPpm: whole("realisation_ppm") ?? 1_000_000,
    replacementCostMinor: minor("replacement_cost_minor"),
    minorPerQualityPoint: minor("usd_per_quality_point_minor"),
    monthlyAttritionPpm: whole("monthly_attrition_ppm"),
    hazardRatioMilli: whole("hazard_ratio_milli") ?? 3_200,
    riskThresholdPpm: whole("risk_engagement_threshold_ppm") ?? 400_000,
    triggerThresholdPpm: whole("engagement_trigger_ppm") ?? 500_000,
    riskCostThresholdPpm: whole("engagement_risk_cost_threshold_ppm") ?? 600_000,
    decayHalfLifeDays: whole("decay_half_life_days") ?? 7,
    decayWindowDays: whole("decay_window_days") ?? 14,
    announcedOn: settings.programme_announced_on ?? null,
    allocation: settings.programme_allocation ?? null,
    holdoutSharePpm: whole("programme_holdout_share_ppm"),
  };
}
