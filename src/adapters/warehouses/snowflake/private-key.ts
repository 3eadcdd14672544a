import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { ConfigError } from "../../../errors.ts";
import type { SnowflakeAuth } from "./config.ts";

type KeyAuth = Extract<SnowflakeAuth, { kind: "key-pair" | "key-file" }>;

/** The key as the driver wants it: PKCS#8 without a passphrase. @throws ConfigError when it is none, or the passphrase is wrong. */
export function readPrivateKey(auth: KeyAuth): string {
  const from = auth.kind === "key-file" ? `warehouse.snowflake.privateKeyFile (${auth.path})` : "warehouse.snowflake.privateKey";
  try {
    // A variable of the environment often holds the line ends as \n.
    const text = auth.kind === "key-file" ? readFileSync(auth.path, "utf8") : auth.privateKey.replaceAll("\\n", "\n");
    const key = createPrivateKey({ key: text, format: "pem", ...(auth.passphrase === null ? {} : { passphrase: auth.passphrase }) });
    return String(key.export({ type: "pkcs8", format: "pem" }));
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
    const isEncrypted = /DECRYPT|PASSPHRASE|INTERRUPTED/i.test(why);
    throw new ConfigError(`${from} is no private key gami can use: ${why}`, {
      code: "PRIVATE_KEY",
      hint: isEncrypted
        ? "set warehouse.snowflake.privateKeyPassphrase to the key's passphrase"
        : "give the private key that 'openssl genrsa 2048 | openssl pkcs8 -topk8 -nocrypt' makes, from its first to its last line",
      cause,
    });
  }
}
