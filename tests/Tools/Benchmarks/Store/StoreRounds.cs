using System.Diagnostics;

using RaftActors.Core;
using RaftActors.Storage;
using RaftActors.Storage.Disk;

namespace RaftActors.Benchmarks.Store;

/// <summary>
/// One round: an empty store in turn with the bare loop, with writes of the same size.
/// </summary>
internal static class StoreRounds
{
    private const int WarmBatches = 8;

    /// <summary>
    /// Measures the writer alone, on this thread. Each process has queued one write. The time runs from dequeuing them to the last
    /// callback. The bare loop does one write for each of its writes, alternately before and after it.
    /// </summary>
    public static (Round Store, Round Bare) Writer(string folder, int writers, int payload, int batches)
    {
        var options = OptionsFor(folder);
        using var directory = StoreDirectory.Open(options, new FileDisk(Directory.CreateDirectory(options.Directory).FullName));
        using var bare = new BareLoop(folder);
        var all = WritersOf(writers, owner => directory.StoreOf(owner), payload, WarmBatches + batches, static _ => { });
        var bytes = 0L;
        for (var i = 0; i < WarmBatches; i++)
        {
            GiveOneEach(all);
            bytes = SystemCounters.During(() => directory.WriteQueued()).WrittenBytes;
            bare.Write((int)bytes);
        }

        var (store, least, garbage) = (new long[batches], new long[batches], 0L);
        for (var i = 0; i < batches; i++)
        {
            if (i % 2 == 0)
            {
                least[i] = bare.Write((int)bytes);
            }

            GiveOneEach(all);
            var allocated = GC.GetAllocatedBytesForCurrentThread();
            var start = Stopwatch.GetTimestamp();
            directory.WriteQueued();
            store[i] = Stopwatch.GetTimestamp() - start;
            garbage += GC.GetAllocatedBytesForCurrentThread() - allocated;
            if (i % 2 == 1)
            {
                least[i] = bare.Write((int)bytes);
            }
        }

        var appends = (double)writers * batches;
        return (Round.Of(batches, bytes * batches, appends, store.Sum(), store, garbage),
            Round.Of(batches, bytes * batches, appends, least.Sum(), least, 0));
    }

    /// <summary>
    /// Measures a store with its thread, from the call of Write until the caller's thread knows that the write is durable. Then the process
    /// starts its next write. For each slice the bare loop does the same number of writes, with their mean size. It runs alternately before
    /// the slice (with the counts of the previous slice) and after it: a disk with a limited rate of operations is slower for the second.
    /// </summary>
    public static (Round Store, Round Bare) EndToEnd(
        string folder, bool isInMemory, int writers, int payload, int slices, int sliceAppendsEach)
    {
        using var directory = isInMemory ? null : StoreDirectory.Open(OptionsFor(folder));
        using var bare = new BareLoop(folder);
        var persisted = new Persisted(writers);
        Func<StoreOwner, IRaftStore> stores = directory is null ? static _ => new MemoryStore() : owner => directory.StoreOf(owner);
        var all = WritersOf(writers, stores, payload, (1 + slices) * sliceAppendsEach, persisted.Add);
        var sliceAppends = writers * sliceAppendsEach;
        var store = new long[slices * sliceAppends];
        var (least, busy, garbage, counters) = (new List<long>(), 0L, 0L, default(SystemCounters));
        var slice = SystemCounters.During(() => Drive(all, persisted, store.AsSpan(0, sliceAppends)));
        for (var i = 0; i < slices; i++)
        {
            if (i % 2 == 0)
            {
                bare.Write(slice, least);
            }

            slice = SystemCounters.During(() =>
            {
                var allocated = GC.GetTotalAllocatedBytes(precise: true);
                busy += Drive(all, persisted, store.AsSpan(i * sliceAppends, sliceAppends));
                garbage += GC.GetTotalAllocatedBytes(precise: true) - allocated;
            });
            counters += slice;
            if (i % 2 == 1)
            {
                bare.Write(slice, least);
            }
        }

        var batches = Math.Max(1, counters.WriteCalls);
        var leastTicks = least.Count > 0 ? least.ToArray() : [1];
        return (Round.Of(batches, counters.WrittenBytes, store.Length, busy, store, garbage),
            Round.Of(batches, counters.WrittenBytes, store.Length, leastTicks.Sum(), leastTicks, 0));
    }

    private static StoreOptions OptionsFor(string folder) => new() { Directory = Path.Combine(folder, "store") };

    private static BenchWriter[] WritersOf(
        int writers, Func<StoreOwner, IRaftStore> store, int payload, int count, Action<BenchWriter> persisted)
    {
        var all = new BenchWriter[writers];
        for (var i = 0; i < writers; i++)
        {
            all[i] = new BenchWriter(i, store, payload, count, persisted);
        }

        return all;
    }

    private static void GiveOneEach(BenchWriter[] all)
    {
        foreach (var writer in all)
        {
            writer.Write(0);
        }
    }

    /// <summary>Starts and ends without open writes. Returns the duration in ticks.</summary>
    private static long Drive(BenchWriter[] all, Persisted persisted, Span<long> ticks)
    {
        var start = Stopwatch.GetTimestamp();
        foreach (var writer in all)
        {
            Write(writer, persisted);
        }

        for (var (begun, done) = (all.Length, 0); done < ticks.Length;)
        {
            var told = persisted.Take();
            var now = Stopwatch.GetTimestamp();
            foreach (var writer in told)
            {
                ticks[done++] = now - writer.Began;
                if (begun < ticks.Length)
                {
                    begun++;
                    Write(writer, persisted);
                }
            }
        }

        return Stopwatch.GetTimestamp() - start;
    }

    private static void Write(BenchWriter writer, Persisted persisted)
    {
        if (writer.Write(Stopwatch.GetTimestamp()))
        {
            persisted.Add(writer);
        }
    }
}
