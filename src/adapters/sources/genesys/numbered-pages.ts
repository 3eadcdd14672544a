import * as z from "zod";
import { askFor, type Connection } from "./ask.ts";
import { pageGuard } from "./page-guard.ts";

const page = z.object({
  entities: z.array(z.unknown()),
  pageCount: z.number().optional(),
  nextUri: z.string().nullish(),
});

/** All pages of a listing with page numbers. */
export async function* numberedPages(
  connection: Connection,
  path: string,
  query: Readonly<Record<string, string | number>>,
): AsyncIterable<readonly unknown[]> {
  const guard = pageGuard(`GET ${path}`);
  for (let pageNumber = 1; ; pageNumber += 1) {
    const { entities, pageCount, nextUri } = await askFor(connection, { method: "GET", path, query: { ...query, pageNumber } }, page);
    guard(entities, pageNumber);
    yield entities;
    const hasMore = pageCount === undefined ? typeof nextUri === "string" : pageNumber < pageCount;
    if (entities.length === 0 || !hasMore) return;
  }
}

/** Every entity of a listing that is small: profiles, units. */
export async function allEntities<T extends z.ZodType>(connection: Connection, path: string, shape: T): Promise<z.output<T>[]> {
  const found: z.output<T>[] = [];
  for await (const entities of numberedPages(connection, path, { pageSize: 100 })) {
    for (const entity of entities) {
      const parsed = shape.safeParse(entity);
      if (parsed.success) found.push(parsed.data);
    }
  }
  return found;
}
