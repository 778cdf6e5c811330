using System.Runtime.CompilerServices;

using RaftActors.Core.Codec;

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

    /// <summary>
    /// Adds level 2 to this program, with the bytes of level 1, so that tests can upgrade a group. It runs before any code of Core, because
    /// the compiler may take the value of a readonly field into its code.
    /// </summary>
    [ModuleInitializer]
    internal static void AddLevel() => Unsafe.AsRef(in FormatRange.Own) = new FormatRange(1, 2);

    [UnsafeAccessor(UnsafeAccessorKind.Field, Name = "_state")]
    private static extern ref RaftState StateOf(RaftCore core);
}
