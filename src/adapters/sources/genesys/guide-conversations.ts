import * as z from "zod";
import { askFor } from "./ask.ts";
import { conversationMapping, conversationsByJob, wholeConversations } from "./conversation-job.ts";
import { type GenesysRead, isoText, placeOf } from "./genesys-read.ts";
import { pageGuard } from "./page-guard.ts";
import { itemsOf, readDocument } from "./page-items.ts";

const path = "/api/v2/analytics/conversations/queries";
const pageSize = 100;

const answerShape = z.object({ conversations: z.array(z.unknown()).nullish(), totalHits: z.number().nullish() });

/** Conversations that began in the slice, page by number, as the guides query them. */
export const conversationsByQuery: GenesysRead = {
  description: {
    ...conversationsByJob.description,
    paging: "pages",
    permission: "Analytics > Read, Reporting > Read",
  },
  documents: () => readDocument(conversationMapping),
  async *pages({ connection, boundary }, slice) {
    const interval = `${isoText(slice.from)}/${isoText(slice.to)}`;
    const guard = pageGuard(`POST ${path}`);
    for (let pageNumber = 1; ; pageNumber += 1) {
      const json = { interval, order: "asc", orderBy: "conversationStart", paging: { pageSize, pageNumber } };
      const { conversations, totalHits } = await askFor(connection, { method: "POST", path, json }, answerShape);
      const records = conversations ?? [];
      guard(records, pageNumber);
      // A late record moves those behind it to other pages, so that a page number is no place to resume at.
      const items = itemsOf(records, `${placeOf(slice)}/${pageNumber}`, boundary, conversationMapping);
      yield { items, resume: null, whole: wholeConversations(items) };
      const isLast = typeof totalHits === "number" ? pageNumber * pageSize >= totalHits : records.length < pageSize;
      if (records.length === 0 || isLast) return;
    }
  },
};
