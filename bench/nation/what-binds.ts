/** What a second of the run had and what it used: the fullest of these is what would have to grow first. */
export interface Load {
  readonly what: string;
  readonly share: number;
}

export interface Used {
  readonly seconds: number;
  readonly cores: number;
  readonly serverThreadSeconds: number;
  readonly serverSeconds: number;
  readonly postgresSeconds: number;
  readonly generatorSeconds: number;
  readonly storedBytes: number;
  /** What the blob store of this machine takes when nothing else runs. */
  readonly storeBytesPerSecond: number;
}

/** Fullest first. */
export function findLoads(used: Used): Load[] {
  const { seconds, cores, serverSeconds, postgresSeconds, generatorSeconds } = used;
  return [
    { what: 'the JavaScript thread of the one server process', share: used.serverThreadSeconds / seconds },
    {
      what: `all ${cores} cores, generator included`,
      share: (serverSeconds + postgresSeconds + generatorSeconds) / (seconds * cores),
    },
    { what: 'the blob store’s disk', share: used.storedBytes / seconds / used.storeBytesPerSecond },
  ].sort((a, b) => b.share - a.share);
}
