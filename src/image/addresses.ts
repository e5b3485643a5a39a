/** @module An IP address -> whether it lies on the public internet, or in a network that was allowed by name. */
import { BlockList, isIP } from 'node:net';
import { onesheetError } from '../errors.ts';

/**
 * IPv4 that is not the public internet, by the IANA registry of special-purpose addresses, and what clouds answer
 * instances on.
 */
const closedIPv4: readonly (readonly [network: string, prefix: number])[] = [
  ['0.0.0.0', 8], // this network
  ['10.0.0.0', 8], // private
  ['100.64.0.0', 10], // carrier-grade NAT; Alibaba's metadata
  ['127.0.0.0', 8], // loopback
  ['168.63.129.16', 32], // Azure's host
  ['169.254.0.0', 16], // link-local; the metadata of most clouds
  ['172.16.0.0', 12], // private
  ['192.0.0.0', 24], // protocol assignments; Oracle's metadata
  ['192.0.2.0', 24], // documentation
  ['192.88.99.0', 24], // 6to4 relays
  ['192.168.0.0', 16], // private
  ['198.18.0.0', 15], // benchmarks
  ['198.51.100.0', 24], // documentation
  ['203.0.113.0', 24], // documentation
  ['224.0.0.0', 4], // multicast
  ['240.0.0.0', 4], // reserved, broadcast
];

/** The only IPv6 that is handed out to the public; mapped, translated, local and multicast addresses lie outside. */
const openIPv6 = ['2000::', 3] as const;
/** What lies within it and still leads elsewhere. */
const closedIPv6: readonly (readonly [network: string, prefix: number])[] = [
  ['2001::', 23], // protocol assignments, Teredo
  ['2001:db8::', 32], // documentation
  ['2002::', 16], // 6to4: an IPv4 address inside
  ['3fff::', 20], // documentation
];

function listOf(networks: readonly (readonly [string, number])[], family: 'ipv4' | 'ipv6'): BlockList {
  const list = new BlockList();
  for (const [network, prefix] of networks) list.addSubnet(network, prefix, family);
  return list;
}

const closed4 = listOf(closedIPv4, 'ipv4');
const open6 = listOf([openIPv6], 'ipv6');
const closed6 = listOf(closedIPv6, 'ipv6');

/** @param address IPv4 or IPv6, as text; anything else is not public */
export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !closed4.check(address, 'ipv4');
  return (
    family === 6 && !address.includes('%') && open6.check(address, 'ipv6') && !closed6.check(address, 'ipv6')
  );
}

/**
 * Reads networks in CIDR notation, `10.1.0.0/16` or `fd00::/8`.
 *
 * @throws {OnesheetError} OPTION_INVALID with the text that is no network
 */
export function networksOf(texts: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const text of texts) {
    const [network = '', prefix = '', ...rest] = text.split('/');
    const family = isIP(network);
    const bits = Number(prefix);
    const most = family === 4 ? 32 : 128;
    if (family === 0 || rest.length > 0 || !/^\d{1,3}$/.test(prefix) || bits > most)
      throw onesheetError('OPTION_INVALID', 'networks', 'networks such as 10.1.0.0/16', text);
    list.addSubnet(network, bits, family === 4 ? 'ipv4' : 'ipv6');
  }
  return (address) => {
    const family = isIP(address);
    return family !== 0 && !address.includes('%') && list.check(address, family === 4 ? 'ipv4' : 'ipv6');
  };
}
