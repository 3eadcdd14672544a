import type { ExtractedRead, ExtractReport } from "../app/ingest/extract.ts";
import type { Coverage } from "../app/ingest/extract-gaps.ts";
import type { ReadPlan } from "../app/ingest/extract-plan.ts";
import { counted } from "../domain/counted.ts";
import type { Slice } from "../domain/extract/slices.ts";
import { exitCodes } from "../exit-codes.ts";
import type { FieldDrift, Platform } from "../ports/platform.ts";
import type { CommandResult } from "./command.ts";
import { describeRejects } from "./import/reject-text.ts";
import { renderTable } from "./table.ts";

export function listResult(platforms: readonly Platform[]): CommandResult {
  const all = platforms.flatMap(({ source, contract, reads }) => reads.map((read) => ({ source, contract, ...read })));
  const rows = all.map((read) => [
    read.source,
    read.name,
    read.streams.join(", "),
    read.grain,
    read.key,
    read.kind === "snapshot" ? "snapshot" : `${read.sliceHours} h slices, ${read.paging}`,
    `${read.latenessHours} h`,
    read.permission,
  ]);
  return {
    exitCode: exitCodes.done,
    status: "done",
    json: { reads: all },
    text: renderTable(["source", "read", "streams", "grain", "key", "cursor", "late by", "permission"], rows),
  };
}

export function planResult(plans: readonly (ReadPlan & { readonly source: string })[]): CommandResult {
  const reads = plans.map(({ source, read, plan: { slices, isBackfill } }) => ({
    source,
    read: read.name,
    slices: slices.length,
    isBackfill,
    from: read.kind === "snapshot" ? null : instantText(slices[0]?.from),
    to: read.kind === "snapshot" ? null : instantText(slices.at(-1)?.to),
  }));
  const rows = reads.map(({ source, read, slices, isBackfill, from, to }) => [
    source,
    read,
    slices,
    from ?? (slices > 0 ? "everything" : "nothing new"),
    to ?? "",
    isBackfill ? "backfill" : "",
  ]);
  return {
    exitCode: exitCodes.done,
    status: "done",
    json: { dryRun: true, reads },
    text: `${renderTable(["source", "read", "slices", "from", "to", ""], rows)}\nnothing was read`,
  };
}

export function gapsResult(coverage: readonly (Coverage & { readonly source: string })[]): CommandResult {
  const reads = coverage.map(({ source, read, covered, watermark, gaps }) => ({
    source,
    read,
    watermark: instantText(watermark),
    covered: covered.map(sliceJson),
    gaps: gaps.map(sliceJson),
  }));
  const hasGaps = coverage.some(({ gaps }) => gaps.length > 0);
  const rows = reads.map(({ source, read, watermark, covered, gaps }) => [
    source,
    read,
    covered.map(sliceText).join("\n") || "never read",
    watermark ?? "",
    gaps.map(sliceText).join("\n") || "none",
  ]);
  const next = hasGaps ? "\nnext: gami extract --since and --until over a gap reads it" : "";
  return {
    exitCode: hasGaps ? exitCodes.checksFailed : exitCodes.done,
    status: hasGaps ? "checks_failed" : "done",
    json: { reads },
    text: `${renderTable(["source", "read", "covered", "goes on at", "gaps"], rows)}${next}`,
    totals: { gaps: coverage.reduce((sum, { gaps }) => sum + gaps.length, 0) },
  };
}

/** Each read is judged by itself: a small one full of rejects must not hide behind a large one. */
export function extractResult({ totals, reads, drift }: ExtractReport, maximumPpm: number): CommandResult {
  const over = reads.filter(({ totals: { received, quarantined } }) => quarantined * 1_000_000 > maximumPpm * received);
  const isOver = over.length > 0;
  const text = [
    ...reads.map(readLine),
    `${totals.received} received: ${totals.new} new, ${totals.changed} changed, ${totals.unchanged} unchanged, ${totals.duplicate} duplicate, ${totals.filtered} filtered, ${totals.quarantined} quarantined`,
    ...reads.flatMap(({ source, read, rejects }) => describeRejects(`${source} ${read}`, rejects, "at")),
    ...driftLines(drift),
    ...over.map(
      ({ source, read, totals: { received, quarantined } }) =>
        `${source} ${read}: ${quarantined} of ${received} records were rejected, more than the ${maximumPpm / 10_000} % allowed`,
    ),
    ...(isOver ? ["look at them with 'gami quarantine list'"] : []),
  ];
  return {
    exitCode: isOver ? exitCodes.rejectsOverLimit : exitCodes.done,
    status: isOver ? "rejects_over_limit" : "done",
    json: { ...totals, reads: reads.map(readJson), drift, maxRejectPpm: maximumPpm },
    text: text.join("\n"),
    totals: { ...totals, reads: reads.map(({ source, read, counts }) => ({ source, read, ...counts })) },
  };
}

function readLine({ source, read, slices, totals, counts, isBackfill }: ExtractedRead): string {
  const throttled = counts.throttled === 0 ? "" : `, ${counts.throttled} throttled`;
  const faults = counts.faults === 0 ? "" : `, ${counts.faults} faults`;
  const kind = isBackfill ? " (backfill)" : "";
  const what = slices === 0 ? "nothing new" : `${totals.received} records in ${counted(slices, "slice")}`;
  return `${source} ${read}${kind}: ${what}, ${counts.requests} requests${throttled}${faults}, waited ${(counts.waitedMs / 1000).toFixed(1)} s`;
}

function readJson({ from, to, ...read }: ExtractedRead) {
  return { ...read, from: instantText(from), to: instantText(to) };
}

/** New fields are worth a line; empty ones are in --json only, since many are empty by right. */
function driftLines(drift: readonly FieldDrift[]): string[] {
  const unknown = drift.filter(({ kind }) => kind === "unknown");
  if (unknown.length === 0) return [];
  const names = unknown.slice(0, 5).map(({ read, field, records, of }) => `${read}: ${field} (${records} of ${of})`);
  const more = unknown.length > names.length ? ` and ${unknown.length - names.length} more, see --json` : "";
  return [`fields gami does not know, kept in the archive: ${names.join(", ")}${more}`];
}

function instantText(instant: number | null | undefined): string | null {
  return instant === null || instant === undefined ? null : new Date(instant).toISOString();
}

function sliceJson({ from, to }: Slice) {
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

function sliceText({ from, to }: { readonly from: string; readonly to: string }): string {
  return `${from.slice(0, 16)}Z to ${to.slice(0, 16)}Z`;
}
