import { describe, expect, it } from 'vitest';
import { ProblemList } from '../../src/data/problems.js';
import { type ProtocolEntry, parseProtocol, selectSubset } from '../../src/data/protocol.js';
import type { ProtocolFormat } from '../../src/data/protocol-format.js';

function parse(text: string, format: ProtocolFormat = 'auto'): { entries: ProtocolEntry[]; phrases: string[] } {
  const problems = new ProblemList();
  const entries = parseProtocol(text, 'p.txt', format, problems);
  return { entries, phrases: problems.phrases() };
}

/** What matters of an entry, in one line. */
function brief({ utterance, label, speaker, attackId, subset }: ProtocolEntry): string {
  return [utterance, label, speaker ?? '?', attackId ?? '?', subset ?? '?'].join(' ');
}

/** One protocol in each format, and what it says. */
const SAMPLES: { name: string; format: ProtocolFormat; text: string; expected: string[] }[] = [
  {
    name: 'ASVspoof 2019 LA',
    format: 'asvspoof2019',
    text: 'LA_0079 LA_T_1138215 - - bonafide\nLA_0080 LA_T_1271820 - A01 spoof\n',
    expected: ['LA_T_1138215 bonafide LA_0079 ? ?', 'LA_T_1271820 spoof LA_0080 A01 ?'],
  },
  {
    name: 'ASVspoof 2019 PA, with environments',
    format: 'asvspoof2019',
    text: 'PA_0079 PA_T_0000001 aaa - bonafide\nPA_0080 PA_T_0000002 bcc CA spoof\n',
    expected: ['PA_T_0000001 bonafide PA_0079 ? ?', 'PA_T_0000002 spoof PA_0080 CA ?'],
  },
  {
    name: 'ASVspoof 2017 with metadata',
    format: 'asvspoof2017',
    text: 'T_1000001.wav genuine M0002 S05 - - -\nT_1000002.wav spoof M0002 S05 E01 P02 R03\n',
    expected: ['T_1000001 bonafide M0002 ? ?', 'T_1000002 spoof M0002 E01-P02-R03 ?'],
  },
  {
    name: 'ASVspoof 2017 in two columns',
    format: 'asvspoof2017',
    text: 'D_1000001.wav genuine\nD_1000002.wav spoof\n',
    expected: ['D_1000001 bonafide ? ? ?', 'D_1000002 spoof ? ? ?'],
  },
  {
    name: 'ASVspoof 2021 LA keys',
    format: 'asvspoof2021',
    text:
      'LA_0009 LA_E_9332881 alaw ita_tx A07 spoof notrim eval\n' +
      'LA_0020 LA_E_6866159 gsm sin_tx bonafide bonafide notrim hidden_track\n',
    expected: ['LA_E_9332881 spoof LA_0009 A07 eval', 'LA_E_6866159 bonafide LA_0020 ? hidden'],
  },
  {
    name: 'ASVspoof 2021 DF keys',
    format: 'asvspoof2021',
    text: 'LA_0023 DF_E_2000011 nocodec asvspoof A14 spoof notrim progress traditional_vocoder - - - -\n',
    expected: ['DF_E_2000011 spoof LA_0023 A14 progress'],
  },
  {
    name: 'ASVspoof 2021 PA keys',
    format: 'asvspoof2021',
    text: 'PA_0010 PA_E_1000001 R3 M3 d4 r1 m1 s4 c4 spoof notrim eval\n',
    expected: ['PA_E_1000001 spoof PA_0010 s4-c4 eval'],
  },
  {
    name: 'ASVspoof 5, tab-separated or not',
    format: 'asvspoof5',
    text:
      'T_4850 T_0000000000 F - - - AC3 A05 spoof -\n' + 'T_0005\tT_0000000001\tM\t-\t-\t-\t-\tbonafide\tbonafide\t-\n',
    expected: ['T_0000000000 spoof T_4850 A05 ?', 'T_0000000001 bonafide T_0005 ? ?'],
  },
  {
    name: 'the key files of ASVspoof 5',
    format: 'csv',
    text: 'filename\tspk\tcm-label\tasv-label\nE_0000000\tT_0000\tbonafide\tnontarget\nE_0000001\tT_0001\tspoof\tspoof\n',
    expected: ['E_0000000 bonafide T_0000 ? ?', 'E_0000001 spoof T_0001 ? ?'],
  },
  {
    name: 'CSV with quotes, other names and another order of columns',
    format: 'csv',
    text: '\uFEFFLabel,"Speaker ID",PATH,System,Split\r\nBona-Fide,"Doe, Jane",clips/a.WAV,-,training\r\nFAKE,,"b ""2"".mp3",TTS,val\r\n',
    expected: ['clips/a bonafide Doe, Jane ? train', 'b "2" spoof ? TTS dev'],
  },
  {
    name: 'the table of In-the-Wild',
    format: 'csv',
    text: 'file,speaker,label\n0.wav,Alec Guinness,spoof\n1.wav,Alec Guinness,bona-fide\n',
    expected: ['0 spoof Alec Guinness ? ?', '1 bonafide Alec Guinness ? ?'],
  },
  {
    name: 'a table whose names differ from its files',
    format: 'csv',
    text: 'utterance;file;key\nu1;x/1.flac;real\nu2;x/2.flac;synthetic\n',
    expected: ['u1 bonafide ? ? ?', 'u2 spoof ? ? ?'],
  },
];

describe('protocols', () => {
  it.each(SAMPLES)('reads $name, told by its content or by name', ({ format, text, expected }) => {
    for (const chosen of ['auto', format] as const) {
      const { entries, phrases } = parse(text, chosen);
      expect(phrases).toEqual([]);
      expect(entries.map(brief)).toEqual(expected);
    }
  });

  it('survives Windows line ends, blank lines, tabs and a missing last line end', () => {
    const { entries } = parse('\r\nS1  U_1\t- - bonafide\r\n\r\nS2 U_2 - A01 spoof');
    expect(entries.map(({ line, utterance }) => [line, utterance])).toEqual([
      [2, 'U_1'],
      [4, 'U_2'],
    ]);
  });

  it('keeps how the clip is to be looked for', () => {
    expect(
      parse('file,label\nclips\\b.Wav,real\n./c.flac,fake\n').entries.map(({ file, utterance }) => [file, utterance]),
    ).toEqual([
      ['clips\\b.Wav', 'clips/b'],
      ['./c.flac', 'c'],
    ]);
  });

  it('tells the format even where the first lines are wrong', () => {
    const { entries, phrases } = parse('S1 U_1 - A01 spuf\nS2 U_2 - - bonafide\n');
    expect(entries).toHaveLength(1);
    expect(phrases).toEqual(['p.txt: 1 unknown label (line 1 "spuf"; write bonafide or spoof)']);
  });

  it('notes unknown labels, malformed lines and duplicates together, with counts and lines', () => {
    const lines = [
      'S U_1 - - bonafide',
      'S U_2 - A01',
      'S U_1 - A01 spoof',
      ...[4, 5, 6, 7].map((n) => `S U_${n} - - ?`),
    ];
    const { entries, phrases } = parse(lines.join('\n'));
    expect(entries.map(({ line }) => line)).toEqual([1]);
    expect(phrases).toEqual([
      'p.txt: 1 malformed line (line 2 "S U_2 - A01"; expected SPEAKER FILE ENVIRONMENT ATTACK KEY)',
      'p.txt: 4 unknown labels (line 4 "?", line 5 "?", line 6 "?" and 1 more; write bonafide or spoof)',
      'p.txt: 1 duplicate utterance (U_1 in lines 1 and 3; list each clip once)',
    ]);
  });

  it('gives the line of the file in tables with blank lines and quoted line ends', () => {
    const { phrases } = parse('file,label\n\n"a\nb",real\nc,unreal\nd\n');
    expect(phrases).toEqual([
      'p.txt: 1 unknown label (line 5 "unreal"; write bonafide or spoof)',
      'p.txt: 1 malformed line (line 6 "d"; expected 2 columns: file, label)',
    ]);
  });

  it('refuses numbers as labels', () => {
    expect(parse('file,label\na,0\nb,1\n').phrases).toEqual([
      'p.txt: 2 numeric labels (line 2 "0", line 3 "1"; 0 and 1 mean different things in different sets: ' +
        'write bonafide or spoof instead)',
    ]);
  });

  it('says what it expected where there is nothing it knows', () => {
    expect(() => parse(' \n')).toThrow('protocol p.txt: is empty; expected one clip a line');
    expect(() => parse('LA_E_2834763\nLA_E_8877452\n')).toThrow('can\'t tell its format from "LA_E_2834763"');
    expect(() => parse('a,b\n1,2\n', 'csv')).toThrow('a header line that names a file and a label column, got "a,b"');
    expect(() => parse('file,label\n"a,real\nb,fake\n')).toThrow(/protocol p\.txt: line \d.*check the quotes/);
  });
});

describe('subsets', () => {
  const { entries } = parse(
    ['eval', 'progress', 'hidden'].map((subset, i) => `LA_1 U_${i} gsm loc_tx A07 spoof notrim ${subset}`).join('\n'),
  );
  const select = (subset: string | undefined, preferred = 'eval') =>
    selectSubset(entries, subset, preferred, 'p.txt').map(({ utterance }) => utterance);

  it('takes the preferred one where none is named and it is there, and all otherwise', () => {
    expect(select(undefined)).toEqual(['U_0']);
    expect(select(undefined, 'train')).toEqual(['U_0', 'U_1', 'U_2']);
  });

  it('takes the one that is named, or all', () => {
    expect(select('progress')).toEqual(['U_1']);
    expect(select('hidden_track')).toEqual(['U_2']);
    expect(select('all')).toEqual(['U_0', 'U_1', 'U_2']);
    expect(() => select('dev')).toThrow('protocol p.txt: has no subset "dev"; it has eval, progress, hidden, all');
  });
});
