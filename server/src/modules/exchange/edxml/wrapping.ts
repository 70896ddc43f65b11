import { extensionOf } from './zip-entry.ts';

/** What is known of an attachment beside its bytes. */
export interface Labels {
  readonly name: string;
  /** As written, in the reference or the attachment. */
  readonly contentTypes: readonly string[];
}

/**
 * The zip convention: a sender's SDK wraps each attachment in a ZIP of one entry. A ZIP of one entry is the wrapping,
 * and not the attachment itself, where the entry has the attachment's own extension; or where the sender says
 * `application/zip` of a name that is no archive (entries called `….edxml` around a `.doc` were seen).
 */
export function isWrapping(labels: Labels, entryName: string): boolean {
  const extension = extensionOf(labels.name);
  if (archives.has(extension) || /[/\\]$/.test(entryName)) return false;
  if (extension === extensionOf(entryName)) return true;
  return !zipBased.has(extension) && labels.contentTypes.some((type) => /^application\/(x-)?zip/i.test(type));
}

/** Whether the bytes need not be looked into, whatever the labels that are still to come. */
export function isCertainlyNotWrapping(name: string, entryName: string): boolean {
  const extension = extensionOf(name);
  return archives.has(extension) || (zipBased.has(extension) && extension !== extensionOf(entryName));
}

const archives = new Set(['zip', 'jar']);
const zipBased = new Set(['docx', 'xlsx', 'pptx', 'odt', 'ods', 'odp', 'asice', 'epub']);
