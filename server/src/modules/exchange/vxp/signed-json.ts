/**
 * Reads the flat JSON object of `XroadVnpt-sign-header`. `JSON.parse` would keep the last of two equal keys without a
 * word, so that what we read could differ from what another reader of the same bytes sees: hence a scanner of our
 * own, which returns the members in their order and leaves the judgement of repeats to the caller.
 */
export function parseFlatJson(text: string): [key: string, value: string][] | undefined {
  const members: [string, string][] = [];
  let at = skip(/\s*\{\s*/y, text, 0);
  if (at === undefined) return undefined;
  const end = skip(/\}\s*$/y, text, at);
  if (end !== undefined) return members;

  for (;;) {
    member.lastIndex = at;
    const match = member.exec(text);
    if (!match) return undefined;
    const [whole, key, value, separator] = match as unknown as [string, string, string, string];
    const read = [decode(key), decode(value)] as const;
    if (read[0] === undefined || read[1] === undefined) return undefined;
    members.push([read[0], read[1]]);
    if (members.length > membersMax) return undefined;
    at += whole.length;
    if (separator === ',') continue;
    return skip(/\s*$/y, text, at) === undefined ? undefined : members;
  }
}

/** A client object that has called everything signs some twenty; nobody has proved yet who he is. */
const membersMax = 100;

// The alternatives inside the texts exclude each other, so matching is linear in the length of the input.
const string = String.raw`"(?:[^"\\\u0000-\u001f]|\\.)*"`;
const number = String.raw`-?(?:0|[1-9]\d*)(?:\.\d+)?`;
const member = new RegExp(String.raw`\s*(${string})\s*:\s*(${string}|${number})\s*([,}])`, 'y');

function skip(pattern: RegExp, text: string, at: number): number | undefined {
  pattern.lastIndex = at;
  return pattern.test(text) ? pattern.lastIndex : undefined;
}

/** A number stands for its own characters: some clients sign `pageSize` without quotes. */
function decode(token: string): string | undefined {
  if (!token.startsWith('"')) return token;
  if (!token.includes('\\')) return token.slice(1, -1);
  try {
    return JSON.parse(token) as string;
  } catch {
    return undefined; // An escape that JSON does not have.
  }
}
