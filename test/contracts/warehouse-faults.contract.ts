import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openBigQueryWarehouse } from "../../src/adapters/warehouses/bigquery/warehouse.ts";
import { openSnowflakeWarehouse } from "../../src/adapters/warehouses/snowflake/warehouse.ts";
import { loadRead } from "../../src/app/ingest/load-read.ts";
import { GamiError } from "../../src/errors.ts";
import { exitCodeOf } from "../../src/exit-codes.ts";
import type { Warehouse } from "../../src/ports/warehouse.ts";
import type { Emulator, EmulatorKind } from "../emulators/emulators.ts";
import { bigqueryConfig, snowflakeConfig } from "../support/cloud-warehouses.ts";
import { type Fault, type FaultProxy, startFaultProxy } from "../support/fault-proxy.ts";
import { readOf, recordItem } from "../support/item-read.ts";
import { requireOrSkip } from "../support/require.ts";
import { warehouseFixture } from "../support/warehouse-fixture.ts";
import type { WarehouseFixture } from "./warehouse.contract.ts";

/** Failures that no emulator has, told by a proxy in the service's own words, to the real drivers. */
interface Case {
  readonly name: string;
  readonly fault: Fault;
  readonly code: string;
  readonly exit: number;
  /** Parts the message must name. */
  readonly names: readonly string[];
  readonly hint: string;
}

const clock = { now: () => Date.parse("2026-01-02T03:04:05.000Z") };
const queryId = "01b2c3d4-0000-0000-0000-000000000001";

/** Snowflake answers 200 and says so inside. */
const refuses = (code: string, message: string, when: Fault["when"]): Fault => ({
  when,
  answer: { json: { success: false, code, message, data: { errorCode: code, sqlState: "42000", queryId } } },
});
const statement = (pattern: RegExp) => (path: string, body: string) => path.startsWith("/queries/v1/query-request") && pattern.test(body);
const login = (path: string) => path.startsWith("/session/v1/login-request");

/** BigQuery answers a job that has failed. */
const jobFails = (reason: string, message: string, pattern: RegExp): Fault => ({
  when: (path, body) => path.includes("/jobs/job_x1") || (/\/jobs(\?|$)/.test(path) && pattern.test(body)),
  answer: {
    json: {
      kind: "bigquery#job",
      id: "gami-test:US.job_x1",
      jobReference: { projectId: "gami-test", jobId: "job_x1", location: "US" },
      status: { state: "DONE", errorResult: { reason, message }, errors: [{ reason, message }] },
    },
  },
});
const refusesRequest = (status: number, reason: string, message: string, pattern: RegExp): Fault => ({
  when: (path, body) => pattern.test(path) || pattern.test(body),
  answer: { status, json: { error: { code: status, message, errors: [{ reason, message, domain: "global" }] } } },
});

const copy = statement(/copy into/);
const cases: Readonly<Record<EmulatorKind, readonly Case[]>> = {
  snowflake: [
    {
      name: "a role the user does not have",
      fault: refuses("390189", "Role 'GAMI_ROLE' specified in the connect string is not granted to this user.", login),
      code: "WAREHOUSE_ROLE",
      exit: 4,
      names: ["gami", "GAMI_ROLE"],
      hint: "grant role GAMI_ROLE to user gami",
    },
    {
      name: "an expired token",
      fault: refuses("390318", "OAuth access token expired. [1172527951366]", login),
      code: "WAREHOUSE_TOKEN",
      exit: 4,
      names: ["gami", "expired"],
      hint: "new token",
    },
    {
      name: "a wrong password",
      fault: refuses("390100", "Incorrect username or password was specified.", login),
      code: "WAREHOUSE_AUTH",
      exit: 4,
      names: ["emulator", "gami"],
      hint: "gami doctor",
    },
    {
      name: "a schema owned by someone else",
      fault: refuses(
        "003001",
        "SQL access control error: Insufficient privileges to operate on schema 'RAW'",
        statement(/insert into raw/),
      ),
      code: "WAREHOUSE_GRANT",
      exit: 4,
      names: ["GAMI_ROLE", "RAW", queryId],
      hint: "GAMI.RAW to role GAMI_ROLE",
    },
    {
      name: "a virtual warehouse that stays suspended",
      fault: refuses("000607", "Warehouse 'GAMI_XS' cannot be resumed because its account is suspended.", copy),
      code: "WAREHOUSE_SUSPENDED",
      exit: 75,
      names: ["GAMI_XS", queryId],
      hint: "alter warehouse GAMI_XS",
    },
    {
      name: "a quota that is used up",
      fault: refuses("090073", "Warehouse 'GAMI_XS' cannot be resumed because resource monitor 'LIMIT' has exceeded its quota.", copy),
      code: "WAREHOUSE_QUOTA",
      exit: 75,
      names: ["GAMI_XS", queryId],
      hint: "resource monitor",
    },
    {
      name: "a load that fails after the upload",
      fault: refuses("100132", "JavaScript execution error: error reading the Parquet file", copy),
      code: "WAREHOUSE_TABLE_CHANGED",
      exit: 6,
      names: [queryId],
      hint: "gami warehouse rebuild",
    },
    {
      name: "a table changed by hand",
      fault: refuses(
        "000904",
        "SQL compilation error: error line 1 at position 3 invalid identifier 'TALK_MS'",
        statement(/insert into raw/),
      ),
      code: "WAREHOUSE_TABLE_CHANGED",
      exit: 6,
      names: ["TALK_MS", queryId],
      hint: "gami warehouse rebuild",
    },
    {
      name: "rows another transaction holds",
      fault: refuses(
        "000625",
        "Statement 'x' has locked table 'CURSOR_CSV_SURVEY' in transaction 5 and this lock has not yet been released.",
        statement(/update meta/),
      ),
      code: "WAREHOUSE_CONFLICT",
      exit: 75,
      names: [queryId],
      hint: "run the same command again",
    },
  ],
  bigquery: [
    {
      name: "an expired token",
      fault: refusesRequest(401, "authError", "Request had invalid authentication credentials.", /datasets/),
      code: "WAREHOUSE_TOKEN",
      exit: 4,
      names: ["credentials"],
      hint: "gcloud auth",
    },
    {
      name: "a missing grant",
      fault: refusesRequest(
        403,
        "accessDenied",
        "Access Denied: Table gami-test:raw.csv_survey: User does not have bigquery.tables.updateData",
        /insert into raw/,
      ),
      code: "WAREHOUSE_GRANT",
      exit: 4,
      names: ["gami-test:raw.csv_survey"],
      hint: "roles/bigquery.dataOwner",
    },
    {
      name: "an account that may not run jobs",
      fault: refusesRequest(
        403,
        "accessDenied",
        "Access Denied: Project gami-test: User does not have bigquery.jobs.create permission in project gami-test.",
        /create or replace table/,
      ),
      code: "WAREHOUSE_GRANT",
      exit: 4,
      names: ["gami-test", "bigquery.jobs.create"],
      hint: "roles/bigquery.jobUser",
    },
    {
      name: "a dataset owned by someone else",
      fault: jobFails(
        "accessDenied",
        "Access Denied: Dataset gami-test:raw: Permission bigquery.tables.updateData denied on dataset gami-test:raw",
        /insert into raw/,
      ),
      code: "WAREHOUSE_GRANT",
      exit: 4,
      names: ["gami-test:raw", "job_x1"],
      hint: "roles/bigquery.dataOwner",
    },
    {
      name: "slots that are all taken",
      fault: jobFails("rateLimitExceeded", "Exceeded rate limits: too many concurrent queries for this project", /begin transaction/),
      code: "WAREHOUSE_QUOTA",
      exit: 75,
      names: ["gami-test", "job_x1"],
      hint: "quota",
    },
    {
      name: "a quota that is used up",
      fault: refusesRequest(403, "quotaExceeded", "Quota exceeded: Your project exceeded quota for imports per project", /gami_work/),
      code: "WAREHOUSE_QUOTA",
      exit: 75,
      names: ["gami-test"],
      hint: "quota",
    },
    {
      name: "a load job that fails after the upload",
      fault: jobFails("invalid", "Error while reading data, error message: Parquet file is truncated", /"load"/),
      code: "WAREHOUSE_FAILED",
      exit: 6,
      names: ["truncated", "job_x1"],
      hint: "bq show -j gami-test:US.job_x1",
    },
    {
      name: "a table changed by hand",
      fault: jobFails("invalidQuery", "Unrecognized name: survey_id at [3:5]", /insert into raw/),
      code: "WAREHOUSE_TABLE_CHANGED",
      exit: 6,
      names: ["survey_id", "job_x1"],
      hint: "gami warehouse rebuild",
    },
    {
      name: "a transaction that another one ended",
      fault: jobFails(
        "invalidQuery",
        "Transaction is aborted due to concurrent update against table gami-test:meta.cursor_csv_survey",
        /begin transaction/,
      ),
      code: "WAREHOUSE_CONFLICT",
      exit: 75,
      names: ["gami-test:meta.cursor_csv_survey", "job_x1"],
      hint: "run the same command again",
    },
    {
      name: "a statement over the limit of cost",
      fault: jobFails("bytesBilledLimitExceeded", "Query exceeded limit for bytes billed: 1000000000.", /begin transaction/),
      code: "WAREHOUSE_COST_LIMIT",
      exit: 6,
      names: ["job_x1"],
      hint: "maximumGigabytesBilled",
    },
  ],
};

/** Where the answer to the commit is lost. A session that is gone is what Snowflake says after a cut; its driver hides the cut itself. */
const sessionGone = {
  json: { success: false, code: "390111", message: "Session no longer exists. New login required to access the service.", data: {} },
};
/** The service ends the transaction of a session that is gone; the emulator has to be told. */
const rolledBack = { isDone: true, instead: (body: string) => body.replace('"sqlText":"commit"', '"sqlText":"rollback"') } as const;
const commitOf: Readonly<Record<EmulatorKind, Fault["when"]>> = {
  snowflake: statement(/"sqlText":"commit"/),
  bigquery: (path, body) => /\/jobs(\?|$)/.test(path) && /commit transaction/.test(body),
};

/** Requests that make the service do something; asking whether it is done is not one. */
const isStatement: Readonly<Record<EmulatorKind, RegExp>> = {
  snowflake: /^\/queries\/v1\/query-request/,
  bigquery: /\/jobs(\?|$)/,
};

/** On the emulator that serves the contract too: its tables are there already. */
export function describeFaults(kind: EmulatorKind, emulator: () => Promise<Emulator>): void {
  describe.runIf(requireOrSkip(kind))(`what ${kind} may answer`, { timeout: 60_000 }, () => {
    let proxy: FaultProxy;
    let fixture: WarehouseFixture;
    let number = 0;
    const open = (): Warehouse =>
      kind === "snowflake"
        ? openSnowflakeWarehouse(snowflakeConfig(proxy, { role: "GAMI_ROLE", virtualWarehouse: "GAMI_XS" }))
        : openBigQueryWarehouse(bigqueryConfig(proxy));
    const survey = (id: string) => recordItem("survey", id, { survey_id: id, agent_native_id: "ann" });
    const load = (warehouse: Warehouse, source: string, count = 2) => {
      const items = Array.from({ length: count }, (_, index) => survey(String(index)));
      return loadRead({ warehouse, archive: fixture.archive, clock }, readOf(items, { source, streams: ["survey"] }));
    };
    const newSource = () => {
      number += 1;
      return `csv:fault${number}`;
    };

    beforeAll(async () => {
      proxy = await startFaultProxy((await emulator()).url);
      fixture = warehouseFixture(open, () => proxy.close());
      await fixture.warehouse.createTables();
    }, 300_000);
    afterAll(() => fixture.close());

    test.each(cases[kind])(
      "$name: named, with one thing to do, and loaded once by the run after it",
      async ({ fault, code, exit, names, hint }) => {
        const source = newSource();
        const warehouse = fixture.another();
        proxy.setFault(fault);
        const error = await load(warehouse, source).catch((thrown: unknown) => thrown);
        proxy.setFault(null);
        if (!(error instanceof GamiError)) throw error;
        expect({ code: error.code, exit: exitCodeOf(error) }).toEqual({ code, exit });
        for (const name of names) expect(error.message).toContain(name);
        expect(error.hint).toContain(hint);
        const { totals } = await load(warehouse, source);
        expect(totals).toMatchObject({ received: 2, new: 2 });
        await warehouse.close();
      },
    );

    test("a load takes the same number of statements however many rows it has", async () => {
      /** How each statement begins: `select`, `create or replace`; a load job has none. */
      const statementsFor = async (count: number) => {
        const before = proxy.seen.length;
        const { totals } = await load(fixture.warehouse, newSource(), count);
        expect(totals).toMatchObject({ new: count });
        const sent = proxy.seen.slice(before).filter(({ path }) => isStatement[kind].test(path));
        return sent.map(({ body }) => /"(?:query|sqlText)":"(?:\\n|\s)*([a-z ]+)/.exec(body)?.[1] ?? "load job");
      };
      // What a failed test before left pending is looked for by the next load, whatever its size.
      await load(fixture.warehouse, newSource());
      const few = await statementsFor(2);
      expect(few.length).toBeGreaterThan(5);
      expect(few.length).toBeLessThan(25);
      expect(await statementsFor(5_000)).toEqual(few);
    });

    test.runIf(kind === "bigquery")("what reading a table would bill is asked by dry runs, and run nowhere", async () => {
      await load(fixture.warehouse, newSource());
      const asked = proxy.seen.length;
      proxy.setFault({
        when: (_, body) => body.includes('"dryRun":true'),
        answer: {
          json: {
            jobReference: { projectId: "gami-test", location: "US" },
            status: { state: "DONE" },
            statistics: { totalBytesProcessed: "2500000000" },
          },
        },
      });
      const costs = await fixture.warehouse.readingCosts();
      proxy.setFault(null);
      expect(costs).toContainEqual({ table: "raw.csv_survey", loadBytes: 2_500_000_000, wholeBytes: 2_500_000_000 });
      const read = proxy.seen.slice(asked).filter(({ body }) => /from raw\.csv_survey/.test(body) && !body.includes("count(*)"));
      expect(read).toHaveLength(2);
      expect(read.every(({ body }) => body.includes('"dryRun":true'))).toBe(true);
    });

    test.runIf(kind === "snowflake")("a warehouse that does not bill by bytes says so", async () => {
      expect(await fixture.warehouse.readingCosts()).toBeNull();
    });

    test("a commit that was done, but whose answer was lost, counts as done, once", async () => {
      const source = newSource();
      proxy.setFault({ when: commitOf[kind], answer: kind === "snowflake" ? { ...sessionGone, isDone: true } : "cut after" });
      const first = await load(fixture.warehouse, source);
      proxy.setFault(null);
      const again = await load(fixture.warehouse, source);
      const rows = await fixture.warehouse.rows("select count(*) as n from raw.csv_survey where source = $1", [source]);
      expect(rows).toEqual([{ n: 2 }]);
      expect(first.totals).toMatchObject({ received: 2, new: 2 });
      expect(again.totals).toMatchObject({ received: 2, new: 0, unchanged: 2 });
    });

    test("a commit that never arrived leaves nothing, and the run after it loads once", async () => {
      const source = newSource();
      proxy.setFault({ when: commitOf[kind], answer: kind === "snowflake" ? { ...sessionGone, ...rolledBack } : "cut" });
      const error = await load(fixture.warehouse, source).catch((thrown: unknown) => thrown);
      proxy.setFault(null);
      if (!(error instanceof GamiError)) throw error;
      expect(exitCodeOf(error)).toBe(75);
      expect(await fixture.warehouse.rows("select count(*) as n from raw.csv_survey where source = $1", [source])).toEqual([{ n: 0 }]);
      expect((await load(fixture.warehouse, source)).totals).toMatchObject({ received: 2, new: 2 });
    });
  });
}
