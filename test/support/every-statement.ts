import { readdirSync } from "node:fs";
import { join } from "node:path";
import { sqlFile } from "../../src/app/sql-file.ts";
import type { QueryReader, Row, SqlValue } from "../../src/ports/warehouse.ts";

const root = join(import.meta.dirname, "..", "..", "sql");
const [from, to] = ["2026-03-02", "2026-04-12"];

/** What is bound where a statement takes something else than two days (or their months), a challenge and an instant. */
const bound: Readonly<Record<string, readonly SqlValue[]>> = {
  "adjust-challenges": [`${to} 23:59:59`, to],
  "adjust-shifts": [to, 7, to],
  "adjust-days": [to],
  "adjust-participants": [to],
  "adjust-scores": [to],
  "adjust-weeks": [to, from],
  "flair-accounts": [`${to} 23:59:59`],
  "agent-links": ["csv:sim", "a-1", `${to} 00:00:00`],
  changes: ["csv:sim.interaction", 0],
  "agents-of-source": ["csv:sim"],
  "score-changes": ["csv:sim.evaluation", 0],
  "explain-points": ["2026-03"],
  "explain-turnover": ["2026-04", "500000"],
  "roi-accrual": [to],
  "roi-activity": [from, to, "week"],
  "roi-challenge-weeks": [to],
  "roi-engagement-bins": [from, to, "500000"],
  "roi-panel-size": [from, to, to],
  "roi-quality": ["2026-03", "2026-04", from, to],
  "roi-risk": ["2026-04"],
};
const otherwise: readonly SqlValue[] = [from, to, "", `${to} 00:00:00`];

/** Every statement of sql/reports and sql/recognise with what it answers: its rows in text, sorted, ratios to nine digits; or its error. */
export async function askEverything(warehouse: QueryReader): Promise<Readonly<Record<string, readonly string[]>>> {
  const answers: Record<string, readonly string[]> = {};
  for (const folder of ["reports", "recognise"] as const) {
    for (const file of readdirSync(join(root, folder))) {
      const name = file.replace(".sql", "");
      const sql = sqlFile(folder, name);
      const places = Math.max(0, ...[...sql.replace(/--.*/g, "").matchAll(/\$(\d)/g)].map(([, no]) => Number(no)));
      try {
        const rows = await warehouse.rows(sql, (bound[name] ?? otherwise).slice(0, places));
        answers[name] = rows.map((row) => JSON.stringify(contentOf(row))).sort();
      } catch (error) {
        answers[name] = [String(error)];
      }
    }
  }
  return answers;
}

/**
 * The run of dbt that made the marts is another one on each warehouse; and how many batches a read of a platform makes
 * depends on how quick the machine is.
 */
function contentOf(row: Row) {
  const isRead = String(row.stream ?? "").startsWith("genesys.");
  const leftOut = ["invocation_id", ...(isRead ? ["seq", "furthest"] : [])];
  return Object.entries(row).flatMap(([column, value]) => (leftOut.includes(column) ? [] : [[column, written(value)]]));
}

function written(value: SqlValue): SqlValue {
  const number = typeof value === "number" ? value : Number.NaN;
  if (Number.isNaN(number) || Number.isInteger(number)) return typeof value === "bigint" ? String(value) : value;
  return Number(Number(number.toPrecision(12)).toPrecision(9));
}
