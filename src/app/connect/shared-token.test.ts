import { randomBytes } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { sealWith } from "../../adapters/keys/seal.ts";
import { openSqliteStore } from "../../adapters/state/sqlite/store.ts";
import type { StateStore } from "../../ports/state-store.ts";
import { sharedToken } from "./shared-token.ts";

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

/** Two stores on one file stand for two processes; time passes only when told. */
async function world() {
  const folder = mkdtempSync(join(tmpdir(), "gami-token-"));
  closers.push(async () => rmSync(folder, { recursive: true, force: true }));
  let time = 1_000_000;
  const clock = { now: () => time };
  const box = sealWith(randomBytes(32));
  const pass = (milliseconds: number) => {
    time += milliseconds;
  };
  let granted = 0;
  const path = join(folder, "gami.sqlite");
  const process = async (holder: string, secret = "s3cret") => {
    const state: StateStore = await openSqliteStore({ path, clock });
    closers.push(() => state.close());
    return sharedToken(
      {
        state,
        box,
        clock,
        sleep: async (milliseconds) => {
          pass(milliseconds);
          await new Promise((resolve) => setTimeout(resolve, 1));
        },
      },
      {
        client: { name: "genesys:client", secret },
        holder,
        request: async () => {
          granted += 1;
          await new Promise((resolve) => setTimeout(resolve, 5));
          return { authorization: `Bearer t${granted}`, expiresInSeconds: 1000 };
        },
      },
    );
  };
  return { process, path, pass, count: () => granted };
}

test("[S2-R8] [S2-R10] [S2-R11] a restart uses the stored token and calls no token endpoint", async () => {
  const { process, count } = await world();
  expect(await (await process("first")).current()).toBe("Bearer t1");
  expect(await (await process("after a restart")).current()).toBe("Bearer t1");
  expect(count()).toBe(1);
});

test("[T102] [S2-R7] it is renewed at 80 % of its life, not before", async () => {
  const { process, pass, count } = await world();
  const token = await process("one");
  await token.current();
  pass(799_000);
  expect(await token.current()).toBe("Bearer t1");
  pass(2000);
  expect(await token.current()).toBe("Bearer t2");
  expect(count()).toBe(2);
});

test("[T102] twenty callers in two processes cause one request", async () => {
  const { process, count } = await world();
  const [left, right] = [await process("left"), await process("right")];
  const tokens = await Promise.all(Array.from({ length: 20 }, (_, index) => (index % 2 === 0 ? left : right).current()));
  expect(new Set(tokens)).toEqual(new Set(["Bearer t1"]));
  expect(count()).toBe(1);
});

test("a refused token is never given again, and is renewed once for all who were refused", async () => {
  const { process, count } = await world();
  const [left, right] = [await process("left"), await process("right")];
  const first = await left.current();
  expect(await right.current()).toBe(first);
  expect(await left.renew(first)).toBe("Bearer t2");
  expect(await right.renew(first)).toBe("Bearer t2");
  expect(count()).toBe(2);
});

test("the token does not stand in the store's file", async () => {
  const { process, path } = await world();
  await (await process("one")).current();
  expect(readFileSync(path).includes("Bearer t1") || readFileSync(`${path}-wal`).includes("Bearer t1")).toBe(false);
});

test("a token that another secret was granted is not taken for a proof of this one", async () => {
  const { process, count } = await world();
  await (await process("before")).current();
  expect(await (await process("after the secret was changed", "rotated")).current()).toBe("Bearer t2");
  expect(await (await process("again", "rotated")).current()).toBe("Bearer t2");
  expect(count()).toBe(2);
});
