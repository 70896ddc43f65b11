export { freeMemory } from './free-memory.ts';
