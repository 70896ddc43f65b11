/**
 * Which addresses the server may call when somebody else chose them. Whoever registers an address must not reach through
 * us what he could not reach himself: the machine, its network, the metadata service of a cloud.
 */
import { BlockList, isIP } from 'node:net';

/** public: anybody's · listed: not public, but the operator named its network · forbidden: neither. */
export type AddressKind = 'public' | 'listed' | 'forbidden';

export type AddressRule = (address: string) => AddressKind;

/** The networks are those in which agencies have their systems: `10.1.0.0/16`, or one address. */
export function createAddressRule(listedNetworks: readonly string[]): AddressRule {
  const listed = blockLists(listedNetworks);
  return (address) => {
    const version = isIP(address);
    // A zone (`fe80::1%eth0`) names an interface of this machine: nobody else's address has one.
    if (version === 0 || address.includes('%')) return 'forbidden';
    // Each version has lists of its own: a rule for `::ffff:0:0/96` in a common one would match every IPv4 address.
    if (contains(never, { address, version })) return 'forbidden';
    if (contains(listed, { address, version })) return 'listed';
    return contains(notPublic, { address, version }) ? 'forbidden' : 'public';
  };
}

/** An address, or one with the length of its prefix. */
export function isNetwork(text: string): boolean {
  const [address = '', bits, ...rest] = text.split('/');
  const version = isIP(address);
  if (version === 0 || address.includes('%') || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

/** Of IANA's special-purpose registries: what no operator can mean, whatever he lists. */
const never = blockLists([
  '0.0.0.0/8', // this host
  '169.254.0.0/16', // link-local, and there the metadata of clouds
  '224.0.0.0/4', // multicast
  '240.0.0.0/4', // reserved, broadcast
  '::/128', // unspecified
  '::ffff:0:0/96', // IPv4-mapped
  '::ffff:0:0:0/96', // IPv4-translated
  '64:ff9b::/96', // NAT64: the IPv4 address behind it would go unchecked
  '64:ff9b:1::/48', // NAT64 of one's own
  '100::/64', // discarded
  '2001::/32', // Teredo holds an IPv4 address
  '2002::/16', // and so does 6to4
  'fd00:ec2::254', // metadata
  'fe80::/10', // link-local
  'ff00::/8', // multicast
]);

/** What exists in many places at once, so that it is another machine here than for whoever wrote it down. */
const notPublic = blockLists([
  '10.0.0.0/8',
  '100.64.0.0/10', // carriers' NAT; metadata of some clouds
  '127.0.0.0/8',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24', // documentation, as the two below
  '198.51.100.0/24',
  '203.0.113.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15', // measurements
  // Only 2000::/3 is given out to the public; loopback is below it, and IPv4 in its first disguise.
  '::/3',
  '2001:db8::/32',
  '3fff::/20',
  '4000::/2',
  '8000::/1',
]);

interface BlockLists {
  readonly ipv4: BlockList;
  readonly ipv6: BlockList;
}

function blockLists(networks: readonly string[]): BlockLists {
  const lists = { ipv4: new BlockList(), ipv6: new BlockList() };
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIP(address) === 4 ? 'ipv4' : 'ipv6';
    lists[family].addSubnet(address, Number(bits ?? (family === 'ipv4' ? 32 : 128)), family);
  }
  return lists;
}

function contains(lists: BlockLists, { address, version }: { address: string; version: number }): boolean {
  return version === 4 ? lists.ipv4.check(address, 'ipv4') : lists.ipv6.check(address, 'ipv6');
}
