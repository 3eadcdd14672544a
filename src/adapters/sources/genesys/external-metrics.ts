import * as z from "zod";
import { emptyRecord } from "../../../domain/records/record.ts";
import type { GenesysRead } from "./genesys-read.ts";
import type { MappedRecord } from "./map-conversation.ts";
import { numberedPages } from "./numbered-pages.ts";
import { itemsOf, readDocument } from "./page-items.ts";
import { withLabel } from "./queues.ts";

const metricSchema = z.object({
  id: z.string().min(1).max(256),
  label: z.string().nullish(),
  unit: z.string().nullish(),
  unitDefinition: z.string().nullish(),
  precision: z.int().nullish(),
  defaultObjectiveType: z.string().nullish(),
  enabled: z.boolean().nullish(),
});

/**
 * The platform has no badges. What stands for one there is an external metric, the only thing gami can bring into its
 * gamification: its definition fills the stream of badge definitions, unit and objective as the criteria.
 */
export const externalMetrics: GenesysRead = {
  description: {
    name: "external-metrics",
    streams: ["badge"],
    grain: "one external metric as it is defined now",
    key: "external metric",
    kind: "snapshot",
    paging: "pages",
    latenessHours: 0,
    sliceHours: 0,
    permission: "employeePerformance:externalMetricDefinition:view",
  },
  documents: () => readDocument(metricMapping),
  async *pages({ connection, boundary }) {
    let page = 0;
    for await (const entities of numberedPages(connection, "/api/v2/employeeperformance/externalmetrics/definitions", { pageSize: 100 })) {
      page += 1;
      yield { items: itemsOf(entities.map(withLabel), `external-metrics/${page}`, boundary, metricMapping), resume: null };
    }
  },
};

const metricMapping = { shape: metricSchema, map: mapMetric };

function mapMetric(metric: z.output<typeof metricSchema>): MappedRecord[] {
  const criteria = {
    kind: "external_metric",
    unit: metric.unit ?? null,
    unit_definition: metric.unitDefinition ?? null,
    precision: metric.precision ?? null,
    objective: metric.defaultObjectiveType ?? null,
    is_enabled: metric.enabled ?? null,
  };
  const record = {
    ...emptyRecord("badge"),
    badge_native_id: metric.id,
    name: metric.label ?? null,
    criteria: JSON.stringify(criteria),
  };
  return [{ stream: "badge", record }];
}
