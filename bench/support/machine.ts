/** What a benchmark ran on. */
import { cpus } from 'node:os';

/** One line: processor, cores, Node. */
export function describeMachine(): string {
  const processors = cpus();
  return `${processors[0]?.model.trim() ?? 'unknown processor'}, ${processors.length} cores, Node ${process.versions.node}`;
}
