import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkPlatform } from "../../src/app/project/check-platforms.ts";
import { type ExitCode, exitCodeOf } from "../../src/exit-codes.ts";
import type { Platform } from "../../src/ports/platform.ts";
import type { RunningSimulator } from "../../src/ports/simulator.ts";
import { dayMs, firstDay, openProject, type Project, setFaults, startCentre } from "../support/extraction.ts";

/** One platform under one contract, as the suite opens it. */
export interface SourceCase {
  readonly name: string;
  readonly open: (url: string, credentials?: "right" | "wrong") => Platform;
  /** The read the suite breaks, the path its pages come from, and the table that must be whole in the end. */
  readonly read: string;
  readonly pages: string;
  readonly table: string;
  /** A text in the answers that is the id of a record; null where ids are numbers. */
  readonly idField: string | null;
  readonly idColumn: string;
  /** False where a page is found by its offset, so that no cursor can lead to itself. */
  readonly hasCursor: boolean;
  /** What 204 in place of a page means: nothing there, or an answer that is none. */
  readonly noContent: "empty" | "trouble";
}

const twoDays = { until: firstDay + 2 * dayMs };

/** What every source must do with what platforms do, whichever it is and whatever contract it speaks. */
export function sourceContract(adapter: SourceCase): void {
  describe(adapter.name, () => {
    let centre: RunningSimulator;
    let clean: string;
    const opened: Project[] = [];

    const project = async () => {
      const fresh = await openProject();
      opened.push(fresh);
      return fresh;
    };
    const extract = (into: Project, url = centre.url) => into.extract(adapter.open(url), [adapter.read], twoDays);
    const faultsOnPages = (...names: readonly string[]) =>
      setFaults(
        centre.url,
        names.map((name) => ({ name, rate: 1, path: adapter.pages })),
      );

    beforeAll(async () => {
      centre = await startCentre();
      const whole = await project();
      const { totals } = await extract(whole);
      expect(totals).toMatchObject({ quarantined: 0 });
      expect(totals.new).toBeGreaterThan(50);
      clean = await whole.warehouse.contentHash();
    }, 60_000);
    afterAll(async () => {
      for (const one of opened) await one.close();
      await centre.close();
    });

    test("what passes does no harm: a refused token in mid-read, throttles, cuts, compressed and repeated pages, 50 MB in one", async () => {
      const into = await project();
      await setFaults(centre.url, [
        { name: "unauthorized", rate: 1, path: adapter.pages, times: 1 },
        { name: "throttle", rate: 1, path: adapter.pages, times: 1 },
        { name: "cut", rate: 1, path: adapter.pages, times: 1 },
        { name: "error", rate: 1, path: adapter.pages, times: 1 },
        { name: "huge", rate: 1, path: adapter.pages, times: 1 },
        { name: "gzip", rate: 0.5 },
        { name: "duplicate", rate: 0.5 },
      ]);
      const { reads } = await extract(into);
      await setFaults(centre.url, []);
      expect(reads[0]?.counts.throttled).toBe(1);
      expect(await into.warehouse.contentHash()).toBe(clean);
    });

    test.each([
      ["html", [6]],
      ["charset", [6]],
      ["error-body", [75]],
      ["forbidden", [4]],
    ] as const)("%s that stays ends with a code and one thing to do, and loses nothing", async (fault, codes) => {
      const into = await project();
      await faultsOnPages(fault);
      const failed = await failure(() => extract(into));
      expect(codes).toContain(failed.exitCode);
      expect(failed).toMatchObject({ code: expect.stringMatching(/^[A-Z_]+$/), hint: expect.any(String) });
      await setFaults(centre.url, []);
      await extract(into);
      expect(await into.warehouse.contentHash()).toBe(clean);
    });

    test("[T101] a missing permission is named as --list names it", async () => {
      await faultsOnPages("forbidden");
      const failed = await failure(async () => extract(await project()));
      await setFaults(centre.url, []);
      const [permission = ""] =
        adapter
          .open(centre.url)
          .reads.find(({ name }) => name === adapter.read)
          ?.permission.split(/[,;]/) ?? [];
      expect(permission).not.toBe("");
      expect(failed).toMatchObject({ exitCode: 4, code: "PERMISSION_MISSING", message: expect.stringContaining(permission) });
    });

    test("[T101] doctor names each read the account may not do, and says so when it may do all", async () => {
      const yesterday = firstDay + dayMs;
      const asked = () => checkPlatform(adapter.open(centre.url), yesterday);
      expect(await asked()).toMatchObject({ state: "ok", detail: expect.stringMatching(/all \d+ reads? allowed/) });
      await faultsOnPages("forbidden");
      const missing = await asked();
      await setFaults(centre.url, []);
      const permission = adapter.open(centre.url).reads.find(({ name }) => name === adapter.read)?.permission ?? "none";
      expect(missing).toMatchObject({ state: "fail", exitCode: 4, action: expect.any(String) });
      // The first page of a job's read is the job itself, which may be submitted.
      expect(missing.detail).toContain(`${adapter.read} needs ${permission}`);
      expect(await checkPlatform(adapter.open(centre.url, "wrong"), yesterday)).toMatchObject({ state: "fail", exitCode: 4 });
    });

    test("204 in place of a page is what the contract says: nothing there, or no answer", async () => {
      const into = await project();
      await faultsOnPages("no-content");
      const outcome = await extract(into).then(
        ({ totals }) => totals.received,
        (error: unknown) => exitCodeOf(error),
      );
      await setFaults(centre.url, []);
      expect(outcome).toBe(adapter.noContent === "empty" ? 0 : 75);
    });

    test("[S2-R2] [S2-R4] each read says what a row is, by what it is told apart, how it is paged, how late it may be and what it takes", () => {
      const { reads } = adapter.open(centre.url);
      expect(reads.length).toBeGreaterThan(0);
      for (const { name, grain, key, paging, permission, streams, kind, sliceHours } of reads) {
        for (const text of [grain, key, paging, permission]) expect(text, name).toMatch(/\w{3}/);
        expect(streams.length, name).toBeGreaterThan(0);
        if (kind === "slices") expect(sliceHours % 24, name).toBe(0);
      }
      expect(new Set(reads.map(({ name }) => name)).size).toBe(reads.length);
    });

    test("wrong credentials exit 4, and their message holds no secret", async () => {
      const failed = await failure(async () => (await project()).extract(adapter.open(centre.url, "wrong"), [adapter.read], twoDays));
      expect(failed).toMatchObject({ exitCode: 4, hint: expect.any(String) });
      expect(JSON.stringify(failed)).not.toContain("not the secret");
    });

    test("no TLS where it should be exits 6 at once", async () => {
      const failed = await failure(async () => extract(await project(), centre.url.replace("http:", "https:")));
      expect(failed).toMatchObject({ exitCode: 6, code: "TLS_FAILED" });
    });

    test("a malformed record is quarantined with its field, and the rest goes on", async () => {
      const into = await project();
      await faultsOnPages("malformed");
      const { totals, reads } = await extract(into);
      await setFaults(centre.url, []);
      expect(totals.quarantined).toBeGreaterThan(0);
      expect(totals.new).toBeGreaterThan(50);
      expect(reads[0]?.rejects[0]).toMatchObject({ reason: expect.any(String), field: expect.any(String) });
    });

    if (adapter.hasCursor) {
      test("a cursor that leads to itself ends with exit 6 instead of running for ever", async () => {
        await setFaults(centre.url, [{ name: "repeat-cursor", rate: 1 }]);
        const small = await smallPages(centre.url);
        const failed = await failure(async () => extract(await project(), small.url));
        await small.close();
        await setFaults(centre.url, []);
        expect(failed).toMatchObject({ exitCode: 6, code: expect.stringMatching(/REPEATS$/), hint: expect.any(String) });
      });
    }

    const { idField } = adapter;
    if (idField !== null) {
      test("[T103] an id with quotes is kept, one with a line break is quarantined", async () => {
        const into = await project();
        const quoted = `it's "quoted", \\ and; drop table raw.${adapter.table}`;
        const ids = [quoted, "two\nlines"];
        const odd = await between(centre.url, (text) =>
          text.replace(new RegExp(`("${idField.replace(".", "\\.")}":)"[^"]*"`, "g"), (whole, field: string) => {
            const id = ids.shift();
            return id === undefined ? whole : `${field}${JSON.stringify(id)}`;
          }),
        );
        const { totals, reads } = await extract(into, odd.url);
        await odd.close();
        expect(totals.quarantined).toBeGreaterThan(0);
        expect(reads[0]?.rejects).toContainEqual(expect.objectContaining({ reason: "bad_id" }));
        const kept = await into.warehouse.rows(
          `select distinct ${adapter.idColumn} as id from raw.${adapter.table} where ${adapter.idColumn} = $1`,
          [quoted],
        );
        expect(kept).toEqual([{ id: quoted }]);
      });
    }
  });
}

interface Failed {
  readonly exitCode: ExitCode;
  readonly code: string | null;
  readonly hint: string | null;
  readonly message: string;
}

async function failure(work: () => Promise<unknown>): Promise<Failed> {
  const error: unknown = await work().then(
    () => new Error("it did not fail"),
    (thrown: unknown) => thrown,
  );
  const of = (name: string): string | null => {
    const value: unknown = error instanceof Error ? Object.entries(error).find(([key]) => key === name)?.[1] : null;
    return typeof value === "string" ? value : null;
  };
  return { exitCode: exitCodeOf(error), code: of("code"), hint: of("hint"), message: error instanceof Error ? error.message : "" };
}

export interface Between {
  readonly url: string;
  close(): Promise<void>;
}

/** Stands between gami and the simulator and changes what either says. */
export async function between(
  target: string,
  changeAnswer: (text: string) => string,
  changeRequest: (text: string) => string = (text) => text,
  changeHeaders: (headers: Record<string, string>) => Record<string, string> = (headers) => headers,
): Promise<Between> {
  const server = createServer(async (request: IncomingMessage, response: ServerResponse) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const sent = Buffer.concat(chunks).toString();
    const answer = await fetch(new URL(changeRequest(request.url ?? "/"), target), {
      method: request.method ?? "GET",
      headers: Object.entries(request.headers).flatMap(([name, value]): [string, string][] =>
        typeof value === "string" && !/^(host|connection|content-length|accept-encoding)$/.test(name) ? [[name, value]] : [],
      ),
      ...(sent === "" ? {} : { body: changeRequest(sent) }),
    });
    const text = changeAnswer(await answer.text()).replaceAll(target, url);
    const kept = [...answer.headers].filter(
      ([name]) => !/^(content-length|content-encoding|transfer-encoding|connection|date)$/.test(name),
    );
    response.writeHead(answer.status, changeHeaders(Object.fromEntries(kept))).end(answer.status === 204 ? undefined : text);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the server has no port");
  const url = `http://127.0.0.1:${address.port}`;
  return {
    url,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A slice of the small centre fits on one page; with ten rows a page it has cursors. */
function smallPages(target: string): Promise<Between> {
  return between(
    target,
    (text) => text,
    (text) => text.replace(/("pageSize":|pageSize=)\d+/, "$110").replace(/\btop=\d+/, "top=10"),
  );
}
