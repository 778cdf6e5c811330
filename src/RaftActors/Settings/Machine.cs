using System.Security.Cryptography;

using RaftActors.Core;
using RaftActors.Storage;

namespace RaftActors.Settings;

/// <summary>
/// The clock, random numbers, threads and disks of nodes; their actor system has its scheduler, and the network its transport. A simulation
/// replaces the machine for its own thread, on which all of its nodes run.
/// </summary>
internal class Machine
{
    private static readonly Machine Real = new();

    [ThreadStatic]
    private static Machine? _ofThread;

    /// <summary>The machine of this thread.</summary>
    public static Machine Current => _ofThread ?? Real;

    /// <summary>Measures durations, and tells the time of day.</summary>
#pragma warning disable RS0030 // Justification: this is the one place that has the clock of the machine.
    public virtual TimeProvider Time => TimeProvider.System;
#pragma warning restore RS0030

    /// <summary>How a task of the product completes. By default its awaiting code does not run on the thread that completes it.</summary>
    public virtual TaskCreationOptions Completion => TaskCreationOptions.RunContinuationsAsynchronously;

    /// <summary>
    /// While somebody listens, the gauges of a process are read in each tick and messages carry the context of a trace. A listener is one
    /// of the whole program, so in a simulation ticks and messages would depend on it.
    /// </summary>
    public virtual bool HasTelemetry => true;

    /// <summary>Replaces the machine of this thread. Null: the real one again.</summary>
    public static void Use(Machine? machine) => _ofThread = machine;

    /// <summary>A number that no other call returns.</summary>
    public ulong NewNumber()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        FillRandom(bytes);
        return BitConverter.ToUInt64(bytes);
    }

    /// <summary>An identity that no other call returns, and that nobody can guess.</summary>
    public Guid NewGuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        FillRandom(bytes);
        return new Guid(bytes);
    }

    /// <summary>Runs code that may block, on a thread of its own.</summary>
    public virtual void RunOnThread(string name, Action run) => new Thread(() => run()) { IsBackground = true, Name = name }.Start();

    /// <summary>Runs code that may block, such as for a disk, on a thread of its own, while the caller goes on.</summary>
    public Task<T> RunBlocking<T>(string name, Func<T> run)
    {
        var ended = new TaskCompletionSource<T>(Completion);
        RunOnThread(name, () =>
        {
            try
            {
                ended.SetResult(run());
            }
            catch (Exception e)
            {
                ended.SetException(e);
            }
        });
        return ended.Task;
    }

    /// <summary>Runs code that does not block, soon.</summary>
    public virtual void Queue(IThreadPoolWorkItem run) => ThreadPool.UnsafeQueueUserWorkItem(run, preferLocal: false);

    /// <summary>Opens a directory of stores. See <see cref="StoreDirectory.Open(StoreOptions)"/>.</summary>
    public virtual StoreDirectory OpenDirectory(StoreOptions options) => StoreDirectory.Open(options);

    /// <summary>Returns the store of a process in an open directory.</summary>
    public virtual IRaftStore StoreOf(StoreDirectory directory, StoreOwner owner) => directory.StoreOf(owner);

    protected virtual void FillRandom(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);
}
