// Package peer has the clients and the commands that all measured peers share. A peer writes "leads" once it leads, and reads commands from
// standard input: "load AT CLIENTS PAYLOAD WARMUP SECONDS", "query AT CLIENTS CONSISTENCY WARMUP SECONDS" and "read". It ends with its input.
package peer

import (
	"bufio"
	"fmt"
	"os"
	"runtime"
	"sort"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// Call makes a call of a client and returns when it has ended. An Append submits the value, and ends once the leader has applied it.
type Call func(client int, value []byte) error

// Run obeys the commands until the input ends.
// query is linearizable, or nil. cost returns what this peer has used until now, with its child processes.
func Run(submit Call, query Call, cost func() Cost) {
	input := bufio.NewScanner(os.Stdin)
	for input.Scan() {
		words := strings.Fields(input.Text())
		switch {
		case len(words) == 1 && words[0] == "read":
			fmt.Println("counters", counters(cost()))
		case len(words) == 6 && words[0] == "load":
			Must(submit(0, []byte{0}))
			go load(submit, number(words[2]), number(words[3]), seconds(words[4]), seconds(words[5]))
		case len(words) == 6 && words[0] == "query":
			Must(submit(0, []byte{0}))
			go load(query, number(words[2]), 1, seconds(words[4]), seconds(words[5]))
		}
	}
}

// Cost has the processor time, the allocated bytes, the pauses of collections and the context switches of a process, voluntary or not.
type Cost struct {
	Cpu      time.Duration
	Bytes    uint64
	Paused   time.Duration
	Switches int64
}

// OwnCost is that of this process until now.
func OwnCost() Cost {
	var usage syscall.Rusage
	Must(syscall.Getrusage(syscall.RUSAGE_SELF, &usage))
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	cpu := time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
	return Cost{cpu, memory.TotalAlloc, time.Duration(memory.PauseTotalNs), usage.Nvcsw + usage.Nivcsw}
}

// Must ends the process with the error, if there is one.
func Must(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// counters has the units of the C# program: ticks of 100 ns, bytes, ticks, switches.
func counters(cost Cost) string {
	return fmt.Sprintf("%d %d %d %d", cost.Cpu/100, cost.Bytes, cost.Paused/100, cost.Switches)
}

func load(call Call, clients int, payload int, warmUp time.Duration, window time.Duration) {
	var begin, end, failed int64
	var stop int32
	latencies := make([][]int64, clients)
	var loops sync.WaitGroup
	origin := time.Now()
	for client := 0; client < clients; client++ {
		loops.Add(1)
		go func(client int) {
			defer loops.Done()
			for atomic.LoadInt32(&stop) == 0 {
				value := make([]byte, payload)
				value[0] = byte(client)
				start := int64(time.Since(origin))
				err := call(client, value)
				stopped := int64(time.Since(origin))
				first, last := atomic.LoadInt64(&begin), atomic.LoadInt64(&end)
				if first == 0 || start < first || last != 0 && stopped > last {
					continue
				}
				if err != nil {
					atomic.AddInt64(&failed, 1)
				} else {
					latencies[client] = append(latencies[client], stopped-start)
				}
			}
		}(client)
	}
	time.Sleep(warmUp)
	runtime.GC()
	fmt.Println("begin")
	atomic.StoreInt64(&begin, int64(time.Since(origin)))
	time.Sleep(window)
	atomic.StoreInt64(&end, int64(time.Since(origin)))
	fmt.Println("end")
	atomic.StoreInt32(&stop, 1)
	loops.Wait()
	report(latencies, time.Duration(end-begin), failed)
}

func report(latencies [][]int64, window time.Duration, failed int64) {
	var all []int64
	for _, own := range latencies {
		all = append(all, own...)
	}
	sort.Slice(all, func(i, j int) bool { return all[i] < all[j] })
	fmt.Printf("load %d %f %f %f %f %f %d\n", len(all), float64(len(all))/window.Seconds(),
		percentile(all, 0.5), percentile(all, 0.99), percentile(all, 0.999), percentile(all, 1), failed)
}

// percentile is in microseconds.
func percentile(sorted []int64, share float64) float64 {
	if len(sorted) == 0 {
		return 0
	}
	place := int(share * float64(len(sorted)))
	if place == len(sorted) {
		place--
	}
	return float64(sorted[place]) / 1000
}

func seconds(word string) time.Duration { return time.Duration(number(word)) * time.Second }

func number(word string) int {
	value, err := strconv.Atoi(word)
	Must(err)
	return value
}
