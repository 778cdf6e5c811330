// Nodes of hashicorp/raft: "hashicorp ALL-PORTS OWN-PORTS [DIRECTORY]". Without a directory the stores are in memory.
// With one, raft-boltdb syncs each batch of entries before the node acknowledges it.
package main

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"

	"peer"

	"github.com/hashicorp/go-hclog"
	"github.com/hashicorp/raft"
	raftboltdb "github.com/hashicorp/raft-boltdb"
)

var leader atomic.Value

func main() {
	all, own := strings.Split(os.Args[1], ","), strings.Split(os.Args[2], ",")
	for _, port := range own {
		directory := ""
		if len(os.Args) > 3 {
			directory = filepath.Join(os.Args[3], port)
		}
		go reportLeader(start(port, all, directory))
	}
	peer.Run(submit, nil, peer.OwnCost)
}

func submit(_ int, value []byte) error {
	return leader.Load().(*raft.Raft).Apply(value, 0).Error()
}

func reportLeader(node *raft.Raft) {
	for leads := range node.LeaderCh() {
		if leads && node.Barrier(0).Error() == nil {
			leader.Store(node)
			fmt.Println("leads")
		}
	}
}

func start(port string, all []string, directory string) *raft.Raft {
	logger := hclog.New(&hclog.LoggerOptions{Level: hclog.Error, Output: os.Stderr})
	config := raft.DefaultConfig()
	config.LocalID = raft.ServerID(port)
	config.HeartbeatTimeout, config.ElectionTimeout = time.Second, time.Second
	config.LeaderLeaseTimeout = 500 * time.Millisecond
	config.SnapshotThreshold = 1 << 40
	config.Logger = logger
	transport, err := raft.NewTCPTransportWithLogger("127.0.0.1:"+port, nil, 3, 10*time.Second, logger)
	peer.Must(err)
	logs, stable := stores(directory)
	node, err := raft.NewRaft(config, &counting{}, logs, stable, raft.NewDiscardSnapshotStore(), oneAtATime{transport})
	peer.Must(err)
	var servers []raft.Server
	for _, other := range all {
		servers = append(servers, raft.Server{ID: raft.ServerID(other), Address: raft.ServerAddress("127.0.0.1:" + other)})
	}
	peer.Must(node.BootstrapCluster(raft.Configuration{Servers: servers}).Error())
	return node
}

// oneAtATime has one request to a node under way. By default this version sends up to 128 without an answer. Many of them come to have one
// entry each, of which a follower syncs one after another. Later versions send up to 2 (hashicorp/raft pull request 541).
type oneAtATime struct{ *raft.NetworkTransport }

func (oneAtATime) AppendEntriesPipeline(raft.ServerID, raft.ServerAddress) (raft.AppendPipeline, error) {
	return nil, raft.ErrPipelineReplicationNotSupported
}

func stores(directory string) (raft.LogStore, raft.StableStore) {
	if directory == "" {
		store := raft.NewInmemStore()
		return store, store
	}
	peer.Must(os.MkdirAll(directory, 0755))
	store, err := raftboltdb.NewBoltStore(filepath.Join(directory, "raft.db"))
	peer.Must(err)
	cache, err := raft.NewLogCache(512, store)
	peer.Must(err)
	return cache, store
}

// counting counts the values and adds up their first bytes.
type counting struct{ count, sum int64 }

func (c *counting) Apply(log *raft.Log) interface{} {
	c.count++
	c.sum += int64(log.Data[0])
	return log.Index
}

func (c *counting) Snapshot() (raft.FSMSnapshot, error) { return nil, fmt.Errorf("no snapshots here") }

func (c *counting) Restore(content io.ReadCloser) error { return content.Close() }
