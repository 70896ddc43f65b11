import { join } from 'node:path';
import { defineCommand } from '../command.ts';
import { exitCodes, misused } from '../failure.ts';
import { parseFingerprint } from '../fingerprint.ts';
import type { WitnessAddress } from '../witness/serve-witness.ts';

export const witness = defineCommand({
  name: 'witness',
  summary: {
    vi: 'Làm nhân chứng: đồng ký điểm kiểm tra của nhật ký sau khi tự kiểm tra',
    en: 'Be a witness: cosign the checkpoints of a log after checking them',
  },
  operands: [],
  options: {
    name: {
      type: 'string',
      placeholder: 'NAME',
      help: {
        vi: 'Tên của nhân chứng, ví dụ nhan-chung.example.gov.vn; cần ở lần chạy đầu, về sau không đổi được',
        en: 'Name of the witness, e.g. witness.example.gov.vn; needed at the first start, can never change',
      },
    },
    trust: {
      type: 'string',
      multiple: true,
      placeholder: 'FILE',
      help: {
        vi: 'Tệp tin cậy của nhật ký cần theo dõi (có thể lặp lại)',
        en: 'Trust file of a log to follow (may be repeated)',
      },
    },
    fingerprint: {
      type: 'string',
      multiple: true,
      placeholder: 'HEX',
      help: {
        vi: 'Chỉ chấp nhận tệp tin cậy có khóa gốc mang một trong các dấu vân tay này',
        en: 'Accept only trust files whose root key has one of these fingerprints',
      },
    },
    log: {
      type: 'string',
      multiple: true,
      placeholder: 'VKEY',
      help: {
        vi: 'Khóa kiểm chứng (vkey) của nhật ký cần theo dõi, thay cho tệp tin cậy',
        en: 'Verifier key (vkey) of a log to follow, instead of a trust file',
      },
    },
    poll: {
      type: 'string',
      multiple: true,
      placeholder: 'URL',
      help: {
        vi: 'Tự đến trục này lấy điểm kiểm tra và nộp chữ ký, khi trục không gọi được vào đây',
        en: 'Fetch checkpoints from this axis and bring it the cosignatures, where it cannot call in',
      },
    },
    host: {
      type: 'string',
      placeholder: 'ADDRESS',
      help: {
        vi: 'Địa chỉ để phục vụ (mặc định 127.0.0.1)',
        en: 'Address to serve at (127.0.0.1 by default)',
      },
    },
    port: {
      type: 'string',
      placeholder: 'PORT',
      help: {
        vi: 'Cổng để phục vụ (mặc định 3100; có --poll thì chỉ phục vụ khi ghi --port)',
        en: 'Port to serve at (3100 by default; with --poll it serves only where --port is given)',
      },
    },
  },
  details: {
    vi: 'Khóa và trí nhớ của nhân chứng nằm trong DIR/witness.sqlite. KHÔNG khôi phục tệp này từ bản sao lưu: nhân chứng\nquên điều đã ký là nhân chứng không còn giá trị. Mất tệp thì lập nhân chứng mới, tên khác.',
    en: 'Key and memory of the witness are in DIR/witness.sqlite. NEVER restore this file from a backup: a witness that\nforgot what it signed is worth nothing. Where it is lost, begin a new witness of another name.',
  },
  examples: [
    'lienthong witness --data /srv/witness --name nhan-chung.example.gov.vn --trust trust.json --fingerprint 9f86ef…',
    'lienthong witness --data /srv/witness --trust trust.json --poll https://truc.example.gov.vn',
  ],
  async run({ options, context }) {
    const address = addressOf(options);
    const polled = options.poll.map(parseUrl);
    const fingerprints = options.fingerprint.map(parseFingerprint);
    // Not at the top of the file: the other commands need not wait for a server and a database to load.
    const { followLogs } = await import('../witness/followed-logs.ts');
    const logs = await followLogs({ trustFiles: options.trust, fingerprints, vkeys: options.log });
    const { openWitness, serveWitness } = await import('../witness/serve-witness.ts');
    using witness = await openWitness(join(context.dataFolder, 'witness.sqlite'), {
      name: options.name,
      logs,
      context,
    });
    await serveWitness(witness, { address, polled, context });
    return exitCodes.ok;
  },
});

function addressOf({
  host = '127.0.0.1',
  port,
  poll,
}: {
  readonly host?: string | undefined;
  readonly port?: string | undefined;
  readonly poll: readonly string[];
}): WitnessAddress | undefined {
  if (port === undefined) return poll.length > 0 ? undefined : { host, port: 3100 };
  if (/^\d{1,5}$/.test(port) && Number(port) <= 65_535) return { host, port: Number(port) };
  throw misused({ vi: `--port là số cổng: ${port}`, en: `--port is a port number: ${port}` });
}

function parseUrl(typed: string): URL {
  const url = URL.parse(typed);
  if (url && ['http:', 'https:'].includes(url.protocol)) return url;
  throw misused({
    vi: `--poll là một địa chỉ http(s): ${typed}`,
    en: `--poll is an http(s) address: ${typed}`,
  });
}
