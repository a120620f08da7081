/** An HTTP service: the bytes of an audio file in, its score out. */
import express from 'express';
import { AudioError, openDetector } from 'voiceproof';

// One for all requests: the engine starts once, and the model is compiled once.
const detector = await openDetector(process.env.CHECKPOINT);

const service = express();
// Whatever the client calls its audio, the bytes tell what it is.
const audio = express.raw({ type: () => true, limit: '20mb' });

service.get('/health', (_request, response) => {
  response.json({ ok: true, detector: detector.description });
});

service.post('/score', audio, async (request, response) => {
  const bytes: unknown = request.body;
  if (!(bytes instanceof Uint8Array)) {
    response.status(400).json({ error: 'expected the bytes of an audio file as the body' });
    return;
  }
  try {
    response.json(await detector.score({ bytes, name: String(request.query.name ?? 'upload') }));
  } catch (error) {
    // What is wrong with the audio is the client's to know; all else is a fault of the service.
    if (!(error instanceof AudioError)) throw error;
    response.status(422).json({ error: error.message });
  }
});

const server = service.listen(Number(process.env.PORT ?? 3000), '127.0.0.1', () => {
  console.log('listening at', server.address());
});
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => server.close(() => detector.dispose()));
}
