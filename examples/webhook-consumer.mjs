// A receiver of gami's webhooks, to copy from. Plain Node, no packages:
//
//   GAMI_WEBHOOK_SECRET=... node examples/webhook-consumer.mjs
//
// Three rules make it safe. It takes nothing that is not signed; it takes an event once, by its id, because delivery is
// at least once; and it applies flair only when its version is greater than what it has, because events may come late.
// What it knows is kept in memory here; keep it in your database, event id under a unique constraint.
import { createHmac, timingSafeEqual } from "node:crypto";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

const toleranceSeconds = 300;
const longestBody = 1_000_000;

/** `whsec_` and base64, as standardwebhooks.com writes secrets; any other text stands for its bytes. */
function keyOf(secret) {
  return secret.startsWith("whsec_") ? Buffer.from(secret.slice("whsec_".length), "base64") : Buffer.from(secret, "utf8");
}

/**
 * Whether one of our secrets signed this very body, and not long ago. While secrets are changed over, the header carries a
 * signature by each: one that fits is enough.
 */
export function isGenuine(secrets, headers, body, nowSeconds) {
  const [id, timestamp, signatures] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map((name) => headers[name] ?? "");
  if (!/^\d{1,12}$/.test(timestamp) || Math.abs(nowSeconds - Number(timestamp)) > toleranceSeconds) return false;
  const given = signatures.split(" ").map((signature) => Buffer.from(signature));
  return secrets.some((secret) => {
    const digest = createHmac("sha256", keyOf(secret)).update(`${id}.${timestamp}.`).update(body).digest("base64");
    const expected = Buffer.from(`v1,${digest}`);
    return given.some((one) => one.length === expected.length && timingSafeEqual(one, expected));
  });
}

/** What this receiver knows: events it has taken, and the flair it shows. */
export function openBoard() {
  const taken = new Set();
  const flair = new Map();
  return {
    /** `taken`, `repeated` (seen before) or `older` (a newer version is shown already). */
    take(event) {
      if (taken.has(event.eventId)) return "repeated";
      taken.add(event.eventId);
      if (event.eventType !== "USER_FLAIR_UPDATED") return "taken";
      const shown = flair.get(event.agentId);
      if (shown !== undefined && !isNewer(event.flairVersion, shown.flairVersion)) return "older";
      flair.set(event.agentId, { flairVersion: event.flairVersion, attributes: event.attributes });
      return "taken";
    },
    /** Null renders neutral: no mark, no frame. */
    flairOf: (agentId) => flair.get(agentId) ?? null,
  };
}

/** By epoch, which grows when gami's store was restored from a backup, then by version. */
function isNewer(one, other) {
  return one.epoch === other.epoch ? one.version > other.version : one.epoch > other.epoch;
}

export function openConsumer({ secrets, onEvent = () => undefined, nowSeconds = () => Date.now() / 1000 }) {
  const board = openBoard();
  return createServer(async (request, response) => {
    const answer = (status, body) => {
      response.writeHead(status, { "content-type": "application/json" });
      response.end(body === undefined ? undefined : JSON.stringify(body));
    };
    if (request.method === "GET") return answer(200, board.flairOf(decodeURIComponent(request.url.slice(1))));
    const body = await readBody(request);
    if (body === null) return answer(413, { message: "too large" });
    if (!isGenuine(secrets, request.headers, body, nowSeconds())) return answer(401, { message: "not signed by gami, or too long ago" });
    const event = JSON.parse(body.toString("utf8"));
    const verdict = board.take(event);
    onEvent({ verdict, event });
    // 409 would do as well: gami takes both for "it is there".
    answer(200, { verdict });
  });
}

/** The raw bytes: a body that was parsed and written again has another signature. */
async function readBody(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    size += chunk.length;
    if (size > longestBody) return null;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const secrets = (process.env.GAMI_WEBHOOK_SECRET ?? "").split(",").filter((secret) => secret !== "");
  if (secrets.length === 0) {
    process.stderr.write("set GAMI_WEBHOOK_SECRET to the secret in gami.config.yaml (two, with a comma between, while you change over)\n");
    process.exit(2);
  }
  const say = ({ verdict, event }) => process.stdout.write(`${verdict} ${event.eventType} ${event.userId ?? ""} ${event.eventId}\n`);
  const server = openConsumer({ secrets, onEvent: say });
  server.listen(Number(process.env.PORT ?? 8080), "127.0.0.1", () => process.stdout.write(`listening on ${server.address().port}\n`));
}
