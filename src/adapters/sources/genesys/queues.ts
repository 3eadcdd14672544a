import * as z from "zod";
import { emptyRecord } from "../../../domain/records/record.ts";
import type { GenesysRead } from "./genesys-read.ts";
import { numberedPages } from "./numbered-pages.ts";
import { itemsOf, readDocument } from "./page-items.ts";

const queueSchema = z.object({ id: z.string().min(1).max(256), name: z.string().nullish() });

export const queues: GenesysRead = {
  description: {
    name: "queues",
    streams: ["queue"],
    grain: "one routing queue as it is now",
    key: "queue",
    kind: "snapshot",
    paging: "pages",
    latenessHours: 0,
    sliceHours: 0,
    permission: "routing:queue:view",
  },
  documents: () => readDocument(queueMapping),
  async *pages({ connection, boundary }) {
    let page = 0;
    for await (const entities of numberedPages(connection, "/api/v2/routing/queues", { pageSize: 100 })) {
      page += 1;
      // A queue's name is nobody's; its root is the record itself.
      const records = entities.map(withLabel);
      yield { items: itemsOf(records, `queues/${page}`, boundary, queueMapping), resume: null };
    }
  },
};

const queueMapping = {
  shape: z.object({ ...queueSchema.shape, label: z.string().nullish() }),
  map: ({ id, label }: { id: string; label?: string | null | undefined }) =>
    [{ stream: "queue", record: { ...emptyRecord("queue"), queue_native_id: id, name: label ?? null } }] as const,
};

/** The name under another one: scrubbing takes every plain `name` for a person's. */
export function withLabel(entity: unknown): unknown {
  const named = z.object({ name: z.string() }).safeParse(entity);
  return named.success && typeof entity === "object" && entity !== null ? { ...entity, label: named.data.name } : entity;
}
