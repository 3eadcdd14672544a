import { createCipheriv, createDecipheriv, createHash, randomBytes } from "node:crypto";

/** Encrypts short secrets for a place: what was sealed for one place does not open in another. */
export interface Seal {
  close(plain: string, place: string): string;
  /** Null when it was sealed under another key, for another place, or was changed. */
  open(sealed: string, place: string): string | null;
}

const algorithm = "aes-256-gcm";

/** AES-256-GCM; the text carries version, key id, nonce and tag; the place is the associated data. */
export function sealWith(key: Buffer): Seal {
  const keyId = createHash("sha256").update(key).digest("hex").slice(0, 8);
  return {
    close(plain, place) {
      const nonce = randomBytes(12);
      const cipher = createCipheriv(algorithm, key, nonce).setAAD(Buffer.from(place));
      const body = Buffer.concat([cipher.update(plain, "utf8"), cipher.final()]);
      return ["v1", keyId, ...[nonce, cipher.getAuthTag(), body].map((part) => part.toString("base64url"))].join(".");
    },
    open(sealed, place) {
      const [version, id, nonce = "", tag = "", body = ""] = sealed.split(".");
      if (version !== "v1" || id !== keyId) return null;
      try {
        const decipher = createDecipheriv(algorithm, key, Buffer.from(nonce, "base64url")).setAAD(Buffer.from(place));
        decipher.setAuthTag(Buffer.from(tag, "base64url"));
        return Buffer.concat([decipher.update(Buffer.from(body, "base64url")), decipher.final()]).toString("utf8");
      } catch {
        return null;
      }
    },
  };
}
