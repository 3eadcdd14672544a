import type { RoiReport } from "../../domain/roi/report/report.ts";
import { effectTables } from "./effect-tables.ts";
import {
  assumptionTable,
  challengeTable,
  comparisonTable,
  horizonTable,
  lifecycleTable,
  measuresTable,
  moneyTable,
  monthTable,
  qualityTable,
  rateTable,
  type Table,
  turnoverTable,
} from "./tables.ts";

/** Every table of the report in reading order; a part that does not apply is left out. */
export function reportTables(report: RoiReport): Table[] {
  const { currency } = report;
  return [
    ...(report.comparison === null ? [] : [comparisonTable(report)]),
    ...effectTables(report),
    horizonTable(report),
    moneyTable(report),
    rateTable(report),
    ...(report.months.length === 0 ? [] : [monthTable(report.months, currency)]),
    ...(report.challenges.length === 0 ? [] : [challengeTable(report.challenges, currency)]),
    ...(report.lifecycle.length === 0 ? [] : [lifecycleTable(report)]),
    measuresTable(report),
    turnoverTable(report),
    qualityTable(report),
    assumptionTable(report),
  ];
}
