import { type CanonicalRecord, emptyRecord } from "../../../domain/records/record.ts";
import type { Contact } from "./contact-schema.ts";

export interface ContactContext {
  /** Agent ids are unique within a business unit only. */
  readonly businessUnitId: string;
  /** A pseudonym of the customer's address, equal for equal customers; null drops it. */
  readonly customerKey: ((identity: string) => string) | null;
}

/** https://help.nicecxone.com: media types of a contact. */
const channels: Readonly<Record<number, string>> = { 1: "email", 3: "chat", 4: "voice", 5: "voicemail", 6: "work_item", 9: "digital" };

/**
 * One contact is one leg with at most one agent. The platform's total excludes after-call work, so
 * handle = agent seconds + after-call work. That agent seconds contain hold and conference is an assumption:
 * no vendor text says so, and every recorded sample has both at zero.
 */
export function mapContact(contact: Contact, { businessUnitId, customerKey }: ContactContext): CanonicalRecord {
  const hasAgent = contact.agentId !== null;
  const enteredAt = Date.parse(contact.contactStartDate);
  const queueMs = milliseconds(contact.inQueueSeconds);
  const agentMs = milliseconds(contact.agentSeconds);
  const holdMs = milliseconds(contact.holdSeconds);
  const conferenceMs = milliseconds(contact.conferenceSeconds);
  const afterCallMs = milliseconds(contact.acwSeconds);
  const talkMs = agentMs === null ? null : Math.max(0, agentMs - (holdMs ?? 0) - (conferenceMs ?? 0));
  const totalMs = milliseconds(contact.totalDurationSeconds);
  const wasAnswered = hasAgent && contact.abandoned !== true;
  return {
    ...emptyRecord("interaction"),
    interaction_id: contact.contactId,
    agent_native_id: contact.agentId === null ? null : `${businessUnitId}:${contact.agentId}`,
    segment_id: "0",
    conversation_id: contact.masterContactId ?? contact.contactId,
    queue_native_id: contact.skillId ?? null,
    channel: channelOf(contact.mediaTypeId),
    direction: contact.isOutbound === null || contact.isOutbound === undefined ? null : contact.isOutbound ? "outbound" : "inbound",
    entered_at: enteredAt,
    queue_ms: queueMs,
    started_at: wasAnswered ? enteredAt + (milliseconds(contact.preQueueSeconds) ?? 0) + (queueMs ?? 0) : null,
    ended_at: totalMs === null ? null : enteredAt + totalMs,
    talk_ms: talkMs,
    hold_ms: holdMs,
    after_call_ms: afterCallMs,
    other_ms: conferenceMs,
    handle_ms: agentMs === null && afterCallMs === null ? null : (talkMs ?? 0) + (holdMs ?? 0) + (conferenceMs ?? 0) + (afterCallMs ?? 0),
    outcome: contact.abandoned === true ? "abandoned" : wasAnswered ? "answered" : "other",
    disposition_code: contact.primaryDispositionId ?? null,
    transferred_to: contact.targetAgentId === null ? null : `${businessUnitId}:${contact.targetAgentId}`,
    customer_key: customerOf(contact, customerKey),
    source_updated_at: contact.lastUpdateTime === null || contact.lastUpdateTime === undefined ? null : Date.parse(contact.lastUpdateTime),
    flags: flagsOf(contact),
  };
}

function channelOf(mediaTypeId: number | null | undefined): string | null {
  return mediaTypeId === null || mediaTypeId === undefined ? null : (channels[mediaTypeId] ?? `media_${mediaTypeId}`);
}

function customerOf(contact: Contact, customerKey: ContactContext["customerKey"]): string | null {
  const address = contact.isOutbound === true ? contact.toAddress : contact.fromAddress;
  if (customerKey === null || address === null || address === undefined || address.trim() === "") return null;
  return customerKey(address.replace(/[\s().-]/g, "").toLowerCase());
}

function flagsOf(contact: Contact): string | null {
  const transfer = contact.transferIndicatorName ?? "None";
  const names = [
    ...(transfer === "None" ? [] : [`transfer_${transfer.toLowerCase()}`]),
    ...(contact.isTakeover === true ? ["takeover"] : []),
  ];
  return names.length === 0 ? null : names.join(",");
}

/** The platform counts in seconds with fractions; null stays null. */
function milliseconds(seconds: number | null | undefined): number | null {
  return seconds === null || seconds === undefined ? null : Math.round(seconds * 1000);
}
