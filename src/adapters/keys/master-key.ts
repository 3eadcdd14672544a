import { hkdfSync, randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { ConfigError } from "../../errors.ts";

/** What a derived key is for. A key of one purpose never opens what another one closed. */
export type KeyPurpose = "pseudonym" | "token" | "webhook" | "draw";

const keyBytes = 32;

export interface KeyPlace {
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `key.file` of the config. */
  readonly file: string;
}

/** The path the key is read from; null when it stands in GAMI_KEY. */
export function keyFilePath({ env, file }: KeyPlace): string | null {
  if (env.GAMI_KEY) return null;
  return env.GAMI_KEY_FILE || file;
}

/**
 * The project's master key: GAMI_KEY, else the file of GAMI_KEY_FILE, else `key.file`; 64 hexadecimal digits or base64.
 * @throws ConfigError when there is none or it is shorter than 32 bytes.
 */
export function readMasterKey(place: KeyPlace): Buffer {
  const path = keyFilePath(place);
  const where = path === null ? "GAMI_KEY" : path;
  const text = path === null ? (place.env.GAMI_KEY ?? "") : readKeyFile(path);
  const key = decodeKey(text.trim());
  if (key !== null) return key;
  throw new ConfigError(`the key in ${where} is not usable: expected 32 random bytes as 64 hexadecimal digits or as base64`, {
    code: "KEY_INVALID",
    hint: "restore the key file from your backup; only a project without data may make a new one with 'openssl rand -hex 32'",
  });
}

/** A fresh key in the form the key file holds. */
export function newMasterKey(): string {
  return randomBytes(keyBytes).toString("hex");
}

/** HKDF-SHA256 of the master key for one purpose [RFC 5869]. */
export function deriveKey(masterKey: Buffer, purpose: KeyPurpose): Buffer {
  return Buffer.from(hkdfSync("sha256", masterKey, "", `gami:${purpose}`, keyBytes));
}

function readKeyFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    throw new ConfigError(`the key file ${path} cannot be read: expected the project's master key there, or in GAMI_KEY`, {
      code: "KEY_MISSING",
      hint: "run 'gami init' to make one, or restore it from your backup",
      cause,
    });
  }
}

function decodeKey(text: string): Buffer | null {
  const key = /^[0-9a-f]+$/i.test(text) && text.length % 2 === 0 ? Buffer.from(text, "hex") : Buffer.from(text, "base64");
  return key.length >= keyBytes ? key : null;
}
