import { createPrivateKey, generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { ConfigError } from "../../../errors.ts";
import { readPrivateKey } from "./private-key.ts";

const folder = mkdtempSync(join(tmpdir(), "gami-key-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const plain = String(privateKey.export({ type: "pkcs8", format: "pem" }));
const sealed = String(privateKey.export({ type: "pkcs8", format: "pem", cipher: "aes-256-cbc", passphrase: "open sesame" }));
const pair = (text: string, passphrase: string | null = null) => readPrivateKey({ kind: "key-pair", privateKey: text, passphrase });
const isSame = (text: string) => createPrivateKey(text).equals(privateKey);

test("a private key is read from text, from one line with \\n for line ends, from a file, and with its passphrase", () => {
  const path = join(folder, "key.p8");
  writeFileSync(path, sealed);
  expect(isSame(pair(plain))).toBe(true);
  expect(isSame(pair(plain.replaceAll("\n", "\\n")))).toBe(true);
  expect(isSame(pair(sealed, "open sesame"))).toBe(true);
  expect(isSame(readPrivateKey({ kind: "key-file", path, passphrase: "open sesame" }))).toBe(true);
});

test("a key that is none, is not there or lacks its passphrase is a fault of the config, and the message has nothing of the key", () => {
  const failing = (work: () => unknown) => {
    try {
      work();
    } catch (error) {
      if (error instanceof ConfigError) return error;
    }
    throw new Error("expected a ConfigError");
  };
  expect(failing(() => pair(sealed)).hint).toContain("privateKeyPassphrase");
  expect(failing(() => pair(sealed, "wrong")).hint).toContain("privateKeyPassphrase");
  expect(failing(() => pair("c2VjcmV0")).message).toMatch(/^warehouse\.snowflake\.privateKey is no private key gami can use: \w+$/);
  const gone = failing(() => readPrivateKey({ kind: "key-file", path: join(folder, "none.p8"), passphrase: null }));
  expect(gone.message).toContain("none.p8");
  expect(gone.message).toContain("ENOENT");
});
