import { dayText } from "./instant-text.ts";

/**
 * Text as UTF-8 bytes, one piece after another, without a string in between: building the text of millions of rows from
 * pieces costs more in garbage than in work.
 */
export interface ByteBuffer {
  /** Bytes written since the last `clear`. */
  length(): number;
  /** The bytes from `start` on: a view that is good until the next write. */
  bytes(start?: number): Buffer;
  clear(): void;
  putByte(byte: number): void;
  putText(text: string): void;
  putBytes(bytes: Buffer): void;
  /** A whole number in decimal digits. */
  putInteger(value: number): void;
  /** Epoch milliseconds as `2024-02-29T12:00:00.000Z`. */
  putInstant(epochMillis: number): void;
  /** Puts a text without characters below the space and says true; puts nothing of any other and says false. */
  putPlain(text: string): boolean;
}

/** Longer texts are copied by the runtime, in a time that hardly grows with them; shorter ones quicker here. */
const shortText = 16;
/** The same where each character has to be looked at. */
const shortPlainText = 32;
const firstPlain = 0x20;
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
const controlCharacter = /[\0-\x1f]/;
const zero = 48;
const colon = 58;
const dot = 46;
const letterZ = 90;
const dayMillis = 86_400_000;

function putTwo(target: Buffer, at: number, value: number): void {
  const tens = Math.floor(value / 10);
  target[at] = zero + tens;
  target[at + 1] = zero + value - tens * 10;
}

export function createByteBuffer(capacity: number): ByteBuffer {
  let buffer = Buffer.allocUnsafe(capacity);
  let end = 0;

  function ensure(bytes: number): void {
    if (end + bytes <= buffer.length) return;
    const larger = Buffer.allocUnsafe(Math.max(buffer.length * 2, end + bytes));
    buffer.copy(larger, 0, 0, end);
    buffer = larger;
  }

  /** Copies ASCII from `lowest` up; false, with nothing put, when there is anything else. */
  function putAscii(text: string, lowest: number): boolean {
    const count = text.length;
    ensure(count);
    const target = buffer;
    const start = end;
    for (let index = 0; index < count; index++) {
      const code = text.charCodeAt(index);
      if (code > 127 || code < lowest) return false;
      target[start + index] = code;
    }
    end = start + count;
    return true;
  }

  function putAny(text: string): void {
    ensure(text.length * 3);
    end += buffer.write(text, end);
  }

  function putText(text: string): void {
    if (text.length > shortText || !putAscii(text, 0)) putAny(text);
  }

  return {
    length: () => end,
    bytes: (start = 0) => buffer.subarray(start, end),
    clear() {
      end = 0;
    },
    putByte(byte) {
      ensure(1);
      buffer[end] = byte;
      end += 1;
    },
    putText,
    putBytes(bytes) {
      ensure(bytes.length);
      buffer.set(bytes, end);
      end += bytes.length;
    },
    putInteger(value) {
      if (value < 0 || value > 0x7fff_ffff) return putText(String(value));
      ensure(10);
      const target = buffer;
      let digits = 1;
      for (let bound = 10; value >= bound && digits < 10; bound *= 10) digits += 1;
      let rest = value;
      for (let index = end + digits - 1; index >= end; index--) {
        const next = Math.floor(rest / 10);
        target[index] = zero + rest - next * 10;
        rest = next;
      }
      end += digits;
    },
    putInstant(epochMillis) {
      const day = Math.floor(epochMillis / dayMillis);
      putText(dayText(day));
      ensure(13);
      const millis = epochMillis - day * dayMillis;
      const seconds = Math.floor(millis / 1000);
      const minutes = Math.floor(seconds / 60);
      const rest = millis - seconds * 1000;
      const target = buffer;
      putTwo(target, end, Math.floor(minutes / 60));
      target[end + 2] = colon;
      putTwo(target, end + 3, minutes % 60);
      target[end + 5] = colon;
      putTwo(target, end + 6, seconds % 60);
      target[end + 8] = dot;
      target[end + 9] = zero + Math.floor(rest / 100);
      putTwo(target, end + 10, rest % 100);
      target[end + 12] = letterZ;
      end += 13;
    },
    putPlain(text) {
      if (text.length > shortPlainText) {
        if (controlCharacter.test(text)) return false;
        putAny(text);
        return true;
      }
      if (putAscii(text, firstPlain)) return true;
      for (let index = 0; index < text.length; index++) if (text.charCodeAt(index) < firstPlain) return false;
      putAny(text);
      return true;
    },
  };
}
