package schedule

import (
	"fmt"
	"hash/fnv"
)

// MaxShards bounds the shards of a scheduler: each costs two requests in 2 seconds
// of every process.
const MaxShards = 64

// LeaseName is the name of the lease of a shard of a scheduler.
func LeaseName(scheduler string, shard int) string { return fmt.Sprintf("%s-%d", scheduler, shard) }

// LedgerName is the name of the ConfigMap that is the ledger of a shard.
func LedgerName(scheduler string, shard int) string {
	return fmt.Sprintf("%s-state-%d", scheduler, shard)
}

// shardOf is the shard, of so many, that a job belongs to.
func shardOf(job string, shards int) int {
	h := fnv.New32a()
	h.Write([]byte(job))
	return int(h.Sum32() % uint32(shards))
}
