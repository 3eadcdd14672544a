import type { Outcome } from "../../../domain/deliver/outcome.ts";
import type { OutgoingMessage, RecognitionHost } from "../../../ports/recognition-host.ts";
import { politeClient } from "../../http/client.ts";
import { delivered, duplicate, held, isDisguisedError, isPassing, outcomeOf, refusals, refused, retry, saidBy } from "../outcomes.ts";
import { type HostLimits, type HostNeeds, hostClientOptions, hostCounts, longestSendMs } from "../polite-host.ts";
import { eventOf } from "./event.ts";
import { signEvent } from "./sign.ts";

export interface WebhookHostSettings extends HostLimits {
  readonly url: string;
  readonly secrets: readonly string[];
}

/** Tells a receiver over HTTP; nothing can be read back, so receivers keep the version they show. */
export function openWebhookHost(settings: WebhookHostSettings, needs: HostNeeds): RecognitionHost {
  const url = new URL(settings.url);
  const client = politeClient({ ...hostClientOptions(settings, needs), origins: [url.origin], token: null });
  const sendOne = (message: OutgoingMessage) =>
    outcomeOf(message, async (payload): Promise<Outcome> => {
      const { idempotencyKey } = message;
      const text = JSON.stringify(eventOf(idempotencyKey, payload));
      const headers = {
        "content-type": "application/json",
        ...signEvent(settings.secrets, idempotencyKey, text, needs.now()),
      };
      const answer = await client.send({ method: "POST", url, text, headers, alsoFine: refusals });
      if (isDisguisedError(answer) || isPassing(answer.status)) return retry(saidBy(answer));
      if (answer.status < 300) return delivered(String(answer.status));
      if (answer.status === 409) return duplicate(saidBy(answer));
      if (answer.status === 404 || answer.status === 410) return held(`the receiver is gone (${saidBy(answer)})`);
      return refused(saidBy(answer));
    });
  return {
    name: settings.name,
    inFlight: settings.inFlight,
    longestSendMs: longestSendMs(settings),
    batchSize: () => 1,
    pauseMs: () => client.pauseMs(),
    send: (messages) => Promise.all(messages.map(sendOne)),
    flair: null,
    counts: () => hostCounts(client.counts()),
    close: async () => undefined,
  };
}
