import type { RequestKind, Traffic } from '../../archive/traffic.ts';
import { formatBytes } from '../../operate/amounts.ts';

/** `requests to the archives: 14 (1 list, 12 get, 1 head); 1.2 MB received, 0 B sent`. */
export function trafficText({ requests, retries, sentBytes, receivedBytes }: Traffic): string {
  const kinds = (Object.entries(requests) as [RequestKind, number][]).filter(([, count]) => count > 0);
  const total = kinds.reduce((sum, [, count]) => sum + count, 0);
  const each = kinds.map(([kind, count]) => `${count} ${kind}`).join(', ');
  const again = retries === 0 ? '' : `, ${retries} of them repeated`;
  const bytes = `${formatBytes(receivedBytes)} received, ${formatBytes(sentBytes)} sent`;
  return `requests to the archives: ${total}${each === '' ? '' : ` (${each})`}${again}; ${bytes}`;
}
