import * as z from "zod";
import type { Slice } from "../../../domain/extract/slices.ts";
import type { Page } from "../../../ports/platform.ts";
import { ask, askFor, type Connection, shaped } from "./ask.ts";
import { conversationMapping, wholeConversations } from "./conversation-job.ts";
import { type GenesysRead, isoText, placeOf, type ReadContext } from "./genesys-read.ts";
import { pageGuard } from "./page-guard.ts";
import { itemsOf } from "./page-items.ts";

const searchPath = "/api/v2/quality/evaluations/search";
const detailsPath = "/api/v2/analytics/conversations/details";
const pageSize = 100;
const idsPerRequest = 50;
/** What is younger than this is read again by jobs anyway, more than once. */
const settledMs = 48 * 3_600_000;

const instant = z.iso.datetime({ offset: true });
const searched = z.object({ pageSize: z.number().nullish(), results: z.array(z.unknown()).nullish() });
const hit = z.object({ conversation: z.object({ id: z.string().min(1) }), conversationDate: instant.nullish() });
const details = z.object({ conversations: z.array(z.unknown()).nullish() });
const started = z.object({ conversationStart: z.string() });

/**
 * A read of conversations that also finds evaluations which come, or are scored again, after the trailing window: their own
 * search says in which conversations one was submitted or released during the slice, and older ones are read again, whole.
 */
export function withLateEvaluations(read: GenesysRead): GenesysRead {
  return {
    ...read,
    description: { ...read.description, permission: `${read.description.permission}, quality:evaluation:searchAny` },
    async *pages(context, slice, resume, covered = []) {
      // They come first: who goes on inside the slice has read them.
      if (resume === null) yield* latePages(context, slice, covered);
      yield* read.pages(context, slice, resume);
    },
  };
}

async function* latePages({ connection, boundary }: ReadContext, slice: Slice, covered: readonly Slice[]): AsyncIterable<Page> {
  // A conversation of days nobody asked for would stand alone in them.
  const isWanted = (at: number) => at < slice.from - settledMs && covered.some(({ from, to }) => at >= from && at < to);
  if (!covered.some(({ from }) => from < slice.from - settledMs)) return;
  const ids = [...(await evaluatedIn(connection, slice, isWanted))];
  for (let first = 0; first < ids.length; first += idsPerRequest) {
    const found = await conversationsOf(connection, ids.slice(first, first + idsPerRequest));
    const conversations = found.filter((conversation) => {
      const at = Date.parse(started.safeParse(conversation).data?.conversationStart ?? "");
      return Number.isNaN(at) || isWanted(at);
    });
    const place = `${placeOf(slice)}/late${first / idsPerRequest + 1}`;
    const items = itemsOf(conversations, place, boundary, conversationMapping);
    if (items.length > 0) yield { items, resume: null, whole: { ...wholeConversations(items), wereRead: true } };
  }
}

/** Conversations with an evaluation, of people or of the platform's own, that was submitted or released in the slice. */
async function evaluatedIn(connection: Connection, slice: Slice, isWanted: (at: number) => boolean): Promise<ReadonlySet<string>> {
  const ids = new Set<string>();
  for (const field of ["submittedDate", "releaseDate"]) {
    for (const systemSubmitted of [false, true]) {
      for await (const results of searchPages(connection, slice, { field, systemSubmitted })) {
        for (const result of results) {
          const found = hit.safeParse(result).data;
          const date = found?.conversationDate ?? null;
          if (found !== undefined && (date === null || isWanted(Date.parse(date)))) ids.add(found.conversation.id);
        }
      }
    }
  }
  return ids;
}

async function* searchPages(
  connection: Connection,
  { from, to }: Slice,
  { field, systemSubmitted }: { readonly field: string; readonly systemSubmitted: boolean },
): AsyncIterable<readonly unknown[]> {
  // Whether the end of a range is in it, the platform does not say.
  const range = { type: "DATE_RANGE", field, startValue: isoText(from), endValue: isoText(to - 1) };
  const guard = pageGuard(`POST ${searchPath}`);
  for (let pageNumber = 1; ; pageNumber += 1) {
    const json = { query: [range], pageSize, pageNumber, sortBy: field, sortOrder: "ASC", systemSubmitted };
    const answer = await askFor(connection, { method: "POST", path: searchPath, json }, searched);
    const results = answer.results ?? [];
    guard(results, pageNumber);
    yield results;
    if (results.length < Math.max(1, answer.pageSize ?? pageSize)) return;
  }
}

/** Those that are still there. Should one that is gone spoil the answer for all, they are asked for in halves. */
async function conversationsOf(connection: Connection, ids: readonly string[]): Promise<readonly unknown[]> {
  const { status, body } = await ask(connection, { method: "GET", path: detailsPath, query: { id: ids }, alsoFine: [404] });
  if (status !== 404) return shaped(body, details, `GET ${detailsPath}`).conversations ?? [];
  if (ids.length === 1) return [];
  const half = Math.ceil(ids.length / 2);
  return [...(await conversationsOf(connection, ids.slice(0, half))), ...(await conversationsOf(connection, ids.slice(half)))];
}
