// Package peer has the clients and the commands that all measured peers share. A peer writes "leads" once it leads, and reads commands from
// standard input: "load AT CLIENTS PAYLOAD WARMUP SECONDS [RATE]", "query AT CLIENTS CONSISTENCY WARMUP SECONDS" and "read". With a rate
// the loop is open. It ends with its input.
package peer

import (
	"bufio"
	"fmt"
	"math"
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
		case len(words) == 7 && words[0] == "load":
			go openLoad(submit, number(words[2]), number(words[3]), seconds(words[4]), seconds(words[5]), number(words[6]))
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
	var all []int64
	for _, own := range latencies {
		all = append(all, own...)
	}
	report(all, float64(len(all))/time.Duration(end-begin).Seconds(), failed, 0, 0)
}

// openLoad starts calls by a clock, however many are open, as OpenLoop of the C# program does.
func openLoad(call Call, callers int, payload int, warmUp time.Duration, window time.Duration, rate int) {
	// time.Sleep has a resolution of 1 ms. nanosleep needs a thread.
	runtime.LockOSThread()
	distance := float64(time.Second) / float64(rate)
	callsIn := func(span time.Duration) int { return int(math.Max(1, math.Round(float64(span)/distance))) }
	first := callsIn(warmUp)
	ends := make([]time.Duration, first+callsIn(window))
	late := make([]int64, len(ends))
	planned := func(place int) time.Duration { return time.Duration(float64(place) * distance) }
	var open, openMost int64
	var calls sync.WaitGroup
	origin := time.Now()
	for next := range ends {
		for rest := syscall.NsecToTimespec(50_000); time.Since(origin) < planned(next); {
			syscall.Nanosleep(&rest, nil)
		}
		if next == first {
			fmt.Println("begin")
		}
		if now := atomic.AddInt64(&open, 1); now > openMost {
			openMost = now
		}
		calls.Add(1)
		go func(place int) {
			defer calls.Done()
			late[place] = int64(time.Since(origin) - planned(place))
			value := make([]byte, payload)
			value[0] = byte(place % callers)
			if call(place%callers, value) == nil {
				ends[place] = time.Since(origin)
			}
			atomic.AddInt64(&open, -1)
		}(next)
	}
	fmt.Println("end")
	calls.Wait()
	var latencies []int64
	inTime := 0
	for place := first; place < len(ends); place++ {
		if ends[place] > 0 {
			latencies = append(latencies, int64(ends[place]-planned(place)))
		}
		if ends[place] > 0 && ends[place] <= planned(len(ends)) {
			inTime++
		}
	}
	late = late[first:]
	sorted(late)
	report(latencies, float64(inTime)/(planned(len(ends))-planned(first)).Seconds(), int64(len(late)-len(latencies)),
		percentile(late, 0.99), openMost)
}

// report sorts the latencies.
func report(all []int64, rate float64, failed int64, late float64, open int64) {
	sorted(all)
	fmt.Printf("load %d %f %f %f %f %f %d %f %d\n", len(all), rate,
		percentile(all, 0.5), percentile(all, 0.99), percentile(all, 0.999), percentile(all, 1), failed, late, open)
}

func sorted(all []int64) { sort.Slice(all, func(i, j int) bool { return all[i] < all[j] }) }

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
