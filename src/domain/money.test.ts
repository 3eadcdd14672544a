import { expect, test } from "vitest";
import { parseDecimal } from "../config/decimal.ts";
import { minorUnitDigits } from "./money.ts";
import { amountDecimal } from "./roi/report/words.ts";

/** ISO 4217, table A.1: every currency in force that has a minor unit, by the digits of it. */
const isoTable: Readonly<Record<number, string>> = {
  0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
  2: `AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW CNY COP COU CRC
    CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW
    KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP
    PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN
    UYU UZS VED VES WST XCD YER ZAR ZMW ZWG`,
  3: "BHD IQD JOD KWD LYD OMR TND",
  4: "CLF UYW",
};

test("every currency of ISO 4217 has the digits of its table, also where nobody pays with them any more (HUF, IQD)", () => {
  for (const [digits, codes] of Object.entries(isoTable)) {
    const other = codes.split(/\s+/).filter((code) => minorUnitDigits(code) !== Number(digits));
    expect(other, `${digits} digits`).toEqual([]);
  }
});

test("no currency has fewer decimal places than people pay with", () => {
  const tooFew = Intl.supportedValuesOf("currency").filter((currency) => {
    // Intl follows CLDR, which leaves out minor units that have gone out of use (IQD, YER); ISO 4217 keeps them.
    const paid = new Intl.NumberFormat("en", { style: "currency", currency }).resolvedOptions().maximumFractionDigits ?? 0;
    return minorUnitDigits(currency) < paid;
  });
  expect(tooFew).toEqual([]);
});

test("[T26] the report shows an amount as the config has it, in every currency the config takes", () => {
  for (const currency of Intl.supportedValuesOf("currency")) {
    const digits = minorUnitDigits(currency);
    const written = `100000${digits === 0 ? "" : `.${"0".repeat(digits)}`}`;
    expect(amountDecimal(parseDecimal(written, digits), currency), currency).toBe(written);
  }
});
