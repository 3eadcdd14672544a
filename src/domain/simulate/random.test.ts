import { expect, test } from "vitest";
import { drawsOf, eventCount, purposes, seedOf, share, shuffled, standardNormal, whole } from "./random.ts";

const seed = seedOf("42");
const many = <Value>(count: number, make: (index: number) => Value): Value[] => Array.from({ length: count }, (_, index) => make(index));
const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const varianceOf = (values: readonly number[]): number => {
  const mean = meanOf(values);
  return meanOf(values.map((value) => (value - mean) ** 2));
};

test("a stream is named by seed, purpose, subject and time, and nothing else", () => {
  const first = () => drawsOf(seed, purposes.contacts, 7, 20_000).next();
  expect(first()).toBe(first());
  const others = [
    drawsOf(seedOf("43"), purposes.contacts, 7, 20_000),
    drawsOf(seed, purposes.events, 7, 20_000),
    drawsOf(seed, purposes.contacts, 8, 20_000),
    drawsOf(seed, purposes.contacts, 7, 20_001),
    drawsOf(seed, purposes.contacts, 20_000, 7),
  ];
  expect(new Set([first(), ...others.map((draw) => draw.next())]).size).toBe(6);
});

test("the first draws of neighbouring streams look independent", () => {
  const values = many(20_000, (index) => standardNormal(drawsOf(seed, purposes.agentNoise, index % 100, Math.floor(index / 100))));
  expect(meanOf(values)).toBeCloseTo(0, 1);
  expect(varianceOf(values)).toBeCloseTo(1, 1);
  const neighbours = values.slice(1).map((value, index) => value * (values[index] ?? 0));
  expect(Math.abs(meanOf(neighbours))).toBeLessThan(4 / Math.sqrt(20_000));
});

test("counts have the mean and the variance they are asked for", () => {
  for (const expected of [0.5, 6, 25, 60]) {
    const draw = drawsOf(seed, purposes.panel, expected);
    const counts = many(20_000, () => eventCount(draw, expected));
    expect(Math.abs(meanOf(counts) - expected)).toBeLessThan(4 * Math.sqrt(expected / 20_000));
    expect(varianceOf(counts) / expected).toBeCloseTo(1, 1);
  }
});

test("whole numbers reach both ends, shares stay below 1, shuffling keeps everybody", () => {
  const draw = drawsOf(seed, purposes.panel);
  expect(new Set(many(1_000, () => whole(draw, 1, 6)))).toEqual(new Set([1, 2, 3, 4, 5, 6]));
  expect(Math.max(...many(10_000, () => share(draw)))).toBeLessThan(1);
  expect(shuffled(draw, [1, 2, 3, 4, 5]).toSorted()).toEqual([1, 2, 3, 4, 5]);
});
