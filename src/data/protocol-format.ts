/** The names of the protocol formats, apart from what reads them: the command line lists them in no time. */

/** The formats that can be asked for; `auto` tells by the content. */
export const PROTOCOL_FORMATS = [
  'auto',
  'asvspoof2015',
  'asvspoof2017',
  'asvspoof2019',
  'asvspoof2021',
  'asvspoof5',
  'csv',
] as const;

/** How a protocol is written. */
export type ProtocolFormat = (typeof PROTOCOL_FORMATS)[number];
