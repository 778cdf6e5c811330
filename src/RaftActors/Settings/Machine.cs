using System.Security.Cryptography;

using RaftActors.Storage;

namespace RaftActors.Settings;

/// <summary>
/// The clock, random numbers, threads and disks of nodes. Timers are the scheduler's, and connections those of <c>IChannels</c>. A
/// simulation replaces the machine of its thread, on which all its nodes run.
/// </summary>
internal class Machine
{
#pragma warning disable RS0030 // Justification: this is the one place that has the clock and the random numbers of the machine.
    private static readonly Machine Real = new();

    [ThreadStatic]
    private static Machine? _ofThread;

    public static Machine Current => _ofThread ?? Real;

    public virtual TimeProvider Time => TimeProvider.System;

    /// <summary>
    /// The options of the product's task completions. By default, code that awaits does not run on the completing thread.
    /// </summary>
    public virtual TaskCreationOptions Completion => TaskCreationOptions.RunContinuationsAsynchronously;

    /// <summary>
    /// Gauges are read in each tick, and messages carry the context of a trace, if somebody listens. A simulation turns this off, because
    /// a listener belongs to the whole program and would change its ticks and messages.
    /// </summary>
    public virtual bool HasTelemetry => true;

    /// <summary>Replaces the machine of this thread, or with null restores the real one.</summary>
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

    /// <summary>Runs code that may block on its own thread.</summary>
    public virtual void RunOnThread(string name, Action run) => new Thread(() => run()) { IsBackground = true, Name = name }.Start();

    /// <summary>Runs code that may block, for instance on a disk, on its own thread, while the caller goes on.</summary>
    public async Task<T> RunBlocking<T>(string name, Func<T> run)
    {
        var ended = default(T);
        await RunToEndOnThread(name, () =>
        {
            ended = run();
            return Task.CompletedTask;
        }).ConfigureAwait(false);
        return ended!; // Justification: it has run.
    }

    /// <summary>Begins code that may block on its own thread. The result completes with it.</summary>
    public Task RunToEndOnThread(string name, Func<Task> run)
    {
        var ended = new TaskCompletionSource(Completion);
        RunOnThread(name, () => _ = RunAsync());
        return ended.Task;

        async Task RunAsync()
        {
            try
            {
                await run().ConfigureAwait(false);
                ended.SetResult();
            }
            catch (Exception e)
            {
                ended.SetException(e);
            }
        }
    }

    /// <summary>Runs code that does not block on the thread pool.</summary>
    public virtual void Queue(IThreadPoolWorkItem run) => ThreadPool.UnsafeQueueUserWorkItem(run, preferLocal: false);

    /// <inheritdoc cref="Queue(IThreadPoolWorkItem)"/>
    public void Queue(Action run) => Queue(new Work(run));

    /// <summary>Opens a directory of stores. See <see cref="StoreDirectory.Open(StoreOptions, Func{Guid})"/>.</summary>
    public virtual StoreDirectory OpenDirectory(StoreOptions options) => StoreDirectory.Open(options);

    protected virtual void FillRandom(Span<byte> bytes) => RandomNumberGenerator.Fill(bytes);

    private sealed class Work(Action run) : IThreadPoolWorkItem
    {
        public void Execute() => run();
    }
}
