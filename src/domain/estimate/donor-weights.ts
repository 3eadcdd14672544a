import { factorise, matrixOf, solve } from "./cholesky.ts";

/** Squared, as a share of the farthest donor's squared distance: what is left to gain when the search ends. */
const tolerance = 1e-14;
/** A guard only: every step gets nearer, and a face of the polytope is never met twice. */
const mostSteps = 10_000;
/** A share below this is rounding. */
const smallestShare = 1e-12;

/** Some donors and their shares, which are positive and add up to 1. */
interface Mixture {
  readonly members: readonly number[];
  readonly shares: readonly number[];
}

/**
 * The weights of a synthetic control (statistics.md 2.4): one per donor, none negative, adding up to 1,
 * such that the weighted donors come nearest to the target: min ||target - donors w||^2.
 *
 * That is the point of the donors' convex hull nearest to the target, found by Wolfe's method (1976): start at the nearest donor,
 * add the donor that promises most, go to the nearest point of the plane through those at hand, and drop whoever runs out on the way.
 * No step size and no randomness; it ends when no donor promises more than 1e-14 of the farthest donor's squared distance.
 */
export function weighDonors(target: Float64Array, donors: readonly Float64Array[]): Float64Array {
  const weights = new Float64Array(donors.length);
  if (donors.length === 0) return weights;
  const { members, shares } = findNearest(centre(target, donors));
  members.forEach((donor, place) => {
    weights[donor] = shares[place] ?? 0;
  });
  return weights;
}

/** Donors as seen from the target, the farthest at distance 1: a mixture's distance is then its own length. */
function centre(target: Float64Array, donors: readonly Float64Array[]): Float64Array[] {
  const points = donors.map((donor) => donor.map((value, period) => value - (target[period] ?? 0)));
  const farthest = Math.sqrt(Math.max(...points.map((point) => dot(point, point))));
  return farthest === 0 ? points : points.map((point) => point.map((value) => value / farthest));
}

function findNearest(points: readonly Float64Array[]): Mixture {
  let best: Mixture = { members: [indexOfSmallest(points, (point) => dot(point, point))], shares: [1] };
  let at = mix(points, best);
  for (let step = 0; step < mostSteps; step++) {
    const entering = indexOfSmallest(points, (point) => dot(point, at));
    if (dot(at, at) - dot(points[entering] ?? at, at) <= tolerance) return best;
    const next = descend(points, { members: [...best.members, entering], shares: [...best.shares, 0] });
    if (next === null) return best;
    const reached = mix(points, next);
    // Nearer by less than rounding is not nearer.
    if (!(dot(reached, reached) < dot(at, at))) return best;
    best = next;
    at = reached;
  }
  return best;
}

/** The nearest mixture of these members; whoever's share runs out on the way leaves. Null where they say the same to working precision. */
function descend(points: readonly Float64Array[], from: Mixture): Mixture | null {
  let { members, shares } = from;
  for (let left = from.members.length; left > 0; left--) {
    const aim = sharesInPlane(points, members);
    if (aim === null) return null;
    if (aim.every((share) => share > smallestShare)) return { members, shares: aim };
    const start = shares;
    const reach = Math.min(...aim.map((share, place) => reachOf(start[place] ?? 0, share)));
    const moved = aim.map((share, place) => (start[place] ?? 0) + reach * (share - (start[place] ?? 0)));
    members = members.filter((_, place) => (moved[place] ?? 0) > smallestShare);
    shares = moved.filter((share) => share > smallestShare);
  }
  return null;
}

/** How much of the way from one share to another can be gone before nothing of it is left. */
function reachOf(from: number, to: number): number {
  if (to > smallestShare) return 1;
  return from <= to ? 0 : Math.min(1, from / (from - to));
}

/** Shares, of either sign, of the point nearest to the origin in the plane through the members. */
function sharesInPlane(points: readonly Float64Array[], members: readonly number[]): number[] | null {
  const inner = matrixOf(members.length, (row, column) => dot(pointOf(points, members[row]), pointOf(points, members[column])));
  const largest = Math.max(...members.map((_, place) => inner.values[place * members.length + place] ?? 0));
  if (!(largest > 0)) return null;
  const lower = factorise(matrixOf(members.length, (row, column) => 1 + (inner.values[row * members.length + column] ?? 0) / largest));
  if (lower === null) return null;
  const solved = solve(
    lower,
    members.map(() => 1),
  );
  const total = solved.reduce((sum, share) => sum + share, 0);
  return Array.from(solved, (share) => share / total);
}

function mix(points: readonly Float64Array[], { members, shares }: Mixture): Float64Array {
  const mixed = new Float64Array(points[0]?.length ?? 0);
  members.forEach((member, place) => {
    pointOf(points, member).forEach((value, period) => {
      mixed[period] = (mixed[period] ?? 0) + (shares[place] ?? 0) * value;
    });
  });
  return mixed;
}

const nowhere = new Float64Array(0);

function pointOf(points: readonly Float64Array[], index: number | undefined): Float64Array {
  return points[index ?? -1] ?? nowhere;
}

function indexOfSmallest(points: readonly Float64Array[], measure: (point: Float64Array) => number): number {
  let smallest = Number.POSITIVE_INFINITY;
  let found = 0;
  points.forEach((point, index) => {
    const measured = measure(point);
    if (measured >= smallest) return;
    smallest = measured;
    found = index;
  });
  return found;
}

function dot(left: Float64Array, right: Float64Array): number {
  let sum = 0;
  for (let period = 0; period < left.length; period++) sum += (left[period] ?? 0) * (right[period] ?? 0);
  return sum;
}
