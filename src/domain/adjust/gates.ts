/**
 * The statistics that decide whether a challenge may be boosted (statistics.md section 4). Missing data never passes: a gate
 * without enough of it is `null`, and whoever asks holds.
 */

export interface AgentDayScore {
  readonly agentId: string;
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly score: number;
}

export interface Slope {
  /** Points per day, within agents. */
  readonly slope: number;
  readonly standardError: number;
  readonly n: number;
}

/** Slope within agents, so that a change in who was scored is no trend; errors are clustered by agent. Null with fewer than two scored agents or days. */
export function qualitySlope(scores: readonly AgentDayScore[]): Slope | null {
  const series = [...Map.groupBy(scores, ({ agentId }) => agentId).values()].map((own) => {
    const [meanDay, meanScore] = [mean(own.map(({ day }) => day)), mean(own.map(({ score }) => score))];
    return own.map(({ day, score }) => ({ t: day - meanDay, q: score - meanScore }));
  });
  const spread = sum(series.flat().map(({ t }) => t * t));
  if (spread === 0 || scores.length < 3) return null;
  const slope = sum(series.flat().map(({ t, q }) => t * q)) / spread;
  const residual = ({ t, q }: { t: number; q: number }) => q - slope * t;
  if (series.length === 1) {
    const [own = []] = series;
    const variance = sum(own.map((point) => residual(point) ** 2)) / (own.length - 2);
    return { slope, standardError: Math.sqrt(variance / spread), n: scores.length };
  }
  const clusters = series.map((own) => sum(own.map((point) => point.t * residual(point))) ** 2);
  return { slope, standardError: Math.sqrt(sum(clusters)) / spread, n: scores.length };
}

export interface CohortDay {
  /** Days since 1970-01-01. */
  readonly day: number;
  readonly handleSeconds: number;
  readonly contacts: number;
}

/** Days of fewer contacts are sampling noise. */
export const leastContactsPerDay = 200;

/** 1 minus the variation of the cohort's daily handle time, means of weekdays removed where a weekday came twice. Null with fewer than 5 days. */
export function handleTimeStability(days: readonly CohortDay[]): { readonly stability: number; readonly n: number } | null {
  const known = days
    .filter(({ contacts }) => contacts >= leastContactsPerDay)
    .map(({ day, handleSeconds, contacts }) => ({ weekday: ((day % 7) + 7) % 7, value: handleSeconds / contacts }));
  if (known.length < 5) return null;
  const overall = mean(known.map(({ value }) => value));
  const weekdays = Map.groupBy(known, ({ weekday }) => weekday);
  const adjusted = known.map(({ weekday, value }) => {
    const same = weekdays.get(weekday) ?? [];
    return same.length > 1 ? value - mean(same.map((one) => one.value)) + overall : value;
  });
  return { stability: Math.max(0, 1 - deviation(adjusted) / overall), n: known.length };
}

function deviation(values: readonly number[]): number {
  const centre = mean(values);
  return Math.sqrt(sum(values.map((value) => (value - centre) ** 2)) / (values.length - 1));
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
