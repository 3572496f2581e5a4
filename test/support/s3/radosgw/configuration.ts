/** Where everything of one server is: its folder, the three ports it listens on. */
export interface ServerPlace {
  readonly folder: string;
  readonly fsid: string;
  readonly monitorPort: number;
  readonly gatewayPort: number;
}

/**
 * `ceph.conf` of the smallest server there can be: one monitor, one object store in memory, one gateway; no authentication between
 * the three, loopback only, no housekeeping. Names with several words are Ceph's.
 */
export function cephConfiguration({ folder, fsid, monitorPort, gatewayPort }: ServerPlace): string {
  return `[global]
fsid = ${fsid}
mon host = [v2:127.0.0.1:${monitorPort}/0]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
auth cluster required = none
auth service required = none
auth client required = none
ms mon client mode = crc
ms mon cluster mode = crc
ms mon service mode = crc
run dir = ${folder}
admin socket =
pid file =
crash dir = ${folder}
log file = ${folder}/$type.log
mon cluster log file = ${folder}/cluster.log
paxos propose interval = 0.02
paxos min wait = 0.01
objecter tick interval = 0.5
mon tick interval = 1
mon allow pool size one = true
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 1
osd pool default pgp num = 1
osd crush chooseleaf type = 0
[mon]
mon data = ${folder}/mon
mon data avail warn = 1
mon data avail crit = 1
[osd]
osd data = ${folder}/osd
osd objectstore = memstore
memstore device bytes = 4294967296
osd op num threads per shard = 1
[client]
rgw data = ${folder}/rgw
rgw frontends = beast endpoint=127.0.0.1:${gatewayPort} tcp_nodelay=1
rgw enable apis = s3, admin
rgw rados pool pg num min = 1
rgw override bucket index max shards = 1
rgw thread pool size = 32
rgw enable usage log = false
rgw enable gc threads = false
rgw enable lc threads = false
rgw enable quota threads = false
rgw run sync thread = false
rgw dynamic resharding = false
`;
}
