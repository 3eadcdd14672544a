import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ConfigError } from "../../errors.ts";
import { deriveKey, keyFilePath, newMasterKey, readMasterKey } from "./master-key.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-key-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const file = join(folder, "key");
const key = newMasterKey();
writeFileSync(file, `${key}\n`);

test("the key of the environment wins over the file it names, and that over the config's", () => {
  const other = join(folder, "other");
  writeFileSync(other, Buffer.alloc(32, 7).toString("base64"));
  expect(readMasterKey({ env: {}, file }).toString("hex")).toBe(key);
  expect(readMasterKey({ env: { GAMI_KEY_FILE: other }, file })).toEqual(Buffer.alloc(32, 7));
  expect(readMasterKey({ env: { GAMI_KEY: "ab".repeat(32), GAMI_KEY_FILE: other }, file }).toString("hex")).toBe("ab".repeat(32));
  expect(keyFilePath({ env: { GAMI_KEY: "x" }, file })).toBeNull();
});

test("keys of different purposes have nothing in common, and the same purpose gives the same key", () => {
  const master = Buffer.alloc(32, 1);
  const purposes = ["pseudonym", "token", "webhook", "draw"] as const;
  expect(new Set(purposes.map((purpose) => deriveKey(master, purpose).toString("hex"))).size).toBe(4);
  expect(deriveKey(master, "pseudonym").toString("hex")).toBe(deriveKey(Buffer.alloc(32, 1), "pseudonym").toString("hex"));
});

test("the derivation never changes: pseudonyms of loaded data depend on it", () => {
  expect(deriveKey(Buffer.alloc(32, 1), "pseudonym").toString("hex")).toMatchInlineSnapshot(
    `"9be51fae1769b303f4b01ded9cbf6f4589eb93b88fe65bd4e9cc6cd953dd01de"`,
  );
});

test("two new keys differ and are long enough", () => {
  expect(newMasterKey()).not.toBe(newMasterKey());
  expect(newMasterKey()).toMatch(/^[0-9a-f]{64}$/);
});

test.each(["", "short", "ab".repeat(15), "not hexadecimal, not base64 either!"])(
  "%o is no key, and the message does not repeat it",
  (text) => {
    const read = () => readMasterKey({ env: { GAMI_KEY: text || " " }, file });
    expect(read).toThrow(ConfigError);
    if (text !== "") expect(read).not.toThrow(text);
  },
);

test("a missing key file names the file and what to do", () => {
  const missing = join(folder, "none");
  expect(() => readMasterKey({ env: {}, file: missing })).toThrow(missing);
});
