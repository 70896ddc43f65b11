/** In which networks that are not public webhooks may be, as `LIENTHONG_WEBHOOK_NETWORKS` lists them. */
import { isNetwork } from '#foundation/outbound';
import type { ConfigProblem, Variables } from './config-source.ts';
import type { Purpose } from './keys.ts';

/** In the sandbox, systems run on the machine that runs the axis. */
const sandboxNetworks = ['127.0.0.0/8', '::1'];
const maxNetworks = 100;

export function readWebhookNetworks(
  { LIENTHONG_WEBHOOK_NETWORKS: text }: Variables,
  mode: Purpose,
  problems: ConfigProblem[],
): readonly string[] {
  if (text === undefined) return mode === 'sandbox' ? sandboxNetworks : [];
  const networks = text.split(/[\s,]+/).filter((part) => part !== '');
  if (networks.length > 0 && networks.length <= maxNetworks && networks.every(isNetwork)) return networks;
  problems.push({
    name: 'LIENTHONG_WEBHOOK_NETWORKS',
    vi: `Phải là các địa chỉ hoặc mạng, cách nhau bằng dấu phẩy, tối đa ${maxNetworks}, ví dụ 10.1.0.0/16.`,
    en: `Must be addresses or networks separated by commas, at most ${maxNetworks}, e.g. 10.1.0.0/16.`,
  });
  return [];
}
