import { type StreamColumn, type StreamName, streamDefinition } from "../../../domain/records/streams.ts";
import { plainName, usualNames } from "./infer-names.ts";
import type { ColumnLook, Look } from "./infer-type.ts";

type Confidence = "high" | "medium" | "low";

/** One canonical column as it could be mapped. */
export interface Proposal {
  readonly column: string;
  readonly field: unknown;
  readonly from: readonly string[];
  readonly confidence: Confidence;
  readonly remark: string | null;
}

/** The stream most of whose usual names are there; a key that is there counts twice. */
export function chooseStream(columns: readonly ColumnLook[]): { readonly stream: StreamName; readonly proposals: readonly Proposal[] } {
  let best: { stream: StreamName; proposals: readonly Proposal[]; score: number } | null = null;
  for (const stream of [
    "interaction",
    "agent",
    "shift",
    "evaluation",
    "survey",
    "performance_day",
    "gamification_event",
    "cost",
    "queue",
  ] as const) {
    const proposals = propose(stream, columns);
    const keys = streamDefinition(stream).key.filter(
      ({ column, whenNull }) => whenNull === undefined && proposals.some((one) => one.column === column && one.confidence !== "low"),
    );
    const score = proposals.filter(({ confidence }) => confidence !== "low").length + keys.length;
    if (best === null || score > best.score) best = { stream, proposals, score };
  }
  if (best === null) throw new RangeError("there is no stream to choose from");
  return best;
}

function propose(stream: StreamName, columns: readonly ColumnLook[]): Proposal[] {
  const definition = streamDefinition(stream);
  const free = new Set(columns);
  const proposals: Proposal[] = [];
  // A column with gami's own name is that one, whatever a usual name makes of another.
  const ownNames = definition.columns.map(({ name }) => [name, (text: string) => text === plainName(name)] as const);
  const otherNames = (usualNames[stream] ?? []).map(([name, pattern]) => [name, (text: string) => pattern.test(text)] as const);
  for (const [name, fits] of [...ownNames, ...otherNames]) {
    const target = definition.columns.find((column) => column.name === name);
    if (target === undefined || proposals.some(({ column }) => column === name)) continue;
    for (const look of free) {
      if (!fits(plainName(look.name))) continue;
      const proposal = proposeField(target, look, columns);
      if (proposal === null) continue;
      proposals.push(proposal);
      free.delete(look);
      break;
    }
  }
  const checked = proposals.map((proposal) => checkKey(stream, proposal, columns));
  return [...checked, ...proposeKeys(stream, checked, free), ...proposeHandle(stream, checked)];
}

function proposeField(target: StreamColumn, look: ColumnLook, columns: readonly ColumnLook[]): Proposal | null {
  const nulls = look.nulls.length > 0 ? { nulls: look.nulls } : {};
  const simple = (options: Record<string, unknown>, confidence: Confidence, remark: string | null): Proposal => {
    const field = { column: look.name, ...options, ...nulls };
    return { column: target.name, field: Object.keys(field).length === 1 ? look.name : field, from: [look.name], confidence, remark };
  };
  switch (target.type) {
    case "text":
      return target.name === "outcome" ? proposeOutcome(look, simple) : simple({}, "high", null);
    case "boolean":
      return look.fits.some(({ kind }) => kind === "boolean" || kind === "whole") ? simple({}, "high", null) : null;
    case "json":
      return simple({}, "medium", null);
    case "integer":
      return proposeNumber(target.name, look, simple);
    case "date":
      return proposeMoment("date", look, simple);
    case "instant":
      return proposeMoment("instant", look, simple) ?? proposeTwoColumns(target.name, look, columns);
  }
}

type Simple = (options: Record<string, unknown>, confidence: Confidence, remark: string | null) => Proposal;

function proposeOutcome(look: ColumnLook, simple: Simple): Proposal | null {
  if (look.distinct === null || look.distinct.every((value) => outcomeOf(value) === "other")) return null;
  return simple(
    { map: Object.fromEntries(look.distinct.map((value) => [value, outcomeOf(value)])) },
    "medium",
    "check which of answered, abandoned, phantom, other each value means",
  );
}

function outcomeOf(value: string): string {
  if (/aband|hang|lost|missed|^(true|yes|y|1)$/i.test(value)) return "abandoned";
  if (/phantom|test/i.test(value)) return "phantom";
  return /agent|answer|handled|connect|complete|success|^(false|no|n|0)$/i.test(value) ? "answered" : "other";
}

function proposeNumber(name: string, look: ColumnLook, simple: Simple): Proposal | null {
  const number = look.fits.find((fit): fit is Extract<Look, { kind: "number" }> => fit.kind === "number");
  const clock = look.fits.find((fit): fit is Extract<Look, { kind: "duration" }> => fit.kind === "duration");
  const isWhole = look.fits.some(({ kind }) => kind === "whole");
  const decimal = !isWhole && number?.decimal === "," ? { decimal: "," } : {};
  if (name.endsWith("_ms")) {
    if (clock !== undefined && !isWhole) return simple({ unit: clock.unit }, "high", null);
    if (number === undefined) return null;
    const unit = /\b(ms|millis|milliseconds)\b/.test(plainName(look.name))
      ? "milliseconds"
      : /\b(min|minutes)\b/.test(plainName(look.name))
        ? "minutes"
        : "seconds";
    const isTold = /\b(ms|millis|milliseconds|min|minutes|s|sec|secs|seconds)\b/.test(plainName(look.name));
    return simple({ unit, ...decimal }, isTold ? "high" : "medium", isTold ? null : "check the unit: the name does not say it");
  }
  if (number === undefined) return null;
  const [, unit] = /_(ppm|milli|minor)$/.exec(name) ?? [];
  if (unit !== undefined && plainName(look.name) === plainName(name)) return simple({ unit, ...decimal }, "high", null);
  if (name.endsWith("_ppm")) return simple({ unit: "percent", ...decimal }, "low", "check the unit: share, percent or ppm");
  return simple(decimal, "high", null);
}

function proposeMoment(kind: "instant" | "date", look: ColumnLook, simple: Simple): Proposal | null {
  const formats = look.fits.flatMap((fit) => (fit.kind === kind ? [fit.format] : []));
  const [format, ...others] = formats;
  if (format === undefined) return null;
  const rivals = others.filter((other) => other.startsWith("M/d") !== format.startsWith("M/d"));
  const remark = rivals.length > 0 ? `check: every value also fits ${rivals[0]}` : null;
  return simple(format === "iso-8601" ? {} : { format }, remark === null ? "high" : "medium", remark);
}

/** A time of day takes its date from the column that has one. */
function proposeTwoColumns(name: string, look: ColumnLook, columns: readonly ColumnLook[]): Proposal | null {
  const time = look.fits.find((fit): fit is Extract<Look, { format: string }> => fit.kind === "time");
  const date = columns.flatMap((column) =>
    column.fits.flatMap((fit) => (fit.kind === "date" ? [{ column: column.name, format: fit.format }] : [])),
  )[0];
  if (time === undefined || date === undefined) return null;
  return {
    column: name,
    field: { date: date.format === "iso-8601" ? date.column : date, time: { column: look.name, format: time.format } },
    from: [date.column, look.name],
    confidence: "medium",
    remark: "add `after:` if a time may lie past midnight, and `null_when:` if 0:00:00 means unknown",
  };
}

/** An id that comes twice is no key: together with another column it may be one. */
function checkKey(stream: StreamName, proposal: Proposal, columns: readonly ColumnLook[]): Proposal {
  const [part, ...more] = streamDefinition(stream).key.filter(({ whenNull }) => whenNull === undefined);
  const look = columns.find(({ name }) => name === proposal.field);
  const isTold = look !== undefined && look.cells.length > 1;
  if (part?.column !== proposal.column || more.length > 0 || !isTold || look.isUnique) return proposal;
  const partner = columns.find((other) => other !== look && other.distinct !== null && areUniqueTogether(other, look));
  if (partner === undefined)
    return { ...proposal, confidence: "low", remark: "its values repeat: rows with the same one count as versions of one record" };
  const from = [partner.name, look.name];
  return { ...proposal, field: { key: from }, from, confidence: "medium", remark: `${look.name} alone repeats in the sample` };
}

function areUniqueTogether(one: ColumnLook, other: ColumnLook): boolean {
  return new Set(other.cells.map((cell, index) => JSON.stringify([cell, one.cells[index]]))).size === other.cells.length;
}

/** A key nobody named: a column in which no value repeats, or else the whole row. */
function proposeKeys(stream: StreamName, found: readonly Proposal[], free: ReadonlySet<ColumnLook>): Proposal[] {
  const missing = streamDefinition(stream).key.filter(
    ({ column, whenNull }) => whenNull === undefined && !found.some((one) => one.column === column),
  );
  return missing.flatMap(({ column }): Proposal[] => {
    const target = streamDefinition(stream).columns.find(({ name }) => name === column);
    if (target?.type !== "text" || column === "agent_native_id") return [];
    const unique = [...free].find(({ isUnique }) => isUnique);
    if (unique !== undefined)
      return [{ column, field: unique.name, from: [unique.name], confidence: "low", remark: "no value of it repeats in the sample" }];
    return [
      {
        column,
        field: { whole_row: true },
        from: [],
        confidence: "low",
        remark: "no column has an id; better name columns that identify a row together: {key: [a, b]}",
      },
    ];
  });
}

/** Handle time is the sum of its parts, so a file without it still has it. */
function proposeHandle(stream: StreamName, found: readonly Proposal[]): Proposal[] {
  const parts = ["talk_ms", "hold_ms", "after_call_ms"].filter((part) => found.some(({ column }) => column === part));
  if (stream !== "interaction" || parts.length === 0 || found.some(({ column }) => column === "handle_ms")) return [];
  return [{ column: "handle_ms", field: { sum: parts }, from: [], confidence: "high", remark: null }];
}
