import * as z from "zod";
import { SourceBrokenError } from "../../../errors.ts";
import { askFor, type Connection } from "./ask.ts";

const page = z.object({
  entities: z.array(z.unknown()),
  pageCount: z.number().optional(),
  nextUri: z.string().nullish(),
});

/** All pages of a listing with page numbers. A page equal to the one before it means that the platform ignores the number. */
export async function* numberedPages(
  connection: Connection,
  path: string,
  query: Readonly<Record<string, string | number>>,
): AsyncIterable<readonly unknown[]> {
  let before = "";
  for (let pageNumber = 1; ; pageNumber += 1) {
    const { entities, pageCount, nextUri } = await askFor(connection, { method: "GET", path, query: { ...query, pageNumber } }, page);
    const print = JSON.stringify(entities);
    if (entities.length > 0 && print === before) {
      throw new SourceBrokenError(`genesys: GET ${path} answered page ${pageNumber} with the records of the page before it`, {
        code: "PAGE_REPEATS",
        hint: "run the command again; if it stays, report the path named above to the platform",
      });
    }
    before = print;
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
