using System.Runtime.CompilerServices;

namespace RaftActors.Core;

/// <summary>The inside of a core, for tests.</summary>
internal static class CoreInside
{
    extension(RaftCore core)
    {
        public RaftState State => StateOf(core);

        /// <summary>The end of the compacted part: the log begins after this place.</summary>
        public LogPosition Base => core.State.Log.Base;

        public Fence? Fence => core.State.HardState.Fence;

        /// <summary>The process leads and transfers its leadership, so it accepts no pairs.</summary>
        public bool IsTransferring => core.State is { Role: LeaderRole, Transfers.Current: not null };

        /// <summary>Returns entries in memory from an index on. Empty if that is compacted, evicted or beyond the end.</summary>
        public LogSlice Read(LogIndex first, int limit) => first > core.Floor.Index ? core.State.Log.From(first, limit) : default;
    }

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_state")]
    private static extern ref RaftState StateOf(RaftCore core);
}
