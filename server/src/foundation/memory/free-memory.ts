/**
 * Gives the memory of a buffer that nobody reads any more back at once. Left to the garbage collector, some 60 to 100 MB
 * of such buffers would lie about while a large package passes, because V8 sees only how small the objects are that hold
 * them. A buffer that shares its memory with others is left alone.
 */
export function freeMemory(buffer: Buffer): void {
  const { buffer: memory } = buffer;
  const isAlone = buffer.byteLength === memory.byteLength;
  if (isAlone && memory instanceof ArrayBuffer) memory.transfer(0);
}
