import type { StreamColumn, StreamDefinition } from "../records/streams.ts";

/** The mapping file that goes with a CSV file of ours: columns have their canonical names, instants are ISO 8601 in UTC. */
export function mappingText(stream: StreamDefinition, sourceName: string, file: string): string {
  return [
    `# How gami reads ${file}, a file that gami wrote.`,
    `source: ${sourceName}`,
    `stream: ${stream.name}`,
    'delimiter: ","',
    "encoding: utf-8",
    "line_ends: lf",
    "columns:",
    ...stream.columns.map((column) => `  ${column.name}: ${fieldText(column)}`),
    "",
  ].join("\n");
}

function fieldText({ name, type }: StreamColumn): string {
  if (type === "instant") return `{ column: ${name}, format: iso-8601 }`;
  if (type === "date") return `{ column: ${name}, format: yyyy-MM-dd }`;
  const unit = type === "integer" ? unitOf(name) : null;
  return unit === null ? name : `{ column: ${name}, unit: ${unit} }`;
}

function unitOf(name: string): string | null {
  if (name.endsWith("_ms")) return "milliseconds";
  return ["milli", "ppm", "minor"].find((unit) => name.endsWith(`_${unit}`)) ?? null;
}
