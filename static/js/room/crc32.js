// @ts-check
/** CRC-32 as zlib computes it (polynomial 0xEDB88320), over a text's UTF-8 bytes. */

const TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let remainder = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    remainder = remainder & 1 ? (remainder >>> 1) ^ 0xedb88320 : remainder >>> 1;
  }
  return remainder;
});

const utf8 = new TextEncoder();

/**
 * @param {string} text
 * @returns {number} 0 … 2³² − 1
 */
export function crc32(text) {
  let remainder = 0xffffffff;
  for (const byte of utf8.encode(text)) {
    remainder = (remainder >>> 8) ^ /** @type {number} */ (TABLE[(remainder ^ byte) & 0xff]);
  }
  return (remainder ^ 0xffffffff) >>> 0;
}
