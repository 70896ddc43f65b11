export { lgspRoutes } from './routes.ts';
