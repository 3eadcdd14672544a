import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { requireOrSkip, sharedData } from "../../../../test/support/require.ts";
import type { PointsPayload } from "../../../domain/deliver/message.ts";
import type { HttpAnswer } from "../../http/client.ts";
import type { HostQuestion } from "./ask-host.ts";
import { addMetricData } from "./platform.ts";

test.runIf(requireOrSkip("data"))("a day's points are told as in the vendor's own sample, whose ids are no UUIDs", async () => {
  const sample: { items: { metricId: string; userId: string; dateOccurred: string; value: number; count: number }[] } = JSON.parse(
    readFileSync(sharedData("genesys", "gamification", "external-metric-data-body.json"), "utf8"),
  );
  const [item] = sample.items;
  if (item === undefined) throw new Error("the sample is empty");
  const asked: HostQuestion[] = [];
  const ask = async (question: HostQuestion): Promise<HttpAnswer> => {
    asked.push(question);
    return { status: 200, headers: new Headers(), body: { processedEntities: sample.items, unprocessedEntities: [] } };
  };
  const payload: PointsPayload = {
    kind: "points",
    recipient: { agentId: "a", nativeId: item.userId, source: "genesys" },
    metric: "calls",
    workDate: item.dateOccurred,
    pointsMilli: String(item.value * 1000),
    count: item.count,
  };
  expect(await addMetricData(ask, { calls: item.metricId }, [payload])).toMatchObject([{ kind: "delivered" }]);
  // Total overwrites the day, so that telling it twice is harmless.
  expect(asked).toMatchObject([{ method: "POST", json: { items: [{ ...item, type: "Total" }] } }]);
});
