import { importFiles } from "../../app/ingest/import-csv.ts";
import { checkFiles, type DryRunTotals } from "../../app/ingest/import-csv-dry-run.ts";
import type { RejectSummary } from "../../app/ingest/summarise-rejects.ts";
import { UsageError } from "../../errors.ts";
import { exitCodes } from "../../exit-codes.ts";
import type { CommandContext, CommandResult } from "../command.ts";
import { describeRejects } from "./reject-text.ts";

export interface ImportCsvInput {
  readonly files: readonly string[];
  readonly mapping?: string;
  readonly infer?: true;
  readonly again?: true;
  readonly dryRun?: true;
  /** Millionths; the config's when left out. */
  readonly maxRejectShare?: number;
  readonly batchRows?: number;
}

/** What loading and trying have in common, per file. */
interface FileOutcome {
  readonly file: string;
  readonly totals: { readonly received: number; readonly quarantined: number };
  readonly rejects: readonly RejectSummary[];
}

/** Loads CSV files, or only looks at them (`--dry-run`, `--infer`). Exits 3 when a file has more rejects than allowed. */
export async function run(context: CommandContext, input: ImportCsvInput): Promise<CommandResult> {
  if (input.infer) return proposeMapping(context, input);
  const maximumPpm = input.maxRejectShare ?? context.deps.config.import.maxRejectPpm;
  return input.dryRun ? tryFiles(context, input, maximumPpm) : loadFiles(context, input, maximumPpm);
}

async function proposeMapping({ deps }: CommandContext, { files, mapping }: ImportCsvInput): Promise<CommandResult> {
  const [file, ...more] = files;
  if (file === undefined || more.length > 0 || mapping !== undefined) {
    throw new UsageError("--infer looks at one file and takes no --mapping", {
      code: "USAGE",
      hint: "run 'gami import csv FILE --infer > FILE.mapping.yaml'",
    });
  }
  const proposed = await (await deps.fileSource()).infer(file);
  return { exitCode: exitCodes.done, status: "done", json: { file, mapping: proposed }, text: proposed.trimEnd() };
}

async function loadFiles({ deps, signal }: CommandContext, input: ImportCsvInput, maximumPpm: number): Promise<CommandResult> {
  const { clock, output, warehouse, archive } = deps;
  const importDeps = { files: await deps.fileSource(), clock, output, warehouse, archive };
  const { totals, files } = await importFiles(importDeps, {
    files: input.files,
    mapping: input.mapping ?? null,
    again: input.again === true,
    ...(input.batchRows === undefined ? {} : { batchRecords: input.batchRows }),
    signal,
  });
  const isAllKnown = files.every(({ batches, knownBatches }) => batches > 0 && batches === knownBatches);
  const text = [
    `${totals.received} received: ${totals.new} new, ${totals.changed} changed, ${totals.unchanged} unchanged, ${totals.duplicate} duplicate, ${totals.filtered} filtered, ${totals.quarantined} quarantined`,
    ...(isAllKnown ? ["everything was loaded before; --again loads it as if it were new"] : []),
    ...files.flatMap((file) => describeRejects(file.file, file.rejects)),
  ];
  return finish({ json: { ...totals, files: files.map(fileJson) }, text, totals: { ...totals }, outcomes: files, maximumPpm });
}

async function tryFiles({ deps, signal }: CommandContext, input: ImportCsvInput, maximumPpm: number): Promise<CommandResult> {
  const files = await checkFiles(await deps.fileSource(), { files: input.files, mapping: input.mapping ?? null, signal });
  const totals = files.map((file) => file.totals).reduce(addDryRun);
  const text = [
    `${totals.received} received: ${totals.mapped} would be loaded, ${totals.filtered} filtered, ${totals.quarantined} would be quarantined; nothing was written`,
    ...files.flatMap((file) => describeRejects(file.file, file.rejects)),
  ];
  return finish({
    json: { dryRun: true, ...totals, files: files.map(fileJson) },
    text,
    totals: { ...totals },
    outcomes: files,
    maximumPpm,
  });
}

function addDryRun(one: DryRunTotals, other: DryRunTotals): DryRunTotals {
  return {
    received: one.received + other.received,
    mapped: one.mapped + other.mapped,
    filtered: one.filtered + other.filtered,
    quarantined: one.quarantined + other.quarantined,
  };
}

/** Places of a file are lines. */
function fileJson<T extends FileOutcome>({ totals, rejects, ...file }: T) {
  const lines = rejects.map(({ examples, ...reject }) => ({
    ...reject,
    examples: examples.map(({ place, value }) => ({ line: Number(place), value })),
  }));
  return { ...file, ...totals, rejects: lines };
}

interface Finished {
  readonly json: Readonly<Record<string, unknown>>;
  readonly text: readonly string[];
  readonly totals: Readonly<Record<string, unknown>>;
  readonly outcomes: readonly FileOutcome[];
  readonly maximumPpm: number;
}

/** A file is judged by itself: a small one full of rejects must not hide behind a large one. */
function finish({ json, text, totals, outcomes, maximumPpm }: Finished): CommandResult {
  const over = outcomes.filter(({ totals: { received, quarantined } }) => quarantined * 1_000_000 > maximumPpm * received);
  const warning = over.map(
    ({ file, totals: { received, quarantined } }) =>
      `${file}: ${quarantined} of ${received} rows were rejected, more than the ${maximumPpm / 10_000} % allowed`,
  );
  const hint =
    over.length === 0
      ? []
      : [
          "look at them with 'gami quarantine list', then correct the mapping and run 'gami quarantine retry', or correct the file and import it again",
        ];
  const empty = outcomes.flatMap(({ file, totals: { received } }) => (received === 0 ? [`${file} has no rows below its header`] : []));
  const isOver = over.length > 0;
  return {
    exitCode: isOver ? exitCodes.rejectsOverLimit : exitCodes.done,
    status: isOver ? "rejects_over_limit" : "done",
    json: { ...json, maxRejectPpm: maximumPpm },
    text: [...text, ...empty, ...warning, ...hint].join("\n"),
    totals,
  };
}
