import type { MessageKind } from '../envelope.ts';

/** How the existing protocols call the two kinds of messages. */
export function messageTypeOf(kind: MessageKind): 'edoc' | 'status' {
  return kind === 'document' ? 'edoc' : 'status';
}
