using System.Diagnostics;

using RaftActors.Core;
using RaftActors.Core.Codec;
using RaftActors.Storage;
using RaftActors.Storage.Log;

namespace RaftActors.Benchmarks.Store;

/// <summary>Measures the opening of a store with a long log of small values, from the cache of the operating system.</summary>
internal sealed class StoreRecovery : IStoreListener
{
    private const int Payload = 256;
    private const int RecordSize = Payload + 56;
    private const int EntriesAtOnce = 1024;

    // As much as the store of a raft actor keeps.
    private const long KeptBytes = 4 << 20;

    private readonly SemaphoreSlim _persisted = new(0);

    public static void Run(StoreArguments arguments)
    {
        var root = Directory.CreateDirectory(Path.Combine(arguments.Directory, $"store-recovery-{Environment.ProcessId}")).FullName;
        try
        {
            new StoreRecovery().Measure(root, arguments);
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    public void OnPersisted(Ticket ticket) => _persisted.Release();

    public void OnSnapshotSaved(Snapshot snapshot)
    {
    }

    public void OnSpace(bool isShort)
    {
    }

    public void OnFailed(StoreException cause) => Environment.FailFast(cause.Message);

    private void Measure(string root, StoreArguments arguments)
    {
        var owner = new StoreOwner("group", new ProcessName("raft1@node1@localhost"));
        var entries = Fill(root, owner, (long)arguments.SizeMebibytes << 20);
        Console.WriteLine($"A log of {entries} entries with {Payload} bytes each. MiB and MiB/s are those of the log's files.");
        Console.WriteLine();
        Console.WriteLine("                                       MiB   MiB/s  seconds  entries/s");
        for (var round = 0; round < (arguments.Rounds ?? 3); round++)
        {
            Print("files read, one checksum over all", entries, () => ReadAll(root));
            Print("scanned, each record checked", entries, () => ScanAll(root));
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            SystemCounters.ForgetPeak();
            Print("opened, up to the recovered state", entries, () => Open(root, owner, entries, long.MaxValue));
            PrintPeak(root);
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            SystemCounters.ForgetPeak();
            Print("opened with 4 MiB, the rest in pages", entries, () => Open(root, owner, entries, KeptBytes));
            PrintPeak(root);
        }
    }

    private static void PrintPeak(string root)
    {
        var (peak, bytes) = (SystemCounters.PeakMemoryBytes, SizeOf(root));
        Console.WriteLine(FormattableString.Invariant($"  peak memory {peak >> 20} MiB, {(double)peak / bytes:F2} of the log"));
    }

    private long Open(string root, StoreOwner owner, long entries, long kept)
    {
        using var directory = StoreDirectory.Open(OptionsFor(root) with { RecoveredSizeMaxBytes = kept });
        var state = directory.StoreOf(owner).Open(owner, default, this).State;
        var found = (long)state.Log.Length;
        foreach (var page in state.Earlier?.Pages ?? [])
        {
            found += page.Length;
        }

        return found == entries ? SizeOf(root) : throw new InvalidDataException($"The store has {found} of {entries} entries.");
    }

    // Filling the log needs no durability.
    private long Fill(string root, StoreOwner owner, long size)
    {
        using var directory = StoreDirectory.Open(OptionsFor(root) with { Sync = SyncPolicy.None });
        var store = directory.StoreOf(owner);
        store.Open(owner, default, this);
        var last = 0L;
        for (var ticket = new Ticket(1); last * RecordSize < size; ticket = ticket.Next)
        {
            var entries = new LogEntry[EntriesAtOnce];
            for (var i = 0; i < entries.Length; i++)
            {
                last++;
                var value = new byte[Payload];
                BitConverter.TryWriteBytes(value, last);
                entries[i] = new LogEntry(new LogIndex(last), new Term(1), new Serial(last), new Payload.Pair(null, "key", value));
            }

            if (!store.Write(new Effect.Persist(ticket, null, new LogSlice(entries))))
            {
                _persisted.Wait();
            }
        }

        return last;
    }

    private static StoreOptions OptionsFor(string root) => new() { Directory = root };

    private static IEnumerable<string> FilesOf(string root) =>
        Directory.EnumerateFiles(Path.Combine(root, "log")).Order(StringComparer.Ordinal);

    private static long SizeOf(string root) => FilesOf(root).Sum(file => new FileInfo(file).Length);

    /// <summary>The lower bound: reads the files without parsing them.</summary>
    private static long ReadAll(string root)
    {
        var buffer = new byte[1 << 20];
        var (all, checksum) = (0L, 0u);
        foreach (var file in FilesOf(root))
        {
            using var handle = File.OpenHandle(file);
            for (var offset = 0L; RandomAccess.Read(handle, buffer, offset) is var read and > 0; offset += read)
            {
                checksum = Crc32C.Append(checksum, buffer.AsSpan(0, read));
                all += read;
            }
        }

        GC.KeepAlive(checksum);
        return all;
    }

    /// <summary>The first step of opening: finds and checks the records of each segment, without decoding them.</summary>
    private static long ScanAll(string root)
    {
        var all = 0L;
        foreach (var file in FilesOf(root))
        {
            using var handle = File.OpenHandle(file);
            var bytes = GC.AllocateUninitializedArray<byte>((int)RandomAccess.GetLength(handle));
            all += RandomAccess.Read(handle, bytes, 0);
            var check = SegmentCheck.Of(SegmentHeader.Read(bytes, file), bytes, isWhole: false);
            if (check.Damage.Count > 0 || check.Torn is not null)
            {
                throw new InvalidDataException($"{file} is damaged.");
            }
        }

        return all;
    }

    private static void Print(string name, long entries, Func<long> run)
    {
        var start = Stopwatch.GetTimestamp();
        var bytes = run();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        Console.WriteLine(FormattableString.Invariant(
            $"{name,-36} {bytes >> 20,5}  {bytes / seconds / (1 << 20),6:F0}  {seconds,7:F3}  {entries / seconds,9:F0}"));
    }
}
