/** As conditions have it: all servers that are known understand an ETag without its quotation marks, and Ceph 16 no other. */
export function plainEtag(etag: string): string {
  return etag.replace(/^(?:W\/)?"?|"?$/g, '');
}
