import type { Slice } from "../../domain/extract/slices.ts";
import type { CanonicalRecord, CanonicalValue } from "../../domain/records/record.ts";
import { isStreamName, type StreamName, streamDefinition } from "../../domain/records/streams.ts";
import { dayMs } from "../../domain/simulate/calendar.ts";
import { cxoneTruth } from "./cxone-truth.ts";
import { type Asked, instantOfText, isoText, json, type PlatformName, type Reply, type Route } from "./exchange.ts";
import { genesysTruth } from "./genesys-truth.ts";
import type { SimulatorState } from "./state.ts";

/** A canonical record with the columns the platform can carry; the others are left out, not null. */
export type TruthRow = Readonly<Record<string, CanonicalValue>>;

/** The streams of a platform, each able to give its rows that belong to a slice, as of the virtual clock. */
export type TruthTables = Readonly<Partial<Record<StreamName, (slice: Slice) => Iterable<TruthRow>>>>;

/** What a flawless extraction must hold: rows to compare with, or counts and sums of all of them. */
export function truthRoutes(state: SimulatorState): Route[] {
  return [{ method: "GET", path: "/_simulator/truth", platform: null, answer: (asked) => truth(state, asked) }];
}

function truth(state: SimulatorState, { query }: Asked): Reply {
  const { centre, now } = state;
  const tables: Readonly<Record<PlatformName, TruthTables>> = { genesys: genesysTruth(state), cxone: cxoneTruth(state) };
  const slice = {
    from: instantOfText(query.get("from")) ?? centre.firstDay * dayMs,
    to: instantOfText(query.get("to")) ?? centre.endDay * dayMs,
  };
  const source = query.get("source");
  const stream = query.get("stream");
  if (stream === null) {
    const sources = (["genesys", "cxone"] as const).filter((name) => source === null || source === name);
    return json({ asOf: isoText(now), ...Object.fromEntries(sources.map((name) => [name, totalsOf(tables[name], slice)])) });
  }
  const rows = isStreamName(stream) && (source === "genesys" || source === "cxone") ? tables[source][stream] : undefined;
  if (rows === undefined)
    return { status: 400, json: { message: `source ${source}, stream ${stream}: expected a source and one of its streams` } };
  let text = "";
  for (const row of rows(slice)) text += `${JSON.stringify(row)}\n`;
  return { status: 200, headers: { "content-type": "application/x-ndjson; charset=utf-8" }, text };
}

/** Rows, and the sum of each whole-number column over the rows that have it. */
function totalsOf(tables: TruthTables, slice: Slice): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(tables).map(([stream, rows]) => {
      const totals: Record<string, number> = { rows: 0 };
      const summed = isStreamName(stream) ? streamDefinition(stream).columns.filter(({ type }) => type === "integer") : [];
      for (const row of rows(slice)) {
        totals.rows = (totals.rows ?? 0) + 1;
        for (const { name } of summed) if (typeof row[name] === "number") totals[name] = (totals[name] ?? 0) + Number(row[name]);
      }
      return [stream, totals];
    }),
  );
}

/** The columns of a record that a platform carries. */
export function columnsOf(record: CanonicalRecord, ...names: readonly string[]): TruthRow {
  return Object.fromEntries(names.map((name) => [name, record[name] ?? null]));
}
