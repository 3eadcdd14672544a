import { createHmac } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { readFileItems, recordsOf, testKey } from "../../../../test/support/csv-files.ts";
import { requireOrSkip, sharedData } from "../../../../test/support/require.ts";
import { prepareCheckRecord } from "../../../domain/records/invariants.ts";
import { type CanonicalRecord, recordKey } from "../../../domain/records/record.ts";
import { streamDefinition } from "../../../domain/records/streams.ts";
import type { SourceItem } from "../../../ports/source.ts";

/**
 * The call log of an Israeli bank, February 1999, through fixtures/csv/technion/calls.mapping.yaml. Expected figures were
 * computed from the file by another program. Names of agents stand here as input only; what comes out are pseudonyms.
 */
const mappingText = readFileSync(join(import.meta.dirname, "../../../../fixtures/csv/technion/calls.mapping.yaml"), "utf8");
const hasData = requireOrSkip("data");
const stream = streamDefinition("interaction");
const pseudonym = (name: string) => `p-${createHmac("sha256", testKey).update(name).digest("hex").slice(0, 16)}`;

/** name, calls, talk s, wait s, days, calls under 10 s, and calls/talk s of weeks 1 to 4. */
const agents = [
  ["IDIT", 1957, 239833, 65505, 19, 84, "517/61700 394/45126 528/61532 518/71475"],
  ["YIFAT", 1904, 293886, 97133, 20, 64, "523/75528 463/71148 469/73388 449/73822"],
  ["YITZ", 1794, 311842, 78171, 21, 20, "498/85006 479/73477 474/87327 343/66032"],
  ["AVNI", 1739, 446039, 81211, 23, 11, "554/133146 353/92897 445/115499 387/104497"],
  ["KAZAV", 1697, 324812, 89329, 18, 42, "536/90084 323/56028 362/72278 476/106422"],
  ["TOVA", 1682, 257569, 63975, 18, 166, "620/85703 540/83967 93/12724 429/75175"],
  ["SHARON", 1678, 217977, 84016, 15, 46, "433/54748 0/0 732/89599 513/73630"],
  ["MIKI", 1293, 202830, 56555, 15, 199, "92/11086 515/65777 404/80673 282/45294"],
  ["MORIAH", 1226, 235825, 54477, 17, 229, "40/10687 353/70152 502/87561 331/67425"],
  ["ANAT", 1219, 183796, 35892, 14, 217, "488/75112 319/46167 351/55213 61/7304"],
  ["BASCH", 1169, 173323, 46983, 13, 39, "452/64980 320/50002 257/36011 140/22330"],
  ["ZOHARI", 1146, 288738, 33401, 24, 9, "275/66898 357/80234 219/73993 295/67613"],
  ["BENSION", 1136, 158954, 37436, 17, 44, "281/38934 360/47244 173/21900 322/50876"],
  ["MICHAL", 1121, 164581, 46834, 12, 98, "601/90946 520/73635 0/0 0/0"],
  ["DORIT", 1050, 208096, 38092, 15, 26, "265/59059 324/48947 213/42242 248/57848"],
  ["STEREN", 1049, 204162, 54917, 14, 44, "0/0 271/49050 327/62720 451/92392"],
  ["AVIDAN", 881, 218225, 35497, 14, 19, "96/24090 244/60911 230/56092 311/77132"],
  ["GILI", 614, 92788, 19759, 16, 50, "276/40520 81/14997 141/22523 116/14748"],
  ["SHLOMO", 604, 75811, 17764, 10, 28, "245/31029 187/16628 87/14632 85/13522"],
  ["DARMON", 516, 128717, 29072, 18, 12, "162/38561 187/43378 88/28849 79/17929"],
  ["ELI", 509, 200164, 19336, 19, 8, "167/60148 79/28541 144/51965 119/59510"],
  ["NAAMA", 504, 98930, 10188, 9, 9, "104/22150 137/25794 96/18628 167/32358"],
  ["GELBER", 143, 20819, 9272, 14, 11, "54/8353 15/943 46/7008 28/4515"],
  ["PINHAS", 40, 27317, 2388, 10, 0, "25/16337 5/4234 4/5535 6/1211"],
] as const;

const days =
  "1333/221561 1577/250919 1294/225982 1230/204198 425/78779 163/32849 1282/230517 1086/173080 1132/199743 1313/227622 1396/248452 396/67049 165/36624 1338/196707 1232/223554 1350/255543 1081/197250 1126/220628 383/61997 179/27604 1034/191316 1214/249734 1141/226565 1034/214906 1052/212678 342/56206 149/20142 1224/222829";

const isHandled = ({ outcome, agent_native_id }: CanonicalRecord) => outcome === "answered" && agent_native_id !== null;
const seconds = (records: readonly CanonicalRecord[], column = "talk_ms") =>
  records.reduce((sum, record) => sum + Number(record[column] ?? 0), 0) / 1000;
const figures = (records: readonly CanonicalRecord[]) => `${records.length}/${seconds(records)}`;
/** Israel was two hours ahead of UTC all of February 1999. */
const dayOf = ({ entered_at }: CanonicalRecord) => new Date(Number(entered_at) + 7_200_000).getUTCDate();
const weekOf = (record: CanonicalRecord) => Math.ceil(dayOf(record) / 7);
const flagged = (records: readonly CanonicalRecord[], flag: string) =>
  records.filter(({ flags }) =>
    String(flags ?? "")
      .split(",")
      .includes(flag),
  );
const isoOf = (value: unknown) => new Date(Number(value)).toISOString();

describe.runIf(hasData)("the call log of the anonymous bank", () => {
  let items: SourceItem[] = [];
  let records: CanonicalRecord[] = [];
  let handled: CanonicalRecord[] = [];
  beforeAll(async () => {
    items = await readFileItems(sharedData("technion-anonymous-bank-feb1999", "data_anonymous_bank_february.txt"), mappingText);
    records = recordsOf(items);
    handled = records.filter(isHandled);
  });
  const of = (name: string) => {
    const own = pseudonym(name);
    return handled.filter(({ agent_native_id }) => agent_native_id === own);
  };

  test("every row becomes a record that passes the boundary; none is filtered or refused", () => {
    const check = prepareCheckRecord(stream);
    expect(items).toHaveLength(33_344);
    expect(records).toHaveLength(33_344);
    expect(records.map(check).filter((fault) => fault !== null)).toEqual([]);
  });

  test("handled calls, talk and waiting seconds are the known totals", () => {
    expect([handled.length, seconds(handled), seconds(handled, "queue_ms")]).toEqual([26_671, 4_775_034, 1_107_203]);
    expect(new Set(handled.map(({ agent_native_id }) => agent_native_id)).size).toBe(24);
    expect(new Set(handled.map((record) => `${record.agent_native_id}/${dayOf(record)}`)).size).toBe(385);
    expect(Math.max(...handled.map(({ talk_ms }) => Number(talk_ms)))).toBe(4_264_000);
  });

  test("outcomes are the known counts", () => {
    const count = (outcome: string) => records.filter((record) => record.outcome === outcome).length;
    expect(["answered", "abandoned", "phantom", "other"].map(count)).toEqual([27_162, 5904, 278, 0]);
  });

  test("types of call are the known totals", () => {
    const byType = ["PS", "NW", "NE", "TT", "IN", "PE"].map((type) =>
      figures(handled.filter(({ queue_native_id }) => queue_native_id === type)),
    );
    expect(byType).toEqual(["18129/3375346", "4865/528052", "2512/693270", "849/98557", "199/52409", "117/27400"]);
  });

  test("weeks are the known totals, and the mean handle time rises", () => {
    const weeks = [1, 2, 3, 4].map((week) => figures(handled.filter((record) => weekOf(record) === week)));
    expect(weeks).toEqual(["7304/1244805", "6826/1149277", "6385/1177892", "6156/1203060"]);
    expect([1_244_805 / 7304, 1_203_060 / 6156].map((mean) => mean.toFixed(5))).toEqual(["170.42785", "195.42885"]);
  });

  test("days are the known totals", () => {
    const found = Array.from({ length: 28 }, (_, day) => figures(handled.filter((record) => dayOf(record) === day + 1)));
    expect(found.join(" ")).toBe(days);
  });

  test.each(agents)(
    "the totals of one agent under his pseudonym are the known ones",
    (name, calls, talk, wait, workedDays, short, weeks) => {
      const own = of(name);
      expect([own.length, seconds(own), seconds(own, "queue_ms"), new Set(own.map(dayOf)).size]).toEqual([calls, talk, wait, workedDays]);
      expect(own.filter(({ talk_ms }) => Number(talk_ms) < 10_000)).toHaveLength(short);
      expect([1, 2, 3, 4].map((week) => figures(own.filter((record) => weekOf(record) === week))).join(" ")).toBe(weeks);
    },
  );

  test("no name of an agent and no id of a caller is in any record or payload", () => {
    const names = new Set<string>(agents.map(([name]) => name));
    const personal = items.filter(({ payload }) => {
      const [, , customer, , , , , , , , , , , , , , server] = JSON.parse(payload);
      return names.has(server) || (customer !== "0" && !/^p-[0-9a-f]{16}$/.test(customer));
    });
    expect(personal).toEqual([]);
    expect(new Set(records.map(({ customer_key }) => customer_key)).size).toBe(4082);
  });

  test("oddity 1: call_id alone would lose half of the calls; line and call id together are unique", () => {
    expect(new Set(items.map(({ payload }) => JSON.parse(payload)[1])).size).toBe(15_516);
    expect(new Set(records.map(({ interaction_id }) => interaction_id)).size).toBe(33_344);
    const keys = records.map((record) => recordKey(stream, "csv:technion", record));
    expect(new Set(keys).size).toBe(33_344);
  });

  test("a call that nobody took has the key that the vector of the project says", () => {
    const call = { ...records[0], interaction_id: "6:AA0101,5:33116,", agent_native_id: null };
    expect(recordKey(stream, "csv:technion", call)).toBe("95d076b3-4ab2-e862-d1c9-f71dc93370b0");
  });

  test("oddity 2: 491 answered calls belong to nobody and are flagged", () => {
    const nobody = flagged(records, "no_server");
    expect([nobody.length, seconds(nobody)]).toEqual([491, 15_066]);
    expect(nobody.filter(isHandled)).toEqual([]);
  });

  test("oddity 3: calls that were not answered carry service seconds, kept and flagged", () => {
    const odd = flagged(records, "service_without_answer");
    const of = (outcome: string) => figures(odd.filter((record) => record.outcome === outcome));
    expect([of("abandoned"), of("phantom")]).toEqual(["97/6837", "277/16080"]);
    expect(seconds(records)).toBe(4_813_017);
  });

  test("oddity 4: 25 exits of the voice unit lie before its entry, and no day is added", () => {
    expect(flagged(records, "negative_wait")).toHaveLength(25);
    expect(new Set(records.map(dayOf)).size).toBe(28);
  });

  test("oddity 5: services and waits past midnight last as long as the log says", () => {
    expect([flagged(records, "service_past_midnight").length, flagged(records, "wait_past_midnight").length]).toEqual([16, 2]);
    const timed = records.filter(({ started_at }) => started_at !== null);
    expect(timed.filter(({ started_at, ended_at, talk_ms }) => Number(ended_at) - Number(started_at) !== Number(talk_ms))).toEqual([]);
  });

  test("oddity 6: 4 calls enter before midnight and are served after it, and count on the day they entered", () => {
    const late = flagged(records, "service_next_day");
    const found = late.map((record) => [record.agent_native_id, dayOf(record), isoOf(record.started_at).slice(0, 13)]);
    expect(found.sort()).toEqual(
      [
        [pseudonym("AVNI"), 15, "1999-02-15T22"],
        [pseudonym("YITZ"), 11, "1999-02-11T22"],
        [pseudonym("BENSION"), 10, "1999-02-10T22"],
        [pseudonym("BENSION"), 11, "1999-02-11T22"],
      ].sort(),
    );
    expect(late.every(({ entered_at, started_at }) => Number(started_at) >= Number(entered_at))).toBe(true);
  });

  test("oddity 7: 50 handled calls have no stamps, and 85 last 0 seconds", () => {
    const unknown = flagged(records, "unknown_stamps");
    expect(unknown).toHaveLength(50);
    expect(unknown.every(({ started_at, ended_at }) => started_at === null && ended_at === null)).toBe(true);
    expect(flagged(records, "zero_service").filter(isHandled)).toHaveLength(85);
  });

  test("oddity 8: services that begin before the queue is left are kept as they are", () => {
    const known = flagged(handled, "service_before_queue_exit").length;
    // Of the services without stamps, 29 waited: their 0:00:00 lies before the queue's exit and says nothing.
    const unknown = flagged(handled, "unknown_stamps").filter(({ queue_ms }) => Number(queue_ms) > 0).length;
    expect([known, unknown, known + unknown]).toEqual([10_948, 29, 10_977]);
  });

  test("oddity 9: an agent's calls overlap 262 times, so seconds are no occupancy", () => {
    const byDay = Map.groupBy(
      handled.filter(({ started_at }) => started_at !== null),
      (record) => `${record.agent_native_id}/${dayOf(record)}`,
    );
    const overlaps = [...byDay.values()].flatMap((calls) => {
      const ordered = calls.toSorted((a, b) => Number(a.started_at) - Number(b.started_at));
      return ordered.filter((call, index) => index > 0 && Number(call.started_at) < Number(ordered[index - 1]?.ended_at));
    });
    expect(overlaps).toHaveLength(262);
  });

  test("oddity 10: priority 0 is unknown", () => {
    expect(records.filter(({ priority }) => priority === 0)).toEqual([]);
    expect([null, 1, 2].map((priority) => records.filter((record) => record.priority === priority).length)).toEqual([19_602, 4623, 9119]);
    expect(flagged(records, "id_without_priority")).toHaveLength(44);
  });

  test("oddity 11: the first call is read at its local instant", () => {
    expect([isoOf(records[0]?.entered_at), isoOf(records[0]?.started_at)]).toEqual([
      "1999-02-01T05:02:47.000Z",
      "1999-02-01T05:02:55.000Z",
    ]);
  });

  test("oddity 11: the staffing template beside the log has bare carriage returns and 24 rows", async () => {
    const template = "source: template\nstream: queue\ncolumns: {queue_native_id: Hour, name: StartTime}\n";
    const hours = recordsOf(await readFileItems(sharedData("technion-anonymous-bank-feb1999", "data_anonymous_bank_shifts.csv"), template));
    expect([hours.length, hours[0]?.name, hours[23]?.name]).toEqual([24, "Midnight", "11pm"]);
  });

  test("oddity 12: an agent's weeks without calls are absent, not zero", () => {
    const weeksOf = (name: string) => [...new Set(of(name).map(weekOf))].sort();
    expect([weeksOf("MICHAL"), weeksOf("STEREN"), weeksOf("SHARON")]).toEqual([
      [1, 2],
      [2, 3, 4],
      [1, 3, 4],
    ]);
    expect(Math.max(...of("MICHAL").map(dayOf))).toBe(12);
  });
});
