import type { MessageHeader } from '#exchange/edxml';
import { createEdxmlReader } from '#exchange/edxml';
import { Refusal } from '#foundation/refusal';

/** Who wrote to whom about which document; or why the axis would refuse the message, as far as it was read. */
export async function readHeader(chunks: AsyncIterable<Buffer>): Promise<MessageHeader | Refusal> {
  const reader = createEdxmlReader();
  try {
    for await (const chunk of chunks) {
      await reader.write(chunk);
      // However large the attachments behind it are.
      if (reader.header) return reader.header;
    }
    return await reader.end();
  } catch (error) {
    if (error instanceof Refusal) return reader.header ?? error;
    throw error;
  }
}
