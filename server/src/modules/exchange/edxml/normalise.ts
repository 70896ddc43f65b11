/**
 * The package as the Java SDK would have written it: without what stands before its XML (junk, byte order mark), and
 * otherwise byte for byte as sent.
 */
export async function* normaliseEdxml(
  packageBytes: AsyncIterable<Buffer>,
  message: { readonly xmlOffset: number },
): AsyncGenerator<Buffer> {
  let toSkip = message.xmlOffset;
  for await (const bytes of packageBytes) {
    const kept = bytes.subarray(toSkip);
    toSkip -= bytes.length - kept.length;
    if (kept.length > 0) yield kept;
  }
}
