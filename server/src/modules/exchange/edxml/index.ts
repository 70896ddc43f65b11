export type * from './message.ts';
export { createEdxmlReader } from './reader.ts';
export type { EdxmlReader, EdxmlReaderOptions } from './reader.ts';
