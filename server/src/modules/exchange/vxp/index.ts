export { vxpRoutes } from './routes.ts';
export { createVxpHeaders, formatVxpTimestamp, unpaddedHex, vxpMac } from './client.ts';
export type { VxpCredentials, VxpHeaders } from './client.ts';
