import type { RoiSettings } from "./facts.ts";
import { associated, type Figure, type MoneyFigure, type MoneyRange, measured, money, noMoney } from "./figure.ts";
import { type Grade, isCausal } from "./grade.ts";
import { noRate, ratioOfReturn } from "./plan-money.ts";
import type { MoneyTable, RateSensitivity } from "./report.ts";

/** Around the configured rate, in percent of it; and what is usual for capacity (all of it) and for cash. */
const ratePercents = [75n, 100n, 125n] as const;
const usualRealisationsPpm = [600_000, 1_000_000] as const;

/** What the gain and the ROI would be at other prices: the measured seconds stay, only what they are worth moves. */
export function planRates(table: Omit<MoneyTable, "rates">, settings: RoiSettings, grade: Grade): RateSensitivity {
  const handleTime = table.parts.find(({ kind, name }) => kind === "benefit" && name === "Handle time")?.figure ?? null;
  const rate = settings.loadedRateMinorPerHour;
  if (handleTime === null) return none("a challenge's share is not split into handle time and quality here", table);
  if (rate === null || rate === 0n) return none(noRate, table);
  if (handleTime.amountMinor === null) return none(`no gain in handle time: ${handleTime.reason ?? "unknown"}`, table);
  const realisations = [...new Set([...usualRealisationsPpm, settings.realisationPpm])].sort((a, b) => a - b);
  const rows = ratePercents.flatMap((percent) =>
    realisations.map((realisationPpm) => {
      const ratePerHourMinor = (rate * percent) / 100n;
      const factor = (Number(ratePerHourMinor) * realisationPpm) / (Number(rate) * settings.realisationPpm);
      const isConfigured = ratePerHourMinor === rate && realisationPpm === settings.realisationPpm;
      const gain = isConfigured ? table.gain : scaleGain(table, handleTime, factor);
      const roi = isConfigured ? table.roi : returnOf(gain, table.cost, grade);
      return { ratePerHourMinor, realisation: realisationPpm / 1_000_000, isConfigured, gain, roi };
    }),
  );
  return { reason: null, rows, breakEvenPerHour: breakEven(table, handleTime, settings) };
}

function none(reason: string, { gain }: Pick<MoneyTable, "gain">): RateSensitivity {
  return { reason, rows: [], breakEvenPerHour: noMoney(reason, gain) };
}

const severalGains = "several gains: their joint interval is drawn at the configured rates only";

/** What is not handle time keeps its amount. */
function scaleGain({ gain }: Pick<MoneyTable, "gain">, handleTime: MoneyFigure, factor: number): MoneyFigure {
  if (gain.amountMinor === null || handleTime.amountMinor === null) return gain;
  const others = gain.amountMinor - handleTime.amountMinor;
  const scaled = (minor: bigint) => BigInt(Math.round(Number(minor) * factor));
  const alone = others === 0n && handleTime.interval !== null;
  const interval: MoneyRange | null =
    alone && handleTime.interval !== null
      ? { fromMinor: scaled(handleTime.interval.fromMinor), toMinor: scaled(handleTime.interval.toMinor) }
      : null;
  return money(scaled(handleTime.amountMinor) + others, gain, interval, gain.interval === null ? associated : severalGains);
}

function returnOf(gain: MoneyFigure, cost: MoneyFigure, grade: Grade): Figure {
  const plain = ratioOfReturn(gain, cost, grade);
  if (plain.value === null || gain.interval === null || cost.amountMinor === null || !isCausal(grade)) {
    return gain.interval === null && plain.value !== null ? { ...plain, intervalReason: gain.intervalReason } : plain;
  }
  const over = (minor: bigint) => Number(minor) / Number(cost.amountMinor) - 1;
  return measured(plain.value, "ratio", gain, [over(gain.interval.fromMinor), over(gain.interval.toMinor)]);
}

/** The value of an hour (rate x realisation) at which gain and cost are equal. */
function breakEven({ gain, cost }: Pick<MoneyTable, "gain" | "cost">, handleTime: MoneyFigure, settings: RoiSettings): MoneyFigure {
  const { amountMinor } = handleTime;
  if (amountMinor === null || gain.amountMinor === null) return noMoney(gain.reason ?? "no gain", gain);
  if (cost.amountMinor === null) return noMoney(cost.reason ?? "no cost is recorded", gain);
  if (amountMinor <= 0n) return noMoney("no time was saved, so no rate makes it pay", gain);
  const owed = Number(cost.amountMinor - (gain.amountMinor - amountMinor));
  const valuePerHour = (Number(settings.loadedRateMinorPerHour ?? 0n) * settings.realisationPpm) / 1_000_000;
  const at = (minor: bigint) => BigInt(Math.round((valuePerHour * owed) / Number(minor)));
  const { interval } = handleTime;
  const isSure = interval !== null && interval.fromMinor > 0n && gain.amountMinor === amountMinor;
  const ends = isSure ? { fromMinor: at(interval.toMinor), toMinor: at(interval.fromMinor) } : null;
  return money(at(amountMinor), gain, ends, interval === null ? associated : noSureRate);
}

const noSureRate = "the time saved may be nothing, or the gain has other parts: no rate is surely enough";
