import { maxIdentifierCharacters, ruleLength } from './limits.ts';
import type { WrittenDate, WrittenTime } from './message.ts';
import { refuse } from './refusals.ts';
import type { Warnings } from './warnings.ts';
import { readWrittenDate, readWrittenTime } from './written-time.ts';
import { childrenNamed, type XmlElement } from './xml-element.ts';

/**
 * An element of the header that is read by name: a missing one reads as empty, a repeated single one is refused
 * (which of the two subjects is meant?), and what is odd is noted with its path.
 */
export class HeaderGroup {
  readonly path: string;
  readonly #element: XmlElement | undefined;
  readonly #warnings: Warnings;

  constructor(element: XmlElement | undefined, path: string, warnings: Warnings) {
    this.#element = element;
    this.path = path;
    this.#warnings = warnings;
  }

  get isPresent(): boolean {
    return this.#element !== undefined;
  }

  get isEmpty(): boolean {
    return this.#element === undefined || (this.#element.children.length === 0 && this.#element.text === '');
  }

  group(name: string): HeaderGroup {
    return new HeaderGroup(this.#only(name), this.#pathOf(name), this.#warnings);
  }

  groups(name: string): HeaderGroup[] {
    return this.#all(name).map((element) => new HeaderGroup(element, this.#pathOf(name), this.#warnings));
  }

  text(name: string): string {
    const element = this.#only(name);
    return element ? this.#textOf(element, name) : '';
  }

  texts(name: string): string[] {
    return this.#all(name)
      .map((element) => this.#textOf(element, name))
      .filter((text) => text !== '');
  }

  identifier(name: string, kind: keyof typeof maxIdentifierCharacters): string {
    const text = this.text(name);
    const limit = maxIdentifierCharacters[kind];
    if (text.length > limit) throw refuse('identifier_too_long', { element: this.#pathOf(name), limit });
    return text;
  }

  identifiers(name: string, kind: keyof typeof maxIdentifierCharacters): string[] {
    const limit = maxIdentifierCharacters[kind];
    const texts = this.texts(name);
    if (texts.some((text) => text.length > limit)) {
      throw refuse('identifier_too_long', { element: this.#pathOf(name), limit });
    }
    return texts;
  }

  requiredIdentifier(name: string, kind: keyof typeof maxIdentifierCharacters): string {
    const text = this.identifier(name, kind);
    if (text === '') throw this.missing(name);
    return text;
  }

  missing(name: string) {
    return refuse('field_missing', { element: this.#pathOf(name) });
  }

  date(name: string): WrittenDate | null {
    return readWrittenDate(this.text(name), this.#pathOf(name), this.#warnings);
  }

  time(name: string): WrittenTime | null {
    return readWrittenTime(this.text(name), this.#pathOf(name), this.#warnings);
  }

  #textOf(element: XmlElement, name: string): string {
    const [child] = element.children;
    if (child) this.#warnings.add('element_unexpected', this.#pathOf(name), child.name);
    const limit = ruleLength(name);
    if (limit !== undefined && element.text.length > limit) {
      this.#warnings.add('field_too_long', this.#pathOf(name), `${element.text.length} > ${limit}`);
    }
    return element.text;
  }

  #only(name: string): XmlElement | undefined {
    const [first, second] = this.#all(name);
    if (second) throw refuse('element_repeated', { element: this.#pathOf(name) });
    return first;
  }

  #all(name: string): XmlElement[] {
    return this.#element ? childrenNamed(this.#element, name) : [];
  }

  #pathOf(name: string): string {
    return this.path === '' ? name : `${this.path}/${name}`;
  }
}
