import { createHmac } from "node:crypto";

export interface SignedHeaders {
  readonly "webhook-id": string;
  readonly "webhook-timestamp": string;
  readonly "webhook-signature": string;
}

/**
 * As standardwebhooks.com says it, so that receivers find a library in their language: HMAC-SHA256 over id, timestamp and
 * the raw body. While secrets are changed over, the event carries a signature by each.
 */
export function signEvent(secrets: readonly string[], eventId: string, body: string, now: number): SignedHeaders {
  const timestamp = String(Math.floor(now / 1000));
  const signatures = secrets.map((secret) => {
    const digest = createHmac("sha256", keyOf(secret)).update(`${eventId}.${timestamp}.${body}`).digest("base64");
    return `v1,${digest}`;
  });
  return { "webhook-id": eventId, "webhook-timestamp": timestamp, "webhook-signature": signatures.join(" ") };
}

/** `whsec_` and base64, as the standard writes secrets; any other text stands for its bytes. */
function keyOf(secret: string): Buffer {
  return secret.startsWith("whsec_") ? Buffer.from(secret.slice("whsec_".length), "base64") : Buffer.from(secret, "utf8");
}
