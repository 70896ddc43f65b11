export { createBucket } from './bucket.ts';
export type { Bucket, ObjectRange, OpenUpload, UploadedPart } from './bucket.ts';
export { BucketTrouble } from './bucket-trouble.ts';
export type { BucketAddress } from './sign-request.ts';
export type { Content } from './send-request.ts';
