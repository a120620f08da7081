/** An HTTP service: the bytes of an audio file in, its score out. */
import Fastify from 'fastify';
import { AudioError, openDetector } from 'voiceproof';

const LARGEST_FILE = 20 * 2 ** 20;

// One for all requests: the engine starts once, and the model is compiled once.
const detector = await openDetector(process.env.CHECKPOINT);

const service = Fastify({ bodyLimit: LARGEST_FILE });
// Whatever the client calls its audio, the bytes tell what it is.
service.removeAllContentTypeParsers();
service.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, bytes, done) => done(null, bytes));

service.get('/health', () => ({ ok: true, detector: detector.description }));

service.post<{ Body: Uint8Array | undefined; Querystring: { name?: string } }>('/score', async (request, reply) => {
  const { body: bytes } = request;
  if (bytes === undefined) return reply.code(400).send({ error: 'expected the bytes of an audio file as the body' });
  try {
    return await detector.score({ bytes, name: request.query.name ?? 'upload' });
  } catch (error) {
    // What is wrong with the audio is the client's to know; all else is a fault of the service.
    if (error instanceof AudioError) return reply.code(422).send({ error: error.message });
    throw error;
  }
});

service.addHook('onClose', () => detector.dispose());
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => service.close());

const address = await service.listen({ host: '127.0.0.1', port: Number(process.env.PORT ?? 3000) });
console.log(`listening at ${address}`);
