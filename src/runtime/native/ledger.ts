/** What the engine's library has made for us and not yet taken back, counted by kind: a leak is a count that grows. */

/** The kinds of things that C makes and we must give back. */
export type PointerKind =
  | 'context'
  | 'status'
  | 'handle'
  | 'tensor'
  | 'op'
  | 'name'
  | 'contextOptions'
  | 'deviceList'
  | 'graph'
  | 'session'
  | 'sessionOptions'
  | 'proto'
  | 'importOptions'
  | 'function';

/** The number of live pointers of each kind. */
export type PointerCounts = Readonly<Record<PointerKind, number>>;

/** Counts pointers as they are made and freed. Plain fields, as the hot path touches four of them for every op. */
export class PointerLedger implements PointerCounts {
  context = 0;
  status = 0;
  handle = 0;
  tensor = 0;
  op = 0;
  name = 0;
  contextOptions = 0;
  deviceList = 0;
  graph = 0;
  session = 0;
  sessionOptions = 0;
  proto = 0;
  importOptions = 0;
  function = 0;

  /** The counts as they are now. */
  counts(): PointerCounts {
    return { ...this };
  }
}
