import * as z from "zod";

/**
 * A conversation as the analytics details query and job deliver it. Strict where gami reads: a date without its
 * leading zero is refused, since lenient parsers shift it by the local offset. Unknown fields are let through and counted.
 */
const instant = z.iso.datetime({ offset: true });
const id = z.string().min(1).max(256);

const segment = z.object({
  segmentType: z.string(),
  segmentStart: instant,
  segmentEnd: instant.optional(),
  queueId: id.optional(),
  wrapUpCode: z.string().optional(),
  disconnectType: z.string().optional(),
});

const metric = z.object({ name: z.string(), value: z.number(), emitDate: instant.optional() });

const session = z.object({
  sessionId: id.optional(),
  mediaType: z.string().optional(),
  direction: z.string().optional(),
  ani: z.string().optional(),
  dnis: z.string().optional(),
  segments: z.array(segment).optional(),
  metrics: z.array(metric).optional(),
});

const participant = z.object({
  participantId: id,
  purpose: z.string(),
  userId: id.optional(),
  externalContactId: z.string().optional(),
  sessions: z.array(session).optional(),
});

const evaluation = z.object({
  evaluationId: id,
  formId: z.string().optional(),
  userId: id.optional(),
  released: z.boolean().optional(),
  deleted: z.boolean().optional(),
  oTotalScore: z.number().optional(),
  eventTime: instant.optional(),
  releaseDate: instant.optional(),
});

const survey = z.object({
  surveyId: id,
  userId: id.optional(),
  surveyStatus: z.string().optional(),
  surveyCompletedDate: instant.optional(),
  oSurveyTotalScore: z.number().optional(),
});

export const conversationSchema = z.object({
  conversationId: id,
  conversationStart: instant,
  conversationEnd: instant.optional(),
  originatingDirection: z.string().optional(),
  participants: z.array(participant).max(10_000).optional(),
  evaluations: z.array(evaluation).optional(),
  surveys: z.array(survey).optional(),
});

export type Conversation = z.infer<typeof conversationSchema>;
export type Participant = z.infer<typeof participant>;
export type Session = z.infer<typeof session>;
export type Segment = z.infer<typeof segment>;
