import { basename, parse } from "node:path";
import { stringify } from "yaml";
import { type StreamName, streamDefinition } from "../../../domain/records/streams.ts";
import { chooseStream, type Proposal } from "./infer-fields.ts";
import { personalNames, plainName } from "./infer-names.ts";
import { readSample, type Sample } from "./infer-sample.ts";
import type { ColumnLook } from "./infer-type.ts";

/**
 * A mapping to start from, guessed from the first 10,000 rows: names, types, formats, personal columns. What is not certain
 * says so, and where a guess would silently shift figures (the zone of local times) the mapping stays incomplete.
 */
export async function inferMapping(file: string): Promise<string> {
  const sample = await readSample(file);
  const { stream, proposals } = chooseStream(sample.columns);
  return renderMapping(file, sample, stream, proposals);
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
    rows === 0
      ? `# ${basename(file)} has no row with as many columns as its header: all this is guessed from names alone.`
      : `# Proposed by gami from the first ${rows === 1 ? "row" : `${rows} rows`} of ${basename(file)}. Check every line: a name can mislead.`,
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
