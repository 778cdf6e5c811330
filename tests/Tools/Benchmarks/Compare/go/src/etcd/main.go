// Three servers of etcd and their clients: "etcd PORTS PORTS DIRECTORY" with three ports between the servers and three for clients.
// The servers are child processes, which Linux kills with this one. The clients call the leader over gRPC.
package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"

	"peer"

	"go.etcd.io/etcd/clientv3"
)

const connections = 8

func main() {
	// The death signal of a child comes when the thread that started it ends.
	runtime.LockOSThread()
	var urls []string
	for _, port := range strings.Split(os.Args[1], ",") {
		urls = append(urls, "http://127.0.0.1:"+port)
	}
	var servers []*exec.Cmd
	for place := range urls[:3] {
		servers = append(servers, start(place, urls, filepath.Join(os.Args[3], strconv.Itoa(place))))
	}
	clients := connect(leaderOf(urls[3:]))
	fmt.Println("leads")
	submit := func(client int, value []byte) error {
		_, err := clients[client%connections].Put(context.Background(), "key", string(value))
		return err
	}
	query := func(client int, _ []byte) error {
		_, err := clients[client%connections].Get(context.Background(), "key")
		return err
	}
	peer.Run(submit, query, func() peer.Cost { return add(peer.OwnCost(), servers, urls[3:]) })
	for _, server := range servers {
		peer.Must(server.Process.Kill())
	}
}

func start(place int, urls []string, directory string) *exec.Cmd {
	var cluster []string
	for other, url := range urls[:3] {
		cluster = append(cluster, fmt.Sprintf("node%d=%s", other, url))
	}
	server := exec.Command("etcd", "--name", fmt.Sprintf("node%d", place), "--data-dir", directory,
		"--log-level", "error", "--logger", "zap",
		"--heartbeat-interval", "100", "--election-timeout", "1000", "--snapshot-count", "1000000000",
		"--quota-backend-bytes", "8589934592",
		"--listen-peer-urls", urls[place], "--initial-advertise-peer-urls", urls[place],
		"--listen-client-urls", urls[place+3], "--advertise-client-urls", urls[place+3],
		"--initial-cluster", strings.Join(cluster, ","))
	server.Stderr = os.Stderr
	server.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	peer.Must(server.Start())
	return server
}

// leaderOf waits for the leader, and returns its address for clients.
func leaderOf(urls []string) string {
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(50 * time.Millisecond) {
		for _, url := range urls {
			if leads(url) {
				return url
			}
		}
	}
	peer.Must(fmt.Errorf("etcd elected no leader within 30 s"))
	return ""
}

func leads(url string) bool {
	client, err := clientv3.New(clientv3.Config{Endpoints: []string{url}, DialTimeout: time.Second})
	if err != nil {
		return false
	}
	defer client.Close()
	within, stop := context.WithTimeout(context.Background(), time.Second)
	defer stop()
	status, err := client.Status(within, url)
	return err == nil && status.Leader != 0 && status.Leader == status.Header.MemberId
}

func connect(url string) []*clientv3.Client {
	var clients []*clientv3.Client
	for len(clients) < connections {
		client, err := clientv3.New(clientv3.Config{Endpoints: []string{url}, DialTimeout: 10 * time.Second})
		peer.Must(err)
		clients = append(clients, client)
	}
	return clients
}

// add returns a cost with that of the servers. Of the pauses, those of the process that paused longest count.
func add(cost peer.Cost, servers []*exec.Cmd, urls []string) peer.Cost {
	for place, server := range servers {
		metric := metricsOf(urls[place])
		cost.Cpu += time.Duration(metric("process_cpu_seconds_total") * float64(time.Second))
		cost.Bytes += uint64(metric("go_memstats_alloc_bytes_total"))
		if paused := time.Duration(metric("go_gc_duration_seconds_sum") * float64(time.Second)); paused > cost.Paused {
			cost.Paused = paused
		}
		cost.Switches += switchesOf(server.Process.Pid)
	}
	return cost
}

// metricsOf reads the metrics that a server has for Prometheus. The function that it returns finds one.
func metricsOf(url string) func(name string) float64 {
	reply, err := http.Get(url + "/metrics")
	peer.Must(err)
	defer reply.Body.Close()
	text, err := io.ReadAll(reply.Body)
	peer.Must(err)
	return func(name string) float64 {
		_, rest, _ := strings.Cut(string(text), "\n"+name+" ")
		line, _, _ := strings.Cut(rest, "\n")
		value, err := strconv.ParseFloat(line, 64)
		peer.Must(err)
		return value
	}
}

// switchesOf adds up the context switches of the threads of a process. A Go program keeps its threads.
func switchesOf(pid int) int64 {
	var all int64
	files, err := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/status", pid))
	peer.Must(err)
	for _, file := range files {
		text, err := os.ReadFile(file)
		peer.Must(err)
		for _, line := range strings.Split(string(text), "\n") {
			if name, value, found := strings.Cut(line, ":"); found && strings.HasSuffix(name, "voluntary_ctxt_switches") {
				one, err := strconv.ParseInt(strings.TrimSpace(value), 10, 64)
				peer.Must(err)
				all += one
			}
		}
	}
	return all
}
