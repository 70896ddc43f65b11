import type { LocatedBody, MessageDraft } from './message-draft.ts';
import { refuse } from './refusals.ts';
import type { BodyPlace } from './structure.ts';
import type { Draft } from './xml-reader.ts';
import { childrenNamed, type XmlElement } from './xml-element.ts';

export const secondXmlBodies: BodyPlace = { element: 'value', parent: 'attachment', grandparent: 'attach' };

/**
 * The second XML of the 2012 dialect, which holds the files of the message beside it:
 * `document/attach/attachment{name, value}`, the value in base64.
 */
export class SecondXmlDraft implements Draft<void> {
  readonly #message: MessageDraft;
  readonly #bodies = new Map<XmlElement, LocatedBody>();

  constructor(message: MessageDraft) {
    this.#message = message;
  }

  get bodyCount(): number {
    return this.#message.bodyCount + this.#bodies.size;
  }

  setRoot({ name, namespace }: { name: string; namespace: string }): void {
    if (name === 'document') return;
    throw refuse('root_unknown', { root: name.slice(0, 100), namespace: namespace.slice(0, 200) });
  }

  close(element: XmlElement): void {
    const body = this.#bodies.get(element);
    if (!body) return;
    this.#bodies.delete(element);
    const contentType = element.attributes?.['Content-Type'] ?? '';
    this.#message.addPart({ contentId: '', name: this.nameOf(element), contentType, body });
  }

  hasBody(attachment: XmlElement): boolean {
    return this.#bodies.has(attachment);
  }

  nameOf(attachment: XmlElement): string {
    return childrenNamed(attachment, 'name')[0]?.text ?? '';
  }

  addBody(attachment: XmlElement, body: LocatedBody): void {
    this.#bodies.set(attachment, body);
  }

  finish(): void {
    // Each file was handed over when its element closed.
  }
}
