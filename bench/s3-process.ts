/** An S3 server of the benchmark's own, in a process of its own: `s3-process.ts FOLDER` prints its port. */
import S3rver from '@20minutes/s3rver';

const server = new S3rver({
  address: '127.0.0.1',
  port: 0,
  silent: true,
  directory: process.argv[2]!,
  configureBuckets: [{ name: 'bench' }],
});
const { port } = await server.run();
process.send!(port);
process.once('disconnect', () => process.exit());
