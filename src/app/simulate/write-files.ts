import { type StreamDefinition, type StreamName, streamDefinition } from "../../domain/records/streams.ts";
import { dateText } from "../../domain/simulate/calendar.ts";
import { csvHeader, csvLine } from "../../domain/simulate/csv-text.ts";
import { feedOf } from "../../domain/simulate/feed.ts";
import { mappingText } from "../../domain/simulate/mapping-text.ts";
import type { SimulationParameters } from "../../domain/simulate/parameters.ts";
import { createTruthCounter, type Truth } from "../../domain/simulate/truth.ts";
import { agentDayHeader, agentDayLine, agentWeekHeader, createAgentWeekTable } from "../../domain/simulate/truth-tables.ts";
import { createWorld, simulatedSource, type World } from "../../domain/simulate/world.ts";
import type { Output } from "../../ports/output.ts";
import type { OutputFolder, TextSink, WrittenFile } from "../../ports/output-folder.ts";

/** Streams of the simulated centre, in an order in which they can be imported one after the other. */
export const simulatedStreams = [
  "agent",
  "queue",
  "badge",
  "challenge",
  "challenge_status",
  "enrolment",
  "cost",
  "shift",
  "adherence",
  "interaction",
  "evaluation",
  "survey",
  "gamification_event",
] as const satisfies readonly StreamName[];

export const truthFile = "truth.json";
export const folderMarker = ".gami-simulation";
const agentDayFile = "truth/agent_day.csv";
const agentWeekFile = "truth/agent_week.csv";

/** `interaction` -> `interactions.csv`: files carry plural names, as exports do. */
export function fileNameOf(stream: StreamName): string {
  const plural = { challenge_status: "challenge_statuses", adherence: "adherence" };
  const name = stream === "challenge_status" || stream === "adherence" ? plural[stream] : `${stream}s`;
  return `${name}.csv`;
}

function mappingNameOf(stream: StreamName): string {
  return fileNameOf(stream).replace(/\.csv$/, ".mapping.yaml");
}

/** Every name the folder may hold. */
export const simulatedFileNames: readonly string[] = [
  ...simulatedStreams.flatMap((stream) => [fileNameOf(stream), mappingNameOf(stream)]),
  ...[agentDayFile, agentWeekFile, truthFile],
];

export interface WriteFilesInput {
  readonly parameters: SimulationParameters;
  readonly folder: OutputFolder;
  readonly output: Pick<Output, "progress" | "progressDone">;
  readonly signal: AbortSignal;
}

/** The truth, with the files it is about. `files` says nothing about truth.json itself. */
export interface WrittenSimulation extends Truth {
  readonly files: readonly (WrittenFile & { readonly stream?: StreamName })[];
}

/**
 * Writes the whole simulation as CSV files with their mappings, and the truth last, as the sign that all is there.
 * Memory does not grow with the number of rows.
 */
export async function writeSimulationFiles({ parameters, folder, output, signal }: WriteFilesInput): Promise<WrittenSimulation> {
  const world = createWorld(parameters);
  const files = await openStreamFiles(folder);
  const agentDays = await openWith(folder, agentDayFile, agentDayHeader);
  const agentWeeks = await openWith(folder, agentWeekFile, agentWeekHeader);
  const weekTable = createAgentWeekTable();
  const counter = createTruthCounter();
  let [rows, day] = [0, world.firstDay - 1];
  for (const part of feedOf(world)) {
    if (part.day !== day) {
      signal.throwIfAborted();
      day = part.day;
      output.progress(progressText(world, day, rows));
      agentWeeks.add(weekTable.linesBefore(day));
    }
    for (const delivery of part.deliveries) {
      const file = fileOf(files, delivery.stream);
      file.sink.add(csvLine(file.definition.columns, delivery.record));
      counter.countDelivery(delivery);
    }
    for (const agentDay of part.agentDays) {
      agentDays.add(agentDayLine(agentDay));
      weekTable.add(agentDay);
      counter.countAgentDay(agentDay);
    }
    rows += part.deliveries.length;
    for (const sink of [...[...files.values()].map((file) => file.sink), agentDays, agentWeeks]) await sink.drain();
  }
  agentWeeks.add(weekTable.rest());
  output.progressDone();
  const written = await closeFiles(folder, files, [agentDays, agentWeeks]);
  const simulation = { ...counter.finish(world), files: written };
  await folder.seal(truthFile, `${JSON.stringify(simulation, null, 2)}\n`);
  return simulation;
}

interface StreamFile {
  readonly definition: StreamDefinition;
  readonly sink: TextSink;
}

type StreamFiles = ReadonlyMap<StreamName, StreamFile>;

async function openStreamFiles(folder: OutputFolder): Promise<StreamFiles> {
  const files = new Map<StreamName, StreamFile>();
  for (const stream of simulatedStreams) {
    const definition = streamDefinition(stream);
    files.set(stream, { definition, sink: await openWith(folder, fileNameOf(stream), csvHeader(definition)) });
  }
  return files;
}

async function openWith(folder: OutputFolder, name: string, header: string): Promise<TextSink> {
  const sink = await folder.open(name);
  sink.add(header);
  return sink;
}

function fileOf(files: StreamFiles, stream: StreamName): StreamFile {
  const file = files.get(stream);
  if (file === undefined) throw new RangeError(`the simulation made a row of stream ${stream}, which has no file`);
  return file;
}

async function closeFiles(folder: OutputFolder, files: StreamFiles, tables: readonly TextSink[]): Promise<WrittenSimulation["files"]> {
  const written: (WrittenFile & { readonly stream?: StreamName })[] = [];
  for (const [stream, { definition, sink }] of files) {
    written.push({ stream, ...(await sink.close()) });
    const mapping = await openWith(
      folder,
      mappingNameOf(stream),
      mappingText(definition, simulatedSource.replace(/^csv:/, ""), fileNameOf(stream)),
    );
    await mapping.close();
  }
  for (const table of tables) written.push(await table.close());
  return written;
}

function progressText(world: World, day: number, rows: number): string {
  const done = Math.min(100, Math.floor(((day - world.firstDay) * 100) / (world.lastDeliveryDay - world.firstDay + 1)));
  return `simulating ${dateText(day)}: ${rows.toLocaleString("en-US")} rows, ${done} %`;
}
