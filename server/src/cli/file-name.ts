/** Names that others gave their files, made into names that are safe in our folder and on every system. */

const reservedOnWindows = /^(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)/iu;
// ext4 allows 255 bytes and a Vietnamese letter takes up to three; ".part" is added while writing.
const nameLimitBytes = 240;

/** One name for each, in the same order and all different also where upper and lower case are one. */
export function safeFileNames(names: readonly string[]): string[] {
  const taken = new Set<string>();
  return names.map((name, index) => {
    const safe = safeFileName(name) || `${index + 1}`;
    let candidate = safe;
    for (let copy = 2; taken.has(candidate.toLowerCase()); copy++) candidate = withCopyNumber(safe, copy);
    taken.add(candidate.toLowerCase());
    return candidate;
  });
}

export function safeFileName(name: string): string {
  const last = name.normalize('NFC').split(/[/\\]/).at(-1) ?? '';
  const plain = last
    .replaceAll(/[\p{Cc}\p{Cf}<>:"|?*]/gu, '_')
    .replace(/^[.\s]+/u, '')
    .replace(/[.\s]+$/u, '');
  return shorten(reservedOnWindows.test(plain) ? `_${plain}` : plain);
}

function shorten(name: string): string {
  const extension = /\.[^.]{1,10}$/u.exec(name)?.[0] ?? '';
  let stem = name.slice(0, name.length - extension.length);
  while (Buffer.byteLength(stem + extension) > nameLimitBytes) stem = stem.slice(0, -1);
  return stem + extension;
}

function withCopyNumber(name: string, copy: number): string {
  const dot = name.lastIndexOf('.');
  return dot > 0 ? `${name.slice(0, dot)} (${copy})${name.slice(dot)}` : `${name} (${copy})`;
}
