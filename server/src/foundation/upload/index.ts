export { tusRoutes } from './tus-routes.ts';
export type { TusOptions } from './tus-routes.ts';
export { findUploadedBlobs } from './upload-rows.ts';
export type { UploadKey } from './upload-rows.ts';
export { maxUploadBytes } from './upload.ts';
export type { Upload, UploadId } from './upload.ts';
export { getFinishedUpload, releaseUploads, sweepUploads } from './uploads.ts';
export type { FinishedUpload } from './uploads.ts';
export { uploadSealedColumns } from './sealed-columns.ts';
