export { createBlobStore } from './blob-store.ts';
export type { BlobStore, BlobStoreOptions } from './blob-store.ts';
export { BlobDamaged } from './blob.ts';
export type { BlobReference, StoredBlob } from './blob.ts';
export type { BlobWriter, WriterOptions } from './blob-writer.ts';
export { insertBlobRows } from './blob-rows.ts';
export { localDisk } from './disk.ts';
export type { Disk, ReadableFile, WritableFile } from './disk.ts';
export type { SweepOptions, SweepReport } from './sweep-orphans.ts';
