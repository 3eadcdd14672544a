/**
 * Exponential, logarithm and normal quantile out of + - * / and sqrt alone. Those five are exact to the last bit
 * everywhere; `Math.exp` and its kin may differ by processor, and then the same seed would not give the same bytes.
 */

const ln2High = 0.6931471803691238; // its last 32 bits are zero, so k * ln2High is exact for small k
const ln2Low = 1.9082149292705877e-10;

/** e^x for |x| <= 700, relative error under 1e-15. */
export function exp(x: number): number {
  const k = Math.round(x / (ln2High + ln2Low));
  const r = x - k * ln2High - k * ln2Low;
  let sum = 1;
  for (let n = 14; n >= 1; n -= 1) sum = 1 + (r / n) * sum;
  return scaleByPowerOfTwo(sum, k);
}

/** Natural logarithm of a positive number, relative error under 1e-15. */
export function ln(x: number): number {
  let mantissa = x;
  let k = 0;
  for (; mantissa >= 2 * Math.SQRT1_2; k += 1) mantissa /= 2;
  for (; mantissa < Math.SQRT1_2; k -= 1) mantissa *= 2;
  const s = (mantissa - 1) / (mantissa + 1);
  const square = s * s;
  let sum = 0;
  for (let n = 21; n >= 1; n -= 2) sum = 1 / n + square * sum;
  return k * ln2High + (2 * s * sum + k * ln2Low);
}

/** The standard normal value below which a share `p` lies (0 < p < 1), within 1e-6: Wichura's algorithm AS 241, short form. */
export function normalQuantile(p: number): number {
  const q = p - 0.5;
  if (q >= -0.425 && q <= 0.425) {
    const r = 0.180625 - q * q;
    return (
      (q * (((59.10937472 * r + 159.29113202) * r + 50.434271938) * r + 3.3871327179)) /
      (((67.1875636 * r + 78.757757664) * r + 17.895169469) * r + 1)
    );
  }
  const tail = Math.sqrt(-ln(q < 0 ? p : 1 - p));
  return q < 0 ? -tailQuantile(tail) : tailQuantile(tail);
}

function tailQuantile(tail: number): number {
  if (tail <= 5) {
    const r = tail - 1.6;
    return (((0.17023821103 * r + 1.3067284816) * r + 2.75681539) * r + 1.4234372777) / ((0.12021132975 * r + 0.7370016425) * r + 1);
  }
  const r = tail - 5;
  return (((0.017337203997 * r + 0.42868294337) * r + 3.081226386) * r + 6.657905115) / ((0.012258202635 * r + 0.24197894225) * r + 1);
}

function scaleByPowerOfTwo(value: number, k: number): number {
  let scaled = value;
  for (let n = 0; n < k; n += 1) scaled *= 2;
  for (let n = 0; n > k; n -= 1) scaled /= 2;
  return scaled;
}
