import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseSession, playSession } from "../support/session.ts";

const names = readdirSync(import.meta.dirname).filter((name) => name.endsWith(".session.txt"));

/** GAMI_RECORD=1 writes down what happens instead: read the difference before committing it. */
test.each(names)(
  "%s goes as written",
  async (name) => {
    const path = join(import.meta.dirname, name);
    const written = readFileSync(path, "utf8");
    const played = await playSession(parseSession(written));
    if (process.env.GAMI_RECORD) writeFileSync(path, played);
    else expect(played).toBe(written);
  },
  120_000,
);
