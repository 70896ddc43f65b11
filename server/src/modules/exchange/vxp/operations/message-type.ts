import type { MessageKind } from '../../envelope.ts';

/** How this protocol calls the two kinds of messages. */
export function messageTypeOf(kind: MessageKind): 'edoc' | 'status' {
  return kind === 'document' ? 'edoc' : 'status';
}
