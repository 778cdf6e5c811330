using System.Buffers.Binary;

using RaftActors.Network;
using RaftActors.Settings;
using RaftActors.Storage;

namespace RaftActors.Testing.Simulation;

/// <summary>The machines of all nodes. Its numbers come from the seed, its time is that of the node whose turn it is.</summary>
internal sealed class SimulatedMachine(World world) : Machine, IChannelMachine
{
    // The clock of the node that asks for it, whichever node has the turn when the clock is read.
    public override TimeProvider Time => new SimulatedTime(world, world.Running);

    // The caller awaits it in the simulation's context, which makes its continuation a turn of its own.
    public override TaskCreationOptions Completion => TaskCreationOptions.None;

    public override bool HasTelemetry => false;

    public override void RunOnThread(string name, Action run) => world.Post(world.Running, run);

    public override void Queue(IThreadPoolWorkItem run) => world.Post(world.Running, run.Execute);

    public IChannels Channels => world.Network.ChannelsOf(Running);

    public override StoreDirectory OpenDirectory(StoreOptions options) => Running.OpenDirectory(options);

    protected override void FillRandom(Span<byte> bytes)
    {
        Span<byte> number = stackalloc byte[sizeof(ulong)];
        for (var at = 0; at < bytes.Length; at += sizeof(ulong))
        {
            BinaryPrimitives.WriteUInt64LittleEndian(number, world.Prng.Next());
            number[..Math.Min(sizeof(ulong), bytes.Length - at)].CopyTo(bytes[at..]);
        }
    }

    private NodeLife Running => world.Running ?? throw new InvalidOperationException("No node has the turn.");

    private sealed class SimulatedTime(World world, NodeLife? life) : TimeProvider
    {
        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => (life?.Node.Clock ?? world.Now).Ticks;

        public override DateTimeOffset GetUtcNow() => life?.Node.TimeOfDay ?? DateTimeOffset.UnixEpoch + world.Now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
            new SimulatedTimer(life, world, () => callback(state), dueTime, period);
    }

    private sealed class SimulatedTimer : ITimer
    {
        private readonly NodeLife? _life;
        private readonly World _world;
        private readonly Action _call;
        private int _changes;

        public SimulatedTimer(NodeLife? life, World world, Action call, TimeSpan dueTime, TimeSpan period)
        {
            (_life, _world, _call) = (life, world, call);
            Change(dueTime, period);
        }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            var change = ++_changes;
            if (dueTime != Timeout.InfiniteTimeSpan && _world.IsOnThread)
            {
                _world.After(_life?.Node.ToWorld(dueTime) ?? dueTime, _life, () => Fire(change, period));
            }

            return true;
        }

        public void Dispose() => _changes++;

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        private void Fire(int change, TimeSpan period)
        {
            if (change == _changes)
            {
                _call();
                if (change == _changes && period != Timeout.InfiniteTimeSpan && period > TimeSpan.Zero)
                {
                    Change(period, period);
                }
            }
        }
    }
}
