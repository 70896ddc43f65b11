/** A pino line for a person at a terminal: time, level, message, then what else was given; still one line. */
export function plainLine(json: string): string {
  const { time, level, msg, pid: _pid, err, error, ...rest } = JSON.parse(json) as Record<string, unknown>;
  const fields = Object.entries(rest).map(([name, value]) => `${name}=${JSON.stringify(value)}`);
  const parts = [
    String(time).slice(11, 19),
    String(level).toUpperCase(),
    msg,
    ...fields,
    ...reasons(err ?? error),
  ];
  return `${parts.filter(Boolean).join(' ')}\n`;
}

/** The chain of causes without its stacks. */
function reasons(described: unknown): string[] {
  const texts: string[] = [];
  for (let at = described; typeof at === 'object' && at !== null; at = (at as { cause?: unknown }).cause) {
    const { type, message } = at as { type?: unknown; message?: unknown };
    texts.push(`← ${String(type)}: ${String(message).replaceAll('\n', ' ')}`);
  }
  return texts;
}
