/** An element of the header, with what it holds. The bodies of attachments are never in here. */
export interface XmlElement {
  /** The local name; the prefix is the writer's taste. */
  readonly name: string;
  /** Whether it lies in the namespace of QCVN 102. */
  readonly isQcvn: boolean;
  text: string;
  readonly children: XmlElement[];
  /** By local name; kept only where some writer says something in them. */
  attributes?: Readonly<Record<string, string>>;
}

export const qcvnNamespace = 'http://www.mic.gov.vn/TBT/QCVN_102_2016';

/**
 * The children of a name, in any order. Those in the namespace of QCVN 102 come first; where there is none, the local
 * name alone decides, since hand-made messages have broken namespaces.
 */
export function childrenNamed(parent: XmlElement, name: string): XmlElement[] {
  const named: XmlElement[] = [];
  let qcvnCount = 0;
  for (const child of parent.children) {
    if (child.name !== name) continue;
    named.push(child);
    if (child.isQcvn) qcvnCount += 1;
  }
  return qcvnCount === 0 || qcvnCount === named.length ? named : named.filter((child) => child.isQcvn);
}
