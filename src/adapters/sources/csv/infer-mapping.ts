import { basename, parse } from "node:path";
import { stringify } from "yaml";
import { type StreamColumn, type StreamName, streamDefinition } from "../../../domain/records/streams.ts";
import { encodingOfMark, openDecoder } from "./decode.ts";
import { type Dialect, detectDialect } from "./dialect.ts";
import { personalNames, plainName, usualNames } from "./infer-names.ts";
import { type ColumnLook, type Look, lookAtColumn } from "./infer-type.ts";
import { inspectFile, refuseNulBytes } from "./inspect-file.ts";
import { readRawRows } from "./open-file.ts";

const examinedRows = 10_000;
const untold = { delimiter: "auto", quote: '"', line_ends: "auto", skip_lines: 0 } as const;

type Confidence = "high" | "medium" | "low";

/** One canonical column as it could be mapped. */
interface Proposal {
  readonly column: string;
  readonly field: unknown;
  readonly from: readonly string[];
  readonly confidence: Confidence;
  readonly remark: string | null;
}

interface Sample {
  readonly encoding: string;
  readonly dialect: Dialect;
  readonly hasHeader: boolean;
  readonly columns: readonly ColumnLook[];
  readonly rows: number;
}

/**
 * A mapping to start from, guessed from the first 10,000 rows: names, types, formats, personal columns. What is not certain
 * says so, and where a guess would silently shift figures (the zone of local times) the mapping stays incomplete.
 */
export async function inferMapping(file: string): Promise<string> {
  const sample = await readSample(file);
  const { stream, proposals } = chooseStream(sample.columns);
  return renderMapping(file, sample, stream, proposals);
}

async function readSample(file: string): Promise<Sample> {
  const { beginning, path, bytes } = await inspectFile(file);
  const encoding = encodingOfMark(beginning) ?? guessEncoding(beginning);
  refuseNulBytes({ path, bytes, beginning }, encoding);
  const dialect = detectDialect((await openDecoder(encoding)).write(beginning), untold);
  const rows: string[][] = [];
  for await (const block of readRawRows({ file, encoding, dialect, onBytes: () => undefined })) {
    for (const row of block) if (row.problem === null) rows.push(row.cells);
    if (rows.length > examinedRows) break;
  }
  const [first = [], ...rest] = rows.slice(0, examinedRows + 1);
  const hasHeader = isHeader(first);
  const body = (hasHeader ? rest : [first, ...rest]).filter((cells) => cells.length === first.length);
  const columns = first.map((name, index) =>
    lookAtColumn(
      hasHeader ? name.trim() : String(index + 1),
      body.map((cells) => cells[index] ?? ""),
    ),
  );
  return { encoding, dialect, hasHeader, columns, rows: body.length };
}

/** Bytes that are no UTF-8 are most often the Windows encoding of western Europe. */
function guessEncoding(beginning: Buffer): string {
  // The sample may end inside a character.
  const whole = beginning.subarray(0, Math.max(0, beginning.length - 4));
  try {
    new TextDecoder("utf-8", { fatal: true }).decode(whole, { stream: true });
    return "utf-8";
  } catch {
    return "windows-1252";
  }
}

/** Names are different words; data have numbers, dates or the same value twice. */
function isHeader(cells: readonly string[]): boolean {
  const names = cells.map((cell) => cell.trim()).filter((cell) => cell !== "");
  return names.length > 0 && new Set(names).size === names.length && names.every((name) => /\p{L}/u.test(name) && !/^\d/.test(name));
}

/** The stream most of whose usual names are there; a key that is there counts twice. */
function chooseStream(columns: readonly ColumnLook[]): { readonly stream: StreamName; readonly proposals: readonly Proposal[] } {
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
  for (const [name, pattern] of usualNames[stream] ?? []) {
    const target = definition.columns.find((column) => column.name === name);
    if (target === undefined) continue;
    for (const look of free) {
      if (!pattern.test(plainName(look.name))) continue;
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
  if (part?.column !== proposal.column || more.length > 0 || look === undefined || look.isUnique) return proposal;
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

function renderMapping(
  file: string,
  { encoding, dialect, hasHeader, columns, rows }: Sample,
  stream: StreamName,
  proposals: readonly Proposal[],
): string {
  const used = new Set(proposals.flatMap(({ from }) => from));
  const unused = columns.filter(({ name }) => !used.has(name));
  const personal = columns.filter((look) => isPersonal(look, proposals)).map(({ name }) => name);
  const needsZone = proposals.some(({ column }) =>
    streamDefinition(stream).columns.some(({ name, type }) => name === column && type === "instant"),
  );
  const dropped = unused.filter(({ name }) => personalNames.test(plainName(name))).map(({ name }) => name);
  return [
    `# Proposed by gami from the first ${rows} rows of ${basename(file)}. Check every line: a name can mislead.`,
    `source: ${sourceName(file)} # names the source in every key; choose it well, it cannot change later`,
    `stream: ${stream}`,
    `delimiter: ${JSON.stringify(dialect.delimiter)}`,
    `encoding: ${encoding}`,
    ...(hasHeader ? [] : ["header: false # columns are named by their numbers"]),
    ...(needsZone ? ["# REQUIRED where times are local: remove the # and name the zone they are in.", "# zone: Europe/Berlin"] : []),
    ...(personal.length > 0 ? ["# These seem to hold ids or names of people.", `pseudonymise: ${inline(personal)}`] : []),
    ...(dropped.length > 0 ? ["# These seem to be personal and are not needed: never stored.", `drop: ${inline(dropped)}`] : []),
    "columns:",
    ...proposals.flatMap(renderProposal),
    ...(unused.length > dropped.length
      ? [
          "# Not used:",
          ...unused.filter(({ name }) => !dropped.includes(name)).map((look) => `#   ${JSON.stringify(look.name)} (${describeLook(look)})`),
        ]
      : []),
    "",
  ].join("\n");
}

function renderProposal({ column, field, confidence, remark }: Proposal): string[] {
  const certain = confidence === "high" ? "" : ` # ${confidence} confidence`;
  return [`  ${column}: ${inline(field)}${certain}${remark === null ? "" : `${certain === "" ? " #" : ";"} ${remark}`}`];
}

function isPersonal(look: ColumnLook, proposals: readonly Proposal[]): boolean {
  const target = proposals.find(({ from }) => from.includes(look.name))?.column;
  if (target === undefined) return false;
  return target === "customer_key" || ((target === "agent_native_id" || target === "display_name") && look.isWords);
}

function inline(value: unknown): string {
  return stringify(value, { collectionStyle: "flow", lineWidth: 0 }).trim();
}

/** `calls-2025.csv` is of the source `calls-2025`. */
function sourceName(file: string): string {
  const plain = parse(file)
    .name.toLowerCase()
    .replace(/[^a-z0-9_-]+/g, "-")
    .replace(/^[^a-z]+|-+$/g, "")
    .slice(0, 40);
  return plain === "" ? "csv" : plain;
}

function describeLook({ fits, distinct, values }: ColumnLook): string {
  const [first] = fits;
  if (values === 0) return "empty";
  if (first === undefined) return distinct === null ? "text" : `text, ${distinct.length} different values`;
  return "format" in first ? `${first.kind}, ${first.format}` : first.kind;
}
